"""Claims on their way: sent, answered, credited."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import VendorCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestVendorClaimAnswer(VendorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-06-15 10:00:00"):
            cls.asset = cls._make_unit("S1")
            cls.claim = cls._make_claim(cls.asset, parts=2, labour=3)

    def _post(self, note):
        note.invoice_date = "2026-06-20"
        note.action_post()
        self.claim.invalidate_recordset()

    def _accept(self):
        self.claim.action_mark_sent()
        self.claim.action_accept()

    def test_sent_by_e_mail(self):
        claim = self.claim.with_user(self.user_buyer)
        context = claim.action_send()["context"]
        composer = self.env["mail.compose.message"].with_user(self.user_buyer)
        form = Form(composer.with_context(**context))
        self.assertIn(claim.name, form.subject)
        form.save()._action_send_mail()
        self.assertEqual((claim.state, claim.date_sent), ("sent", date(2026, 6, 15)))
        message = claim.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertIn(self.vendor, message.partner_ids)
        self.assertIn("Northlight", message.body)
        self.assertIn("125", message.body)

    def test_a_note_to_a_colleague_sends_nothing(self):
        self.claim.message_post(
            body="Look at this.",
            message_type="comment",
            partner_ids=self.user_buyer.partner_id.ids,
        )
        self.assertEqual(self.claim.state, "draft")

    def test_the_document(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_addon_purchase.aftersales_vendor_claim_report", self.claim.ids
        )
        for text in (self.claim.name, "S1", "Motor", "It does not lock.", "125.00"):
            self.assertIn(text, html.decode())

    def test_reminder_until_the_answer(self):
        self.company.aftersales_vendor_answer_days = 10
        self.claim.action_mark_sent()
        self.assertEqual(
            self.claim.activity_ids.mapped("date_deadline"), [date(2026, 6, 25)]
        )
        self.claim.action_accept()
        self.assertFalse(self.claim.activity_ids)

    def test_no_reminder_when_it_is_switched_off(self):
        self.company.aftersales_vendor_answer_days = 0
        self.claim.action_mark_sent()
        self.assertFalse(self.claim.activity_ids)

    def test_accepted_in_full(self):
        self._accept()
        self.assertEqual(self.claim.state, "accepted")
        self.assertEqual(self.claim.amount_accepted, 125.0)
        self.assertEqual(self.claim.date_answered, date(2026, 6, 15))

    def test_accepted_in_part(self):
        self.claim.action_mark_sent()
        self.claim.with_user(self.user_buyer).line_ids[1].accepted = 20.0
        self.claim.action_accept()
        self.assertEqual(self.claim.state, "partly")
        self.assertEqual(
            (self.claim.amount_accepted, self.claim.amount_open), (100, 100)
        )
        self.assertEqual(self.claim.accepted_company, 100)

    def test_rejected_and_prepared_again(self):
        self.claim.action_mark_sent()
        self.claim.action_reject()
        self.assertEqual((self.claim.state, self.claim.amount_open), ("rejected", 0.0))
        self.claim.action_reopen()
        self.assertEqual((self.claim.state, self.claim.amount_open), ("draft", 125.0))

    def test_nothing_accepted_is_no_acceptance(self):
        self.claim.action_mark_sent()
        self.claim.line_ids.write({"accepted": 0.0})
        with self.assertRaisesRegex(UserError, "Rejected"):
            self.claim.action_accept()

    def test_refused_transitions_say_what_to_do(self):
        for method, message in (
            ("action_accept", "Send the claim first"),
            ("action_reject", "Send the claim first"),
            ("action_create_credit_note", "Only an accepted claim"),
            ("action_reopen", "Only a rejected"),
        ):
            with self.assertRaisesRegex(UserError, message):
                getattr(self.claim, method)()
        self.claim.action_mark_sent()
        with self.assertRaisesRegex(UserError, "once"):
            self.claim.action_send()
        with self.assertRaisesRegex(UserError, "Cancel the claim"):
            self.claim.unlink()

    def test_what_was_sent_stays(self):
        claim = self.claim.with_user(self.user_buyer)
        with self.assertRaisesRegex(UserError, "cannot be set by hand"):
            claim.state = "accepted"
        claim.action_mark_sent()
        for change in (
            lambda: claim.write({"partner_id": self.other_vendor.id}),
            lambda: claim.line_ids[0].write({"asked": 1000.0}),
            lambda: claim.write({"line_ids": [Command.create({"name": "More"})]}),
            lambda: claim.line_ids[0].unlink(),
        ):
            with self.assertRaisesRegex(UserError, "cannot change any more"):
                change()

    @mute_logger("odoo.sql_db")
    def test_amounts_have_limits(self):
        self.claim.action_mark_sent()
        for vals in ({"accepted": 81.0}, {"accepted": -1.0}):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.claim.line_ids[0].write(vals)
                self.claim.flush_recordset()

    def test_credit_note_brings_the_figures_up_to_date(self):
        self._accept()
        action = self.claim.action_create_credit_note()
        note = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((note.move_type, note.state), ("in_refund", "draft"))
        self.assertEqual(note.partner_id, self.vendor)
        self.assertEqual(note.amount_untaxed, 125.0)
        self.assertFalse(note.invoice_line_ids.product_id)
        again = self.claim.action_create_credit_note()
        self.assertEqual(again["res_id"], note.id, "the draft is opened")
        self.assertEqual(self.claim.amount_credited, 0.0)
        self._post(note)
        self.assertEqual(self.claim.state, "credited")
        self.assertEqual((self.claim.amount_credited, self.claim.amount_open), (125, 0))
        self.assertEqual(self.claim.amount_settled, 0.0)
        with self.assertRaisesRegex(UserError, "credited cannot be cancelled"):
            self.claim.action_cancel()
        note.button_draft()
        self.claim.invalidate_recordset()
        self.assertEqual((self.claim.state, self.claim.amount_open), ("accepted", 125))

    def test_payment_settles(self):
        self._accept()
        note = self.env["account.move"].browse(
            self.claim.action_create_credit_note()["res_id"]
        )
        self._post(note)
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        )
        register.create({"amount": note.amount_total})._create_payments()
        self.claim.invalidate_recordset()
        self.assertEqual(self.claim.amount_settled, 125.0)

    def test_credited_in_two_steps(self):
        self._accept()
        note = self.env["account.move"].browse(
            self.claim.action_create_credit_note()["res_id"]
        )
        note.invoice_line_ids[1].unlink()
        self._post(note)
        self.assertEqual(self.claim.state, "accepted")
        self.assertEqual((self.claim.amount_credited, self.claim.amount_open), (80, 45))
        rest = self.env["account.move"].browse(
            self.claim.action_create_credit_note()["res_id"]
        )
        self.assertEqual(rest.amount_untaxed, 45.0)
        self._post(rest)
        self.assertEqual(self.claim.state, "credited")

    def test_pivot_by_vendor(self):
        self._accept()
        [(vendor, asked, opened)] = self.env["aftersales.vendor.claim"]._read_group(
            [("id", "=", self.claim.id)],
            ["partner_id"],
            ["asked_company:sum", "open_company:sum"],
        )
        self.assertEqual((vendor, asked, opened), (self.vendor, 125.0, 125.0))
