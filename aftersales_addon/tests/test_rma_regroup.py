"""Returns are split and merged, and nothing of them is lost."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaRegroup(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell([(cls.sensor, 10), (cls.cable, 4)])
        cls.move, cls.cables = cls.order.picking_ids.move_ids

    def _make(self, state="approved", quantity=6, user=None):
        rma = self._rma((self.move, quantity), (self.cables, 2), user=user)
        if state == "requested":
            rma.action_request()
        elif state == "approved":
            rma.action_approve()
        return rma

    def _split(self, rma, *quantities):
        user = rma.env.user
        wizard = (
            self.env["aftersales.rma.split"].with_user(user).create({"rma_id": rma.id})
        )
        for line, quantity in zip(wizard.line_ids, quantities, strict=True):
            line.quantity = quantity
        return rma.browse(wizard.action_split()["res_id"])

    def _expected(self, rma):
        """What open receipts of a return still bring, by product."""
        moves = rma.sudo().picking_ids.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        return {move.product_id.name: move.product_uom_qty for move in moves}

    # --- Split ---

    def test_a_draft_and_a_request_are_split(self):
        for state in ("draft", "requested"):
            rma = self._make(state, 2)
            new = self._split(rma, 1, 0)
            self.assertEqual((rma.state, new.state), (state, state))
            self.assertEqual(rma.line_ids.mapped("quantity"), [1, 2])
            self.assertEqual(new.line_ids.quantity, 1)
            self.assertEqual(new.line_ids.move_id, self.move)
            self.assertEqual(new.line_ids.reason_id, self.reason)
            self.assertEqual(new.date_requested, rma.date_requested)
            self.assertNotEqual(new.name, rma.name)
            (rma | new).action_cancel()

    def test_receipts_follow(self):
        rma = self._make()
        new = self._split(rma, 4, 2)
        self.assertEqual(self._expected(rma), {"Sensor": 2})
        self.assertEqual(self._expected(new), {"Sensor": 4, "Cable": 2})
        for part, quantities in ((rma, [2]), (new, [4, 2])):
            self._receive(part)
            self.assertEqual(part.receipt_status, "received")
            received = part.line_ids.sorted("id").mapped("quantity_received")
            self.assertEqual(sorted(received), sorted(quantities))

    def test_what_came_stays(self):
        rma = self._make()
        picking = rma.sudo().picking_ids
        picking.move_ids[0].quantity = 2
        picking.move_ids[1].quantity = 0
        picking.move_ids[0].picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(rma.line_ids.mapped("quantity_received"), [2, 0])
        with self.assertRaisesRegex(UserError, "At most 4 of"):
            self._split(rma, 5, 0)
        new = self._split(rma, 4, 2)
        self.assertEqual(rma.line_ids.mapped("quantity_received"), [2])
        self.assertEqual(rma.receipt_status, "received")
        self.assertEqual(self._expected(rma), {})
        self.assertEqual(self._expected(new), {"Sensor": 4, "Cable": 2})

    def test_bad_splits(self):
        rma = self._make()
        with self.assertRaisesRegex(UserError, "Type in quantities"):
            self._split(rma, 0, 0)
        with self.assertRaisesRegex(UserError, "more than zero"):
            self._split(rma, -1, 0)
        with self.assertRaisesRegex(UserError, "At most 6 of"):
            self._split(rma, 7, 0)
        with self.assertRaisesRegex(UserError, "has to stay"):
            self._split(rma, 6, 2)
        other = self._make("draft", 1)
        with self.assertRaisesRegex(UserError, "Type in quantities"):
            rma._split({other.line_ids[0]: 1})
        rma.action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self._split(rma, 1, 0)

    def test_replaced_goods_stay(self):
        self.return_policy.write({"allow_advance": True, "allow_replacement": True})
        rma = self._rma((self.move, 2), (self.cables, 1))
        rma.line_ids[0].write({"remedy": "replacement", "is_advance": True})
        rma.action_approve()
        self.assertTrue(rma.line_ids[0].sudo().replacement_line_ids)
        with self.assertRaisesRegex(UserError, "At most 0 of"):
            self._split(rma, 1, 0)

    def test_flags_are_looked_at_in_both(self):
        rma = self._make("requested", 2)
        self.env["aftersales.rma.flag"].create({"rma_id": rma.id, "kind": "swapped"})
        new = self._split(rma, 1, 0)
        self.assertEqual((rma.flag_status, new.flag_status), ("open", "open"))

    def test_who_may_split(self):
        rma = self._make(user=self.user_manager)
        rma.user_id = self.user_manager
        with self.assertRaises(AccessError):
            rma.with_user(self.user_agent)._split({rma.line_ids[0]: 1})
        with self.assertRaises(AccessError):
            rma.with_user(self.user_technician)._split({rma.line_ids[0]: 1})

    # --- Merge ---

    def _merge(self, rmas):
        model = self.env["aftersales.rma.merge"].with_user(self.user_agent_all)
        context = {"active_model": "aftersales.rma", "active_ids": rmas.ids}
        wizard = model.with_context(**context).create({})
        return rmas.browse(wizard.action_merge()["res_id"])

    def test_goods_receipts_and_words_follow(self):
        first = self._make("approved", 2)
        second = self._rma((self.move, 3), reference="PO 7")
        second.action_approve()
        second.message_post(body="Please hurry", message_type="comment")
        attachment = self.env["ir.attachment"].create(
            {"name": "p.txt", "res_model": "aftersales.rma", "res_id": second.id}
        )
        activity = second.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user_manager.id
        )
        second.message_subscribe(self.other_customer.ids)
        self._receive(second, 1)
        receipts = (first | second).sudo().picking_ids
        target = self._merge(first | second)
        self.assertEqual(target, first)
        self.assertEqual(sorted(target.line_ids.mapped("quantity")), [2, 2, 3])
        self.assertEqual(target.sudo().picking_ids, receipts)
        self.assertEqual(sum(target.line_ids.mapped("quantity_received")), 1)
        self.assertEqual(target.receipt_status, "partial")
        self.assertEqual(second.receipt_status, "none")
        self.assertEqual(target.reference, "PO 7")
        self.assertIn("Please hurry", "".join(target.message_ids.mapped("body")))
        self.assertEqual(attachment.res_id, target.id)
        self.assertEqual(activity.res_id, target.id)
        self.assertIn(self.other_customer, target.message_partner_ids)
        self.assertEqual(second.state, "cancelled")
        self.assertEqual(second.merged_into_id, target)
        self.assertFalse(second.line_ids)
        for picking in receipts.filtered(lambda p: p.state != "done"):
            picking.move_ids.picked = True
            picking.button_validate()
        self.assertEqual(target.receipt_status, "received")
        self.assertEqual(sum(target.line_ids.mapped("quantity_received")), 7)

    def test_a_merged_return_is_not_taken_up_again(self):
        first, second = self._make("draft", 1), self._make("draft", 1)
        self._merge(first | second)
        with self.assertRaisesRegex(UserError, f"goes on in {first.name}"):
            second.action_draft()
        step = second.sudo()._get_decision_step()
        self.assertEqual(step["label"], f"Goes on in {first.name}")
        with self.assertRaisesRegex(UserError, "cannot be typed in"):
            second.merged_into_id = False

    def test_one_is_merged_with_what_is_like_it(self):
        first, second = self._make("requested", 1), self._make("requested", 1)
        third = self._make("draft", 1)
        form = Form(
            self.env["aftersales.rma.merge"]
            .with_user(self.user_agent_all)
            .with_context(active_model="aftersales.rma", active_ids=second.ids)
        )
        self.assertEqual(set(form.rma_ids.ids), set((first | second).ids))
        self.assertEqual(form.target_id, first)
        self.assertNotIn(third.id, form.rma_ids.ids)

    def test_what_is_not_alike_is_not_merged(self):
        first = self._make("requested", 1)
        with self.assertRaisesRegex(UserError, "different states"):
            self._merge(first | self._make("draft", 1))
        order = self._sell([(self.sensor, 1)], partner=self.other_customer)
        other = self._rma(
            (order.picking_ids.move_ids, 1), partner_id=self.other_customer.id
        )
        other.action_request()
        with self.assertRaisesRegex(UserError, "different customers"):
            self._merge(first | other)
        with self.assertRaisesRegex(UserError, "two returns at least"):
            self._merge(other)
        first.action_reject("No")
        with self.assertRaisesRegex(UserError, "is rejected"):
            self._merge(first | other)

    def test_other_warehouses(self):
        first, second = self._make("draft", 1), self._make("draft", 1)
        second.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC"}
        )
        with self.assertRaisesRegex(UserError, "different warehouses"):
            self._merge(first | second)

    def test_who_may_merge(self):
        first, second = self._make("draft", 1), self._make("draft", 1)
        second.user_id = self.user_manager
        with self.assertRaises(AccessError):
            first.with_user(self.user_agent)._merge(second)

    def test_refunds_stay_right(self):
        self._invoice(self.order)
        first, second = self._make("approved", 2), self._make("approved", 1)
        (first | second).line_ids.sudo().write({"remedy": "refund"})
        self._receive(first)
        self._receive(second)
        target = self._merge(first | second)
        target.action_refund()
        refund = target.sudo().refund_ids
        lines = refund.invoice_line_ids.filtered(lambda x: x.product_id == self.sensor)
        self.assertEqual(sum(lines.mapped("quantity")), 3)
        self.assertEqual(target.refund_status, "refunded")
        self.assertEqual(self.order.order_line[0].qty_delivered, 7)
