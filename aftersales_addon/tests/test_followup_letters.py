"""Whatever a rule sends to a customer has a way out, and keeps the customer's peace."""

from ast import literal_eval
from datetime import datetime

from odoo import fields
from odoo.tests import freeze_time, tagged

from .followup_common import LATER, NOW, FollowupCommon

ACTIONS = ("mail", "thank", "rating", "nps", "offer")


@tagged("post_install", "-at_install")
class TestFollowupLetters(FollowupCommon):
    """Each action that writes to the customer is held to the same rules."""

    def _plan_letter(self, action):
        """Plan one letter of an action, due on 9 March; return its follow-up."""
        with freeze_time(NOW):
            if action == "offer":
                self._contract(
                    self._plan(renewal="request"), date_start="2025-04-01"
                ).action_start()
                rule = self._rule(
                    "contract_end",
                    offset_count=22,
                    offset_direction="before",
                    action="offer",
                    audience="contact",
                )
            elif action == "rating":
                self._case().action_solve()
                rule = self._rule("case_solved", action="rating", audience="contact")
            else:
                self._unit("2026-03-02")
                rule = (
                    self._mail_rule()
                    if action == "mail"
                    else self._rule(action=action, audience="contact")
                )
            followup = self._plan_rule(rule)
        self.assertEqual(len(followup), 1)
        self.assertEqual(followup.state, "planned")
        return followup

    def _run_later(self, moment=LATER):
        with freeze_time(moment):
            self._run_due()

    def _letters(self, before):
        return self._mails_to() - before

    def _each(self):
        """Go through the actions, each as if there were no other."""
        for action in ACTIONS:
            with self.subTest(action=action):
                savepoint = self.env.cr.savepoint(flush=True)
                followup = self._plan_letter(action)
                yield followup, self._mails_to()
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_way_out(self):
        for followup, before in self._each():
            self._run_later()
            self.assertEqual(followup.state, "done", followup.error or followup.reason)
            mail = self._letters(before)
            self.assertEqual(len(mail), 1)
            url = followup.sudo()._get_stop_url()
            self.assertIn(url, mail.body_html)
            self.assertIn("No more such messages", mail.body_html)
            headers = literal_eval(mail.headers)
            self.assertEqual(headers["List-Unsubscribe"], f"<{url}>")
            self.assertEqual(
                headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
            )
            self.assertEqual(mail.recipient_ids, self.customer)
            self.assertEqual(followup.sudo().mail_id, mail)
            self.assertTrue(followup.is_message)
            self.assertEqual(
                self.customer.aftersales_last_message, datetime(2026, 3, 9, 12)
            )

    def test_opted_out(self):
        for followup, before in self._each():
            self.customer.aftersales_no_followups = True
            self._run_later()
            self.assertEqual(followup.state, "skipped")
            self.assertIn("no such messages", followup.reason)
            self.assertFalse(self._letters(before))

    def test_blacklisted(self):
        for followup, before in self._each():
            self.env["mail.blacklist"]._add(self.customer.email)
            self._run_later()
            self.assertEqual(followup.state, "skipped")
            self.assertFalse(self._letters(before))

    def test_one_a_day(self):
        for followup, before in self._each():
            self.customer.aftersales_last_message = "2026-03-09 10:00:00"
            self._run_later()
            self.assertEqual(followup.state, "planned")
            self.assertEqual(followup.date_planned, datetime(2026, 3, 10, 9))
            self.assertFalse(self._letters(before))

    def test_quiet_hours(self):
        for followup, before in self._each():
            self._run_later("2026-03-09 21:00")
            self.assertEqual(followup.state, "planned")
            self.assertEqual(followup.date_planned, datetime(2026, 3, 10, 8))
            self.assertFalse(self._letters(before))

    def test_nothing_is_made_where_nothing_is_sent(self):
        """A quotation or a question that the customer does not get is not made."""
        orders = self.env["sale.order"].search_count([])
        questions = self.env["aftersales.nps"].search_count([])
        for followup, _before in self._each():
            self.customer.aftersales_no_followups = True
            self._run_later()
            self.assertFalse(followup.made_id)
            self.assertEqual(self.env["sale.order"].search_count([]), orders)
            self.assertEqual(self.env["aftersales.nps"].search_count([]), questions)

    def test_address_refused(self):
        """What cannot be delivered is shown to a person, who has it sent again."""
        for followup, before in self._each():
            self._run_later()
            mail = self._letters(before)
            mail.write(
                {
                    "state": "exception",
                    "failure_type": "unknown",
                    "failure_reason": "550 No such user",
                }
            )
            with freeze_time("2026-03-09 12:30"):
                self.env["aftersales.followup"]._follow_mails(fields.Datetime.now())
            self.assertEqual(mail.state, "exception")
            self.assertEqual(followup.state, "failed")
            self.assertIn("550", followup.error)
            self.assertEqual(followup.activity_ids.user_id, self.user_manager)

    def test_sent_again_once(self):
        """What did not reach the customer is sent once more, with what it was about."""
        for followup, before in self._each():
            self._run_later()
            first = self._letters(before)
            made = followup.made_model, followup.made_id
            first.write({"state": "exception", "failure_type": "unknown"})
            with freeze_time("2026-03-09 12:30"):
                self.env["aftersales.followup"]._follow_mails(fields.Datetime.now())
            with freeze_time("2026-03-10 12:00"):
                followup.with_user(self.user_manager).action_retry()
                self._run_due()
            self.assertEqual(followup.state, "done", followup.reason)
            self.assertEqual(first.state, "cancel")
            second = self._letters(before) - first
            self.assertEqual(second.state, "outgoing")
            self.assertEqual(followup.sudo().mail_id, second)
            if followup.made_model != "mail.mail":
                self.assertEqual((followup.made_model, followup.made_id), made)

    def test_server_down_for_long(self):
        """After three days nobody waits for the server: a person is told."""
        followup = self._plan_letter("mail")
        self._run_later()
        mail = self._mails_to()
        mail.write({"state": "exception", "failure_reason": "refused"})
        with freeze_time("2026-03-11 12:00"):
            self.env["aftersales.followup"]._follow_mails(fields.Datetime.now())
        self.assertEqual((mail.state, followup.state), ("outgoing", "done"))
        mail.state = "exception"
        with freeze_time("2026-03-13 12:00"):
            self.env["aftersales.followup"]._follow_mails(fields.Datetime.now())
        self.assertEqual((mail.state, followup.state), ("exception", "failed"))
