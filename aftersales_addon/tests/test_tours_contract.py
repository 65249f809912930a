from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .http_common import AftersalesHttpCommon


@tagged("post_install", "-at_install")
class TestToursContract(AftersalesHttpCommon):
    """A plan is sold, and the contract makes its first visit and invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["aftersales.plan"].create(
            {
                "name": "Full Care",
                "horizon_months": 12,
                "service_ids": [Command.create({"name": "Maintenance"})],
            }
        )
        cls.care = cls.env["product.product"].create(
            {
                "name": "Full Care",
                "type": "service",
                "list_price": 50.0,
                "taxes_id": [Command.clear()],
                "aftersales_plan_id": cls.plan.id,
            }
        )
        cls.user = new_test_user(
            cls.env,
            "as_seller",
            groups="aftersales_addon.aftersales_group_user_all,"
            "sales_team.group_sale_salesman",
        )

    def _order(self):
        return (
            self.env["sale.order"]
            .with_user(self.user)
            .create(
                {
                    "partner_id": self.anna.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.care.id,
                                "aftersales_covered_asset_ids": [
                                    Command.set(self.asset.ids)
                                ],
                            }
                        )
                    ],
                }
            )
            .sudo()
        )

    def test_plan_is_sold(self):
        order = self._order()
        self.start_tour(
            f"/odoo/sales/{order.id}", "aftersales_contract_sold", login="as_seller"
        )
        contract = order.order_line.aftersales_contract_ids
        self.assertEqual(contract.state, "running")
        visit = contract.visit_ids[:1]
        self.assertEqual(visit.line_ids.asset_id, self.asset)
        self.env.ref(
            "aftersales_addon.aftersales_contract_invoice_ir_cron"
        ).method_direct_trigger()
        invoice = contract.bill_ids.move_id
        self.assertEqual(invoice.amount_untaxed, 50.0)
        self.assertEqual(invoice.partner_id, order.partner_invoice_id)
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_a_unit_is_added(self):
        order = self._order()
        order.action_confirm()
        contract = order.order_line.aftersales_contract_ids
        more = self._deliver_lock("LK-2002", self.anna)
        self.start_tour(
            f"/odoo/service-contracts/{contract.id}",
            "aftersales_contract_units",
            login="as_seller",
        )
        self.assertIn(more, contract.line_ids.asset_id)
