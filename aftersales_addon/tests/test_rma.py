"""Returns: their life, what can come back, their receipts."""

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRma(RmaCommon):
    # --- How much ---

    def test_r4_open_requests_count(self):
        move = self._sell([(self.sensor, 10)]).order_line.move_ids
        self._rma((move, 6)).action_request()
        with self.assertRaisesRegex(UserError, "4 are left"):
            self._rma((move, 5)).action_request()
        self._rma((move, 4)).action_request()

    def test_two_lines_of_one_return_count_together(self):
        move = self._sell([(self.sensor, 10)]).order_line.move_ids
        with self.assertRaisesRegex(UserError, "10 are left"):
            self._rma((move, 6), (move, 5)).action_request()

    def test_what_came_back_otherwise_counts(self):
        move = self._sell([(self.sensor, 10)]).order_line.move_ids
        self._return(move, 7)
        with self.assertRaisesRegex(UserError, "3 are left"):
            self._rma((move, 4)).action_request()

    def test_what_is_on_its_way_back_otherwise_counts(self):
        move = self._sell([(self.sensor, 10)]).order_line.move_ids
        self.env["stock.move"].create(
            {
                "product_id": self.sensor.id,
                "product_uom_qty": 8,
                "location_id": self.customers.id,
                "location_dest_id": self.stock.id,
                "origin_returned_move_id": move.id,
            }
        )._action_confirm()
        with self.assertRaisesRegex(UserError, "2 are left"):
            self._rma((move, 3)).action_request()

    def test_a_cancelled_request_frees_its_quantity(self):
        move = self._sell([(self.sensor, 10)]).order_line.move_ids
        rma = self._rma((move, 10))
        rma.action_approve()
        rma.action_cancel()
        self.assertEqual(rma.sudo().picking_ids.state, "cancel")
        self._rma((move, 10)).action_approve()

    def test_a_serial_comes_back_once(self):
        move = self._sell([(self.lock, 2)]).order_line.move_ids
        lot = move.move_line_ids.lot_id[0]
        asset = self.env["aftersales.asset"].search([("lot_id", "=", lot.id)])
        line = {"move_id": move.id, "lot_id": lot.id, "quantity": 1}
        self._rma(line).action_request()
        self.assertFalse(asset, "no policy, no installed product")
        with self.assertRaisesRegex(UserError, "0 are left"):
            self._rma(line).action_request()

    def test_other_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            [
                {
                    "product_id": self.sensor.id,
                    "product_uom_qty": 1,
                    "product_uom_id": dozen.id,
                }
            ]
        )
        move = order.order_line.move_ids
        rma = self._rma((move, 5))
        self.assertEqual(rma.line_ids.uom_id, self.sensor.uom_id)
        rma.action_approve()
        with self.assertRaisesRegex(UserError, "7 are left"):
            self._rma((move, 8)).action_request()

    def test_bad_quantities_and_goods(self):
        move = self._sell([(self.sensor, 2)]).order_line.move_ids
        for quantity in (0, -1):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._rma((move, quantity))
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._rma((move, 1), partner_id=self.other_customer.id)
        hours = self.env.ref("uom.product_uom_hour")
        with self.assertRaisesRegex(ValidationError, "is not measured in"):
            self._rma({"move_id": move.id, "uom_id": hours.id})
        with self.assertRaisesRegex(UserError, "Add a line"):
            self._rma().action_request()

    # --- By which rule ---

    def test_r5_the_window_ends_with_its_last_day(self):
        move = self._sell([(self.sensor, 1)]).order_line.move_ids
        line = self._rma((move, 1)).line_ids
        self.assertTrue(line._get_eligibility(date(2026, 3, 31))["eligible"])
        late = line._get_eligibility(date(2026, 4, 1))
        self.assertFalse(late["eligible"])
        self.assertIn("30 days: delivered on 1 Mar 2026", late["reason"])

    def test_outside_the_window_but_under_warranty(self):
        self.lock.aftersales_policy_ids = self.policy_12
        move = self._sell([(self.lock, 1)]).order_line.move_ids
        asset = self.env["aftersales.asset"].search([("move_id", "=", move.id)])
        line = self._rma({"asset_id": asset.id}).line_ids
        self.assertEqual(line.move_id, move)
        late = line._get_eligibility(date(2026, 6, 1))
        self.assertEqual(late["alternatives"], ["claim"])

    def test_the_nearest_policy_decides(self):
        final = self.env["aftersales.return.policy"].create(
            {"name": "Final", "is_final_sale": True}
        )
        self.category.aftersales_return_policy_id = final
        move = self._sell([(self.sensor, 1)]).order_line.move_ids
        line = self._rma((move, 1)).line_ids
        self.assertEqual(line.policy_id, final)
        self.assertIn("are not taken back", line.eligibility)
        self.sensor.product_tmpl_id.aftersales_return_policy_id = self.return_policy
        self.assertTrue(self._rma((move, 1)).line_ids.is_eligible)

    def test_a_small_request_by_the_book_needs_no_person(self):
        self.return_policy.approve_limit = 150
        move = self._sell([(self.sensor, 2)]).order_line.move_ids
        small = self._rma((move, 1))
        small.action_request()
        self.assertEqual((small.state, small.decided_by_id.id), ("approved", False))
        big = self._rma({"move_id": move.id, "quantity": 1, "remedy": "repair"})
        self.return_policy.allow_repair = False
        big.action_request()
        self.assertEqual(big.state, "requested")

    # --- The life of a return ---

    def test_reject_says_why(self):
        move = self._sell([(self.sensor, 1)]).order_line.move_ids
        rma = self._rma((move, 1))
        rma.action_request()
        with self.assertRaisesRegex(UserError, "Tell the customer"):
            rma.action_reject(" ")
        rma.action_reject("Worn")
        self.assertEqual((rma.state, rma.reject_reason), ("rejected", "Worn"))
        with self.assertRaisesRegex(UserError, "is rejected, so it cannot be approved"):
            rma.action_approve()

    def test_facts_are_not_typed_in(self):
        move = self._sell([(self.sensor, 1)]).order_line.move_ids
        rma = self._rma((move, 1))
        with self.assertRaisesRegex(UserError, "use the buttons"):
            rma.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "use the buttons"):
            self._rma((move, 1), state="approved")
        rma.action_request()
        with self.assertRaisesRegex(UserError, "was requested already"):
            rma.line_ids.quantity = 100
        with self.assertRaisesRegex(UserError, "was requested already"):
            rma.line_ids = [Command.create({"move_id": move.id})]

    def test_rights(self):
        move = self._sell([(self.sensor, 1)]).order_line.move_ids
        rma = self._rma((move, 1))
        with self.assertRaises(AccessError):
            rma.with_user(self.user_stock).action_request()
        with self.assertRaises(AccessError):
            rma.with_user(self.user_internal).read(["name"])

    # --- Receipts ---

    def test_r6_half_of_it_came(self):
        order = self._sell([(self.sensor, 10)])
        rma = self._rma((order.order_line.move_ids, 10))
        rma.action_approve()
        self.assertEqual(rma.receipt_status, "expected")
        picking = self._receive(rma, 5)
        self.assertEqual(picking.state, "done")
        self.assertEqual(rma.receipt_status, "partial")
        self.assertEqual(rma.line_ids.quantity_received, 5)
        self.assertEqual(order.order_line.qty_delivered, 5)
        rest = rma.sudo().picking_ids - picking
        self.assertEqual(rest.move_ids.product_uom_qty, 5)
        self.assertEqual(rest.move_ids.aftersales_rma_line_id, rma.line_ids)
        self._receive(rma)
        self.assertEqual(rma.receipt_status, "received")
        with self.assertRaisesRegex(UserError, "have come back already"):
            rma.action_cancel()

    def test_received_goods_cannot_be_sold_before_their_inspection(self):
        order = self._sell([(self.sensor, 3)])
        before = self.sensor.free_qty
        rma = self._rma((order.order_line.move_ids, 3))
        rma.action_approve()
        self._receive(rma)
        self.sensor.invalidate_recordset()
        self.assertEqual(self.sensor.free_qty, before)
        location = self.warehouse.aftersales_return_loc_id
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.sensor.id), ("location_id", "=", location.id)]
        )
        self.assertEqual(quant.quantity, 3)

    def test_the_serial_that_was_asked_for_is_expected(self):
        order = self._sell([(self.lock, 3)])
        move = order.order_line.move_ids
        lot = move.move_line_ids.lot_id[1]
        rma = self._rma({"move_id": move.id, "lot_id": lot.id, "quantity": 1})
        rma.action_approve()
        receipt = rma.sudo().picking_ids.move_ids
        self.assertEqual(receipt.move_line_ids.lot_id, lot)
        self.assertEqual(receipt.origin_returned_move_id, move)
        self._receive(rma)
        self.assertEqual(rma.receipt_status, "received")

    def test_several_orders_in_one_return(self):
        first = self._sell([(self.sensor, 2)])
        second = self._sell([(self.cable, 5)])
        rma = self._rma((first.order_line.move_ids, 1), (second.order_line.move_ids, 2))
        rma.action_approve()
        self.assertEqual(len(rma.sudo().picking_ids), 1)
        self._receive(rma)
        self.assertEqual(first.order_line.qty_delivered, 1)
        self.assertEqual(second.order_line.qty_delivered, 3)
        self.assertEqual(rma.receipt_status, "received")

    def test_a_hundred_returns_cost_as_many_steps_as_two(self):
        def cost(count):
            moves = [
                self._sell([(self.sensor, 1)]).order_line.move_ids
                for _number in range(count)
            ]
            rmas = self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [Command.create({"move_id": move.id})],
                    }
                    for move in moves
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            rmas.action_approve()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(30)
        # Pickings are numbered and confirmed one by one by the platform.
        self.assertLessEqual(many - few, 28 * 6)
