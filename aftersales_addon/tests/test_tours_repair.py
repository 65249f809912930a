from odoo.tests import HttpCase, new_test_user, tagged

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestToursRepair(RepairCommon, HttpCase):
    """A repair in a real browser, from the unit to the invoice."""

    def test_w24_the_invoice_charges_what_is_not_covered(self):
        user = new_test_user(
            self.env,
            "as_repairer",
            groups="stock.group_stock_user,stock.group_production_lot,"
            "sales_team.group_sale_salesman,account.group_account_invoice,"
            "aftersales_addon.aftersales_group_user",
        )
        asset = self._unit(self.company._aftersales_today(), "SN-TOUR")
        self.start_tour(
            f"/odoo/installed-products/{asset.id}",
            "aftersales_repair",
            login=user.login,
        )
        repair = asset.repair_ids
        self.assertEqual(repair.aftersales_asset_id, asset)
        invoice = repair.sale_order_id.invoice_ids
        charged = invoice.invoice_line_ids.filtered("price_subtotal")
        self.assertEqual(invoice.amount_untaxed, 30.0)
        self.assertEqual(charged.product_id, self.oil)
        self.assertEqual(len(invoice.invoice_line_ids), 3)
