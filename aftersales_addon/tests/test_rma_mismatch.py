"""Something else comes out of the parcel than was announced: a person decides."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .rma_mismatch_common import RmaMismatchCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaMismatch(RmaMismatchCommon):
    def test_another_product_is_noted_and_nothing_follows(self):
        rma, order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        self.assertEqual((row.kind, row.quantity), ("product", 1))
        self.assertEqual((row.product_id, row.line_id), (self.other, rma.line_ids))
        self.assertEqual(rma.line_ids.quantity_received, 0)
        self.assertEqual(rma.receipt_status, "expected")
        self.assertTrue(self._open_picking(rma), "what was announced stays expected")
        self.assertEqual(self._open_picking(rma).move_ids.product_id, self.sensor)
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertTrue(rma.has_mismatch)
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_refund()
        with self.assertRaisesRegex(UserError, "wait for a decision"):
            rma.action_done()
        with self.assertRaisesRegex(UserError, "have come back already"):
            rma.action_cancel()
        with self.assertRaisesRegex(UserError, "Nothing waits"):
            rma.action_inspect()

    def test_the_responsible_is_told(self):
        rma, _order = self._approved(self.sensor, 1)
        rma.user_id = self.user_agent
        self._receive_other(rma, self.other)
        self.assertEqual(rma.activity_ids.user_id, self.user_agent)
        self.assertIn("Old sensor", rma.activity_ids.note)

    def test_another_product_is_taken_in_place(self):
        rma, order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        row.with_user(self.user_agent_all).action_accept()
        self.assertEqual(row.state, "accepted")
        self.assertEqual(row.decided_by_id, self.user_agent_all)
        line = rma.line_ids
        self.assertEqual((line.product_id, line.is_kept), (self.other, True))
        self.assertEqual(line.quantity_received, 1)
        self.assertFalse(self._open_picking(rma), "nothing is expected any more")
        message = rma.message_ids.filtered(lambda m: "in its place" in m.body)
        self.assertIn(self.customer, message.partner_ids)
        rma.action_refund()
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.amount_untaxed, 100)
        refund.action_post()
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.env["aftersales.rma.inspection"].browse(
            rma.action_inspect()["res_id"]
        ).action_confirm()
        self.assertEqual(self._on_hand(self.other, self.stock), 1)
        rma.action_done()

    def test_one_of_three_is_taken_in_place(self):
        rma, _order = self._approved(self.sensor, 3)
        picking = self._open_picking(rma)
        picking.move_ids.quantity = 2
        self.env["stock.move"].create(
            {
                "picking_id": picking.id,
                "product_id": self.other.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual(rma.line_ids.quantity_received, 2)
        row.action_accept()
        line, part = rma.line_ids.sorted("id")
        self.assertEqual((line.quantity, line.quantity_received), (2, 2))
        self.assertEqual((part.quantity, part.quantity_received), (1, 1))
        self.assertEqual(rma.receipt_status, "received")
        self.assertFalse(self._open_picking(rma))
        rma.action_refund()
        self.assertEqual(sum(rma.sudo().refund_ids.mapped("amount_untaxed")), 300)

    def test_no_more_is_taken_in_place_than_is_missing(self):
        rma, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other, 2)
        with self.assertRaisesRegex(UserError, "Only 1 of Sensor are still expected"):
            row.action_accept()
        row.line_id = False
        with self.assertRaisesRegex(UserError, "In place of what"):
            row.action_accept()

    def test_another_product_as_a_line_of_its_own(self):
        other = self._sell([(self.other, 2)])
        self._invoice(other)
        delivery = other.order_line.move_ids
        rma, order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        row.with_user(self.user_agent_all).action_add()
        line = row.result_line_id
        self.assertEqual(line.move_id, delivery)
        self.assertEqual(line.quantity_received, 1)
        self.assertEqual(other.order_line.qty_delivered, 1)
        self.assertEqual(rma.receipt_status, "partial", "the sensor stays expected")
        rma.action_refund()
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.invoice_line_ids.product_id, self.other)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_what_was_never_sold_is_a_line_without_an_order(self):
        rma, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        row.action_add()
        self.assertFalse(row.result_line_id.move_id)
        self.assertFalse(row.result_line_id.sale_line_id)

    def test_quarantine_and_back(self):
        rma, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        row.action_quarantine()
        quarantine = self.warehouse.aftersales_quarantine_loc_id
        self.assertEqual(self._on_hand(self.other, quarantine), 1)
        self.assertFalse(rma.has_mismatch)
        with self.assertRaisesRegex(UserError, "was decided already"):
            row.action_accept()
        row.action_send_back()
        back = self._open_picking(rma).filtered(
            lambda p: p.picking_type_code == "outgoing"
        )
        self.assertEqual(back.partner_id, self.customer)
        self.assertEqual(back.move_ids.location_id, quarantine)
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(self._on_hand(self.other, quarantine), 0)
        self.assertEqual(rma.line_ids.quantity_sent_back, 0)

    def test_a_decision_is_taken_once_and_by_agents(self):
        rma, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        for action in ("accept", "add", "raise", "quarantine", "send_back"):
            with self.assertRaises(AccessError):
                getattr(row.with_user(self.user_stock), f"action_{action}")()
        row.with_user(self.user_stock).note = "Box was open"
        for vals in ({"state": "added"}, {"quantity": 5}, {"product_id": 1}):
            with self.assertRaisesRegex(UserError, "Use the buttons"):
                row.with_user(self.user_agent_all).write(vals)
        row.action_send_back()
        for action in ("accept", "add", "raise", "quarantine", "send_back"):
            with self.assertRaisesRegex(UserError, "was decided already"):
                getattr(row, f"action_{action}")()

    def test_it_stands_for_a_line_of_its_own_return(self):
        rma, _order = self._approved(self.sensor, 1)
        other, _order = self._approved(self.sensor, 1)
        row = self._receive_other(rma, self.other)
        with self.assertRaisesRegex(ValidationError, "is not on"):
            row.with_user(self.user_stock).line_id = other.line_ids

    def test_another_serial_of_the_same_delivery(self):
        """It was announced by its number, so it is looked at; but it is the same."""
        order = self._sell([(self.lock, 2)])
        self._invoice(order)
        move = order.order_line.move_ids
        first, second = move.move_line_ids.lot_id
        rma = self._rma({"move_id": move.id, "lot_id": first.id})
        rma.action_approve()
        row = self._receive_serial(rma, second)
        self.assertEqual((row.kind, row.lot_id), ("serial", second))
        self.assertEqual(row.owner_id, self.customer)
        self.assertIn(f"from {order.name}", row.warning)
        self.assertEqual(rma.line_ids.quantity_received, 0)
        self.assertEqual(order.order_line.qty_delivered, 2)
        row.action_accept()
        self.assertEqual(rma.line_ids.lot_id, second)
        self.assertEqual(rma.line_ids.quantity_received, 1)
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFalse(self._open_picking(rma))
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 100)

    def test_a_serial_of_another_customer(self):
        """It is shown whose it is, and that customer's warranty stays as it is."""
        self.lock.aftersales_policy_ids = self.policy_12
        foreign = self._sell([(self.lock, 1)], partner=self.other_customer)
        other_asset = self._assets(foreign.order_line.move_ids)
        rma, order = self._approved(self.lock, 1)
        asset = self._assets(order.order_line.move_ids)
        row = self._receive_serial(rma, other_asset.lot_id)
        self.assertEqual(row.owner_id, self.other_customer)
        self.assertEqual(row.owner_order_id, foreign)
        self.assertIn("belongs to another customer, Ben", row.warning)
        self.assertEqual((other_asset.state, asset.state), ("in_use", "in_use"))
        self.assertEqual(foreign.order_line.qty_delivered, 1)
        row.action_accept()
        self.assertEqual(rma.line_ids.quantity_received, 1)
        self.assertEqual(other_asset.state, "in_use")
        self.assertEqual(other_asset.warranty_ids.state, "open")
        self.assertEqual(foreign.order_line.qty_delivered, 1)
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_a_foreign_serial_is_no_line_of_this_customers_order(self):
        foreign = self._sell([(self.lock, 1)], partner=self.other_customer)
        lot = foreign.order_line.move_ids.move_line_ids.lot_id
        rma, _order = self._approved(self.lock, 1)
        row = self._receive_serial(rma, lot)
        row.action_add()
        self.assertFalse(row.result_line_id.move_id)
        self.assertFalse(row.result_line_id.sale_line_id)
        self.assertEqual(rma.receipt_status, "partial")

    def test_the_customers_own_other_unit_closes_when_it_is_taken(self):
        self.lock.aftersales_policy_ids = self.policy_12
        earlier = self._sell([(self.lock, 1)])
        unit = self._assets(earlier.order_line.move_ids)
        rma, order = self._approved(self.lock, 1)
        row = self._receive_serial(rma, unit.lot_id)
        self.assertIn(f"from {earlier.name}", row.warning)
        self.assertEqual(unit.state, "in_use")
        row.action_add()
        self.assertEqual(row.result_line_id.asset_id, unit)
        self.assertEqual(unit.state, "returned")
        self.assertEqual(earlier.order_line.qty_delivered, 0)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_an_unknown_number_that_is_typed_in(self):
        rma, _order = self._approved(self.lock, 1)
        picking = self._open_picking(rma)
        line = picking.move_ids.move_line_ids
        line.write({"lot_id": False, "lot_name": "NEVER-1"})
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual(row.lot_id.name, "NEVER-1")
        self.assertFalse(row.owner_id)
        self.assertIn("we never delivered it", row.warning)

    def test_the_expected_number_typed_in_is_found(self):
        rma, order = self._approved(self.lock, 1)
        lot = order.order_line.move_ids.move_line_ids.lot_id
        picking = self._open_picking(rma)
        line = picking.move_ids.move_line_ids
        line.write({"lot_id": False, "lot_name": lot.name})
        self._validate(picking)
        self.assertFalse(rma.sudo().mismatch_ids)
        self.assertEqual(rma.line_ids.quantity_received, 1)

    def test_bought_elsewhere_but_of_another_customer(self):
        foreign = self._sell([(self.lock, 1)], partner=self.other_customer)
        lot = foreign.order_line.move_ids.move_line_ids.lot_id
        rma = self._rma({"product_id": self.lock.id, "quantity": 1})
        rma.action_approve()
        picking = self._open_picking(rma)
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.lot_ids = lot
        self._validate(picking)
        self.assertEqual(rma.sudo().mismatch_ids.owner_id, self.other_customer)

    def test_another_lot_in_part(self):
        order = self._sell([(self.cable, 5)])
        move = order.order_line.move_ids
        lot = move.move_line_ids.lot_id
        strange = self._make_lots(self.cable, "STRANGE")
        rma = self._rma({"move_id": move.id, "lot_id": lot.id, "quantity": 5})
        rma.action_approve()
        picking = self._open_picking(rma)
        line = picking.move_ids.move_line_ids
        line.quantity = 3
        line.copy({"lot_id": strange.id, "quantity": 2, "move_id": line.move_id.id})
        self._validate(picking)
        row = rma.sudo().mismatch_ids
        self.assertEqual((row.lot_id, row.quantity), (strange, 2))
        self.assertEqual(rma.line_ids.quantity_received, 3)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self._open_picking(rma).move_ids.product_uom_qty, 2)
