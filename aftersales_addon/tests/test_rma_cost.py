"""What a return costs: shipping, handling, loss in value, refund."""

from odoo.tests import freeze_time, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaCost(RmaCommon, AccountTestInvoicingCommon):
    @classmethod
    def get_default_groups(cls):
        names = (
            "aftersales_addon.aftersales_group_manager",
            "sales_team.group_sale_manager",
            "stock.group_stock_manager",
            "base.group_system",
        )
        groups = super().get_default_groups()
        return groups.union(*(cls.env.ref(name) for name in names))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy.write(
            {
                "shipping_payer": "company",
                "shipping_cost": 6.5,
                "handling_cost": 2.0,
            }
        )
        cls.sensor.write({"taxes_id": False, "standard_price": 40.0})

    def _received(self, quantity=2, **line_vals):
        order = self._sell([(self.sensor, quantity)])
        self._invoice(order)
        rma = self._rma(
            {"move_id": order.order_line.move_ids.id, "quantity": quantity, **line_vals}
        )
        rma.action_approve()
        self._receive(rma)
        return rma

    def _inspect(self, rma, **vals):
        wizard = self.env["aftersales.rma.inspection"].with_user(self.user_stock)
        wizard = wizard.browse(
            rma.with_user(self.user_stock).action_inspect()["res_id"]
        )
        wizard.line_ids.write(vals)
        wizard.action_confirm()

    def test_shipping_and_handling(self):
        rma = self._received(3)
        self.assertEqual(rma.cost_shipping, 6.5)
        self.assertEqual(rma.cost_handling, 6.0)
        self.assertEqual(rma.amount_refunded, 0.0)
        self.assertEqual(rma.cost_total, 12.5)

    def test_handling_is_for_what_came(self):
        order = self._sell([(self.sensor, 3)])
        rma = self._rma((order.order_line.move_ids, 3))
        self.assertEqual(rma.cost_shipping, 0.0)
        rma.action_approve()
        self.assertEqual(rma.cost_handling, 0.0)
        self._receive(rma, 1)
        self.assertEqual(rma.cost_handling, 2.0)

    def test_the_customer_pays_the_carrier(self):
        self.return_policy.shipping_payer = "customer"
        rma = self._received()
        self.assertEqual(rma.cost_shipping, 0.0)
        self.reason.shipping_payer = "company"
        rma = self._received(reason_id=self.reason.id)
        self.assertEqual(rma.cost_shipping, 6.5)

    def test_goods_that_stay_are_not_shipped(self):
        order = self._sell([(self.sensor, 1)])
        rma = self._rma(
            {"move_id": order.order_line.move_ids.id, "quantity": 1, "is_kept": True}
        )
        rma.action_approve()
        self.assertEqual(rma.cost_shipping, 0.0)

    def test_shipping_is_corrected_by_hand(self):
        rma = self._received()
        rma.cost_shipping = 9.9
        self.assertEqual(rma.cost_total, 9.9 + 4.0)
        rma.action_refund()
        rma.line_ids.reason_id = self.reason
        self.assertEqual(rma.cost_shipping, 9.9)

    def test_what_is_scrapped_is_lost(self):
        rma = self._received(2)
        self._inspect(rma, disposition="scrap")
        self.assertEqual(rma.cost_writedown, 80.0)

    def test_what_is_restocked_is_not_lost(self):
        rma = self._received(2)
        self._inspect(rma, disposition="restock")
        self.assertEqual(rma.cost_writedown, 0.0)

    def test_what_is_refurbished_is_worth_less(self):
        used = self._make_product("Used Sensor", "none", standard_price=25.0)
        rma = self._received(2)
        self._inspect(rma, disposition="refurbish", refurbish_product_id=used.id)
        self.assertEqual(rma.cost_writedown, 30.0)

    def test_the_refund_counts_once_it_is_posted(self):
        self.return_policy.write({"fee_type": "percent", "fee_percent": 10.0})
        rma = self._received(2)
        rma.action_refund()
        self.assertEqual(rma.amount_refunded, 0.0)
        rma.sudo().refund_ids.action_post()
        self.assertEqual(rma.amount_refunded, 180.0)
        self.assertEqual(rma.cost_total, 180.0 + 6.5 + 4.0)
