from odoo.fields import Command
from odoo.tests import tagged

from .http_common import AftersalesHttpCommon


@tagged("post_install", "-at_install")
class TestToursExtension(AftersalesHttpCommon):
    """An extension is sold on a quotation and seen by the customer."""

    def _make_extension(self, name, title, duration):
        policy = self._make_policy(title, duration, kind="extended", stacking="after")
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": 30.0,
                "taxes_id": [Command.clear()],
                "aftersales_extension_policy_id": policy.id,
            }
        )

    def test_extension_is_sold_and_seen(self):
        one = self._make_extension("Plus 1", "One more year", 12)
        self.lock.aftersales_extension_product_ids = one
        order = (
            self.env["sale.order"]
            .with_user(self.user_sale)
            .create(
                {
                    "partner_id": self.anna.id,
                    "order_line": [Command.create({"product_id": self.lock.id})],
                }
            )
        )
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "aftersales_extension_quotation",
            login=self.user_sale.login,
        )
        order.action_quotation_sent()
        self.start_tour(
            order.get_portal_url(),
            "aftersales_extension_portal_choice",
            login=self.user_a.login,
        )
        self.assertEqual(order.state, "sale")
        lot = self._make_lots(self.lock, "LK-TOUR")
        self._put_in_stock(self.lock, 1, lot)
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.move_ids.move_line_ids.lot_id = lot
        picking.with_context(skip_sms=True).button_validate()
        asset = self._assets(picking.move_ids)
        two = self._make_extension("Plus 2", "Two more years", 24)
        self.lock.aftersales_extension_product_ids |= two
        self.start_tour(
            asset.access_url,
            "aftersales_extension_portal_unit",
            login=self.user_a.login,
        )
        new = self.env["sale.order"].search(
            [("order_line.aftersales_covered_asset_ids", "in", asset.ids)]
        )
        self.assertEqual((new.state, new.amount_total), ("sent", 30.0))
