"""Rules that are changed while they are on, and events that move to and fro."""

from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .followup_common import LATER, NOW, FollowupCommon

ASK_FROM = (
    "odoo.addons.aftersales_addon.models.aftersales_followup_switch_mixin.ASK_FROM"
)


@tagged("post_install", "-at_install")
class TestFollowupChanges(FollowupCommon):
    def _before_end(self, **vals):
        return self._mail_rule(
            "warranty_end", offset_count=7, offset_direction="before", **vals
        )

    def _ending(self, day, **vals):
        unit = self._unit("2025-03-02", **vals)
        self._set_end(unit, day)
        return unit

    def _put_off(self):
        """A message that was due, and waits: another one was sent that day."""
        with freeze_time(NOW):
            self._unit("2026-03-02")
            rule = self._mail_rule()
            followup = self._plan_rule(rule)
        self.customer._aftersales_note_message(datetime(2026, 3, 9, 8))
        with freeze_time(LATER):
            self._run_due()
        return rule, followup

    # --- A rule that is changed ---

    def test_wider_condition_is_for_what_comes(self):
        """What a rule was not for until today is not made up for."""
        with freeze_time("2026-01-05 12:00"):
            rule = self._mail_rule(domain="[('serial_number', '=', 'A')]")
        with freeze_time("2026-01-10 12:00"):
            self._unit("2026-01-10", name="B")
        with freeze_time(NOW):
            self._unit("2026-03-01", name="C")
            rule.domain = "[]"
            followups = self._plan_rule(rule)
        self.assertEqual(followups.mapped("date_planned"), [datetime(2026, 3, 9, 9)])
        self.assertEqual(str(rule.date_since), "2026-03-02")

    def test_other_time_is_made_up_for_a_week(self):
        with freeze_time("2026-01-05 12:00"):
            rule = self._mail_rule(offset_count=30)
        with freeze_time(NOW):
            self._unit("2026-02-02", name="LONG")
            late = self._unit("2026-02-20", name="LATE")
            rule.offset_count = 7
            followup = self._plan_rule(rule)
        self.assertEqual(followup.res_id, late.id)

    def test_what_is_due_already_is_not_lost(self):
        """A message that waits for tomorrow is sent though the rule was changed."""
        rule, followup = self._put_off()
        with freeze_time(LATER):
            self.assertIn("One message", followup.reason)
            rule.hour = 8
            self.assertTrue(followup.exists())
        with freeze_time("2026-03-10 10:00"):
            self._run_due()
        self.assertEqual(followup.state, "done")

    def test_put_off_and_not_due_any_more(self):
        rule, followup = self._put_off()
        with freeze_time(LATER):
            rule.offset_count = 14
            self.assertFalse(followup.exists())
            self.assertEqual(
                self._plan_rule(rule).date_planned, datetime(2026, 3, 16, 9)
            )

    def test_many_more_are_refused(self):
        """A rule that is on does not grow to many without a question."""
        with freeze_time(NOW):
            self._unit("2026-03-02", name="A")
            rule = self._mail_rule(domain="[('serial_number', '=', 'A')]")
            self._plan_rule(rule)
            self._unit("2026-03-02", name="B")
            with patch(ASK_FROM, 1), self.assertRaisesRegex(UserError, "off first"):
                rule.domain = "[]"

    def test_many_stay_many(self):
        with freeze_time(NOW), patch(ASK_FROM, 1):
            for name in ("A", "B", "C"):
                self._unit("2026-03-02", name=name)
            rule = self._mail_rule()
            self._plan_rule(rule)
            rule.hour = 10
            self.assertEqual(len(self._plan_rule(rule)), 3)

    def test_several_are_switched_on_at_once(self):
        """One that asks first does not keep the others off."""
        with freeze_time(NOW):
            self._unit("2026-03-02", name="A")
            self._unit("2026-03-02", name="B")
            many = self._mail_rule(on=False)
            few = self._mail_rule(on=False, domain="[('serial_number', '=', 'A')]")
            with patch(ASK_FROM, 1):
                action = (many | few).action_switch_on()
        self.assertEqual(action["context"]["default_rule_id"], many.id)
        self.assertTrue(few.is_on)
        self.assertFalse(many.is_on)

    def test_on_again_does_not_send_what_is_old(self):
        with freeze_time(NOW):
            self._unit("2026-03-02")
            rule = self._mail_rule()
            self._plan_rule(rule)
            rule.action_switch_off()
            self.assertFalse(self._followups(rule))
        with freeze_time("2026-03-20 12:00"):
            rule.action_switch_on_anyway()
            self.assertFalse(self._plan_rule(rule))

    # --- Events that move ---

    def test_end_that_moves_back(self):
        """A visit is put off, and put back: the customer hears of it all the same."""
        with freeze_time(NOW):
            unit = self._ending("2026-03-20")
            rule = self._before_end()
            first = self._plan_rule(rule)
            self._set_end(unit, "2026-03-27")
            self._plan_rule(rule)
            rule._replan()
            self.assertEqual(first.state, "skipped")
            self._set_end(unit, "2026-03-20")
            self._plan_rule(rule)
            rule._replan()
        self.assertEqual(first.state, "planned")
        self.assertEqual(first.date_planned, datetime(2026, 3, 13, 9))
        with freeze_time("2026-03-13 12:00"):
            self._run_due()
        self.assertEqual(first.state, "done")

    def test_end_that_moves_back_after_it_was_due(self):
        with freeze_time(NOW):
            unit = self._ending("2026-03-20")
            rule = self._before_end()
            first = self._plan_rule(rule)
            self._set_end(unit, "2026-04-20")
        with freeze_time("2026-03-13 12:00"):
            self._run_due()
            self.assertEqual(first.state, "skipped")
            self._set_end(unit, "2026-03-20")
        with freeze_time("2026-03-16 02:40"):
            rule._replan()
            self.assertEqual(first.state, "planned")
        with freeze_time("2026-03-16 12:00"):
            self._run_due()
        self.assertEqual(first.state, "done")

    def test_end_that_moves_back_much_later(self):
        with freeze_time(NOW):
            unit = self._ending("2026-03-20")
            rule = self._mail_rule("warranty_end", offset_count=1)
            first = self._plan_rule(rule)
            self._set_end(unit, "2026-04-20")
            rule._replan()
            self._set_end(unit, "2026-03-20")
        with freeze_time("2026-06-01 12:00"):
            rule._replan()
        self.assertEqual(first.state, "skipped")

    def test_too_late_to_announce(self):
        """Nobody reads that a warranty will end when it is over."""
        with freeze_time(NOW):
            self._ending("2026-03-10")
            followup = self._plan_rule(self._before_end())
        with freeze_time("2026-03-11 12:00"):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertIn("is over", followup.reason)

    def test_each_birthday(self):
        """The thank-you comes each year, not the first year only."""
        self._unit("2024-06-10")
        with freeze_time("2025-06-01 12:00"):
            rule = self._mail_rule("unit_birthday", offset_count=0)
            first = self._plan_rule(rule)
        with freeze_time("2025-06-10 12:00"):
            self._run_due()
        self.assertEqual(first.state, "done")
        with freeze_time("2026-06-01 12:00"):
            second = self._plan_rule(rule) - first
        with freeze_time("2026-06-10 12:00"):
            self._run_due()
        self.assertEqual(second.state, "done", second.reason)

    # --- Customers ---

    def test_archived_contact(self):
        with freeze_time(NOW):
            contact = self.env["res.partner"].create(
                {"name": "Gone", "email": "gone@example.com", "tz": "UTC"}
            )
            self._unit("2026-03-02", contact)
            followup = self._plan_rule(self._mail_rule())
        contact.active = False
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertIn("archived", followup.reason)

    def test_put_off_to_a_working_day(self):
        """The second message of a Friday does not come on Saturday."""
        with freeze_time(NOW):
            self._unit("2026-03-06")
            working = self._plan_rule(self._mail_rule())
            other = self._plan_rule(self._mail_rule(on_workday=False))
        self.customer._aftersales_note_message(datetime(2026, 3, 13, 8))
        with freeze_time("2026-03-13 12:00"):
            self._run_due()
        self.assertEqual(working.date_planned, datetime(2026, 3, 16, 9))
        self.assertEqual(other.date_planned, datetime(2026, 3, 14, 9))

    def test_quiet_hours_end_on_a_working_day(self):
        followup = self._planned()
        with freeze_time("2026-03-13 21:00"):
            self._run_due()
        self.assertEqual(followup.date_planned, datetime(2026, 3, 16, 9))

    def test_many_failures_are_told_once(self):
        """A text that does not render fails for everybody: one activity is enough."""
        with freeze_time(NOW):
            self._unit("2026-03-02")
            self._unit("2026-03-02", self.other_customer)
            followups = self._plan_rule(self._mail_rule())
        for followup in followups:
            followup.tries = 3
            followup._note_failure(fields.Datetime.now(), UserError("No"))
        self.assertEqual(followups.mapped("state"), ["failed", "failed"])
        self.assertEqual(len(followups.activity_ids), 1)
        followups.activity_ids.action_done()
        followups[0].tries = 3
        followups[0]._note_failure(fields.Datetime.now(), UserError("Again"))
        self.assertEqual(len(followups.activity_ids), 1)

    def test_days_that_go_with_today(self):
        """A condition may count from today; a formula is explained in plain words."""
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02", name="A")
            self._unit("2026-02-24", name="B")
            domain = "[('delivery_date', '>=', 'today -3d')]"
            followup = self._plan_rule(self._rule("delivered", domain=domain))
            self.assertEqual(len(followup), 1)
            self.assertFalse(
                followup._get_skip_reason(followup._get_record()),
            )
        with self.assertRaisesRegex(ValidationError, "no formulas"):
            self._rule(on=False, domain="[('user_id', '=', uid)]")
