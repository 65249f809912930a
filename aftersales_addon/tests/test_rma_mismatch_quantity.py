"""More than was announced, and what the inspection finds in the box."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .rma_mismatch_common import RmaMismatchCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaMismatchQuantity(RmaMismatchCommon):
    def test_more_than_announced(self):
        rma, order = self._approved(self.sensor, 2, sold=10)
        picking = self._open_picking(rma)
        picking.move_ids.quantity = 3
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual((row.kind, row.quantity), ("excess", 1))
        self.assertEqual(rma.line_ids.quantity_received, 2)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertEqual(rma.receipt_status, "received")
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 200)
        row.action_raise()
        self.assertEqual((row.state, rma.line_ids.quantity), ("raised", 3))
        self.assertEqual(rma.line_ids.quantity_received, 3)
        self.assertEqual(order.order_line.qty_delivered, 7)
        rma.action_refund()
        self.assertEqual(sum(rma.sudo().refund_ids.mapped("amount_untaxed")), 300)

    def test_r4_holds_for_what_came_too_many(self):
        rma, order = self._approved(self.sensor, 2, sold=3)
        delivery = order.picking_ids.filtered(lambda p: p.state == "done").move_ids
        self._rma((delivery, 1)).action_request()
        picking = self._open_picking(rma)
        picking.move_ids.quantity = 4
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual(row.quantity, 2)
        with self.assertRaisesRegex(UserError, "0 are left"), self.cr.savepoint():
            row.action_raise()
        row.action_send_back()
        self.assertEqual(row.state, "back")
        self.assertEqual(rma.line_ids.quantity, 2)

    def test_only_what_is_too_many_raises_a_line(self):
        rma, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        with self.assertRaisesRegex(UserError, "Add it as a line of its own"):
            row.action_raise()

    def test_more_in_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            [
                {
                    "product_id": self.sensor.id,
                    "product_uom_qty": 2,
                    "product_uom_id": dozen.id,
                }
            ]
        )
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": 1, "uom_id": dozen.id})
        rma.action_approve()
        picking = self._open_picking(rma)
        picking.move_ids.quantity = 1.5
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual((row.quantity, row.uom_id), (0.5, dozen))
        row.action_raise()
        self.assertEqual(rma.line_ids.quantity, 1.5)
        self.assertEqual(order.order_line.qty_delivered, 0.5)

    def test_fifty_returns_as_announced_cost_no_more(self):
        def cost(count):
            order = self._sell([(self.sensor, 1)] * count)
            rmas = self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [Command.create({"move_id": move.id})],
                    }
                    for move in order.order_line.move_ids
                ]
            )
            rmas.action_approve()
            pickings = rmas.picking_ids
            pickings.move_ids.picked = True
            moves = self.env["stock.move"].browse(pickings.move_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves._aftersales_set_apart()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertEqual(cost(1), cost(50))

    def test_the_box_holds_another_product(self):
        rma, order = self._approved(self.sensor, 3)
        self._receive(rma)
        self.assertEqual(order.order_line.qty_delivered, 0)
        row = self._find_other(
            rma, 1, found_product_id=self.other.id, findings="Old one in a new box"
        )
        self.assertEqual((row.kind, row.quantity), ("product", 1))
        self.assertEqual(row.note, "Old one in a new box")
        self.assertEqual(rma.line_ids.quantity_received, 2)
        self.assertEqual(order.order_line.qty_delivered, 1)
        returns = self.warehouse.aftersales_return_loc_id
        self.assertEqual(self._on_hand(self.other, returns), 1)
        self.assertEqual(self._on_hand(self.sensor, returns), 2)
        self.assertEqual(self._open_picking(rma).move_ids.product_uom_qty, 1)
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 200)
        self._receive(rma)
        self.assertEqual(rma.receipt_status, "received")

    def test_the_number_in_the_box_is_another(self):
        self.lock.aftersales_policy_ids = self.policy_12
        rma, order = self._approved(self.lock, 1)
        asset = self._assets(order.order_line.move_ids)
        self._receive(rma)
        self.assertEqual(asset.state, "returned")
        row = self._find_other(rma, 1, found_number=" OTHER-7 ")
        self.assertEqual((row.kind, row.lot_id.name), ("serial", "OTHER-7"))
        self.assertEqual(asset.state, "in_use", "the unit is with the customer still")
        self.assertEqual(asset.warranty_ids.state, "open")
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(rma.receipt_status, "expected")
        row.action_accept()
        self.assertEqual(rma.receipt_status, "received")
        self.assertFalse(self._open_picking(rma))
        self.assertEqual(rma.line_ids.quantity_to_inspect, 1)

    def test_what_it_is_has_to_be_said(self):
        rma, order = self._approved(self.lock, 1)
        lot = order.order_line.move_ids.move_line_ids.lot_id
        self._receive(rma)
        for vals, message in (
            ({"found_number": ""}, "Which number stands on"),
            ({"found_number": lot.name}, "is what the receipt says"),
            ({"found_product_id": False}, "What is it really"),
        ):
            with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
                self._find_other(rma, 1, **vals)
        with self.assertRaisesRegex(UserError, "1 came"), self.cr.savepoint():
            self._find_other(rma, 2, found_number="X")
        self.assertEqual(rma.line_ids.quantity_received, 1)
