"""Starting a return from an order, a delivery or a unit."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaStart(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_desk = new_test_user(
            cls.env,
            "as_desk",
            groups="aftersales_addon.aftersales_group_user_all,stock.group_stock_user",
        )

    def _open(self, record, user=None, method="action_aftersales_return"):
        user = user or self.user_agent_all
        action = getattr(record.with_user(user), method)()
        return self.env["aftersales.rma.start"].with_user(user).browse(action["res_id"])

    def test_from_an_order_to_an_approved_return_in_two_steps(self):
        order = self._sell([(self.sensor, 4), (self.cable, 2)])
        start = self._open(order.picking_ids, self.user_desk)
        self.assertEqual(start.partner_id, self.customer)
        self.assertEqual(start.line_ids.mapped("available"), [4, 2])
        self.assertEqual(start.line_ids.mapped("quantity"), [0, 0])
        start.reason_id = self.reason
        start.line_ids[0].quantity = 3
        rma = self.env["aftersales.rma"].browse(start.action_approve()["res_id"])
        self.assertEqual(rma.state, "approved")
        self.assertEqual(rma.line_ids.sale_line_id, order.order_line[0])
        self.assertEqual(rma.line_ids.reason_id, self.reason)
        self.assertEqual(rma.sudo().picking_ids.state, "assigned")
        again = self._open(order.picking_ids, self.user_desk)
        self.assertEqual(again.line_ids.mapped("available"), [1, 2])

    def test_each_serial_has_its_line(self):
        order = self._sell([(self.lock, 3)])
        start = self._open(order.picking_ids, self.user_desk)
        self.assertEqual(len(start.line_ids.lot_id), 3)
        start.action_all()
        rma = self.env["aftersales.rma"].browse(start.action_draft()["res_id"])
        self.assertEqual(len(rma.line_ids), 3)
        self.assertEqual(rma.state, "draft")

    def test_from_a_unit(self):
        self.lock.aftersales_policy_ids = self.policy_12
        order = self._sell([(self.lock, 2)])
        asset = self.env["aftersales.asset"].search(
            [("move_id", "in", order.order_line.move_ids.ids)], limit=1
        )
        start = self._open(asset, method="action_return")
        self.assertEqual(start.line_ids.asset_id, asset)
        self.assertEqual(start.line_ids.quantity, 1)
        start.action_approve()
        self.assertEqual(asset.with_user(self.user_agent_all).rma_count, 1)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self._open(asset, method="action_return")

    def test_nothing_chosen(self):
        order = self._sell([(self.sensor, 4), (self.cable, 2)])
        start = self._open(order.picking_ids, self.user_desk)
        with self.assertRaisesRegex(UserError, "Type in the quantities"):
            start.action_approve()

    def test_nothing_delivered(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self.assertRaisesRegex(UserError, "Nothing was delivered"):
            order.action_aftersales_return()

    def test_who_may_not(self):
        order = self._sell([(self.sensor, 4)])
        with self.assertRaises(AccessError):
            self._open(order, self.user_internal)
