"""When follow-ups are planned, moved and planned anew."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models import aftersales_followup_plan_mixin as plan_mixin
from .followup_common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupPlan(FollowupCommon):
    def test_vector_replacement(self):
        """Replaced on 25 February: asked on 4 March, at nine."""
        with freeze_time("2026-02-25 12:00"):
            old = self._unit("2025-06-01", name="OLD")
            unit = self._unit("2026-02-25", name="NEW")
            unit.sudo().replaces_id = old
            rule = self._rule("replacement_delivered")
            followup = self._plan_rule(rule)
        self.assertEqual(followup.res_id, unit.id)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 4, 9))
        self.assertEqual(followup.date_event, date(2026, 2, 25))
        self.assertEqual(followup.partner_id, self.customer)

    def test_vector_easter(self):
        """Delivered on 28 March: the next working day after Easter Monday."""
        self._holiday("2026-04-06")
        with freeze_time("2026-03-28 12:00"):
            self._unit("2026-03-28")
            followup = self._plan_rule(self._rule("delivered"))
        self.assertEqual(followup.date_planned, datetime(2026, 4, 7, 9))

    def test_before_an_event(self):
        """Two days before a Monday is Saturday: the working day before."""
        with freeze_time("2026-03-01 12:00"):
            unit = self._unit("2026-02-25")
            self._set_end(unit, "2026-03-30")
            rule = self._rule("warranty_end", offset_count=2, offset_direction="before")
            followup = self._plan_rule(rule)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 27, 9))

    def test_time_zones(self):
        """Nine o'clock is nine o'clock where the customer is."""
        self.customer.tz = "America/New_York"
        self.other_customer.tz = "Asia/Tokyo"
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            self._unit("2026-03-02", self.other_customer)
            rule = self._rule("delivered", offset_count=1)
            followups = self._plan_rule(rule)
        planned = {f.partner_id: f.date_planned for f in followups}
        self.assertEqual(planned[self.customer], datetime(2026, 3, 3, 14))
        self.assertEqual(planned[self.other_customer], datetime(2026, 3, 3, 0))

    def test_hours_after_a_moment(self):
        """Hours go by the clock; on a free day it waits for the next working day."""
        rule = self._rule("case_opened", offset_count=4, offset_unit="hour")
        with freeze_time("2026-03-05 13:30"):
            rule.action_switch_on_anyway()
            self._case()
            followup = self._plan_rule(rule)
            self.assertEqual(followup.date_planned, datetime(2026, 3, 5, 17, 30))
        with freeze_time("2026-03-06 22:00"):
            self._case()
            followup = self._plan_rule(rule) - followup
            self.assertEqual(followup.date_planned, datetime(2026, 3, 9, 9))

    def test_working_days(self):
        with freeze_time("2026-03-05 13:30"):
            rule = self._rule("case_opened", offset_count=2, offset_unit="workday")
            self._case()
            followup = self._plan_rule(rule)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 9, 9))

    def test_twice_planned_once(self):
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule("delivered")
            first = self._plan_rule(rule)
            self.assertEqual(len(first), 1)
            self.assertEqual(self._plan_rule(rule), first)
        with freeze_time("2026-03-03 12:00"):
            self.assertEqual(self._plan_rule(rule), first)

    def test_nothing_is_made_up_for(self):
        """What was due before the rule was switched on is left alone."""
        with freeze_time("2026-03-12 12:00"):
            self._unit("2026-03-01")
            self._unit("2026-03-06", name="LATER")
            rule = self._rule("delivered")
            followup = self._plan_rule(rule)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 13, 9))

    def test_downtime_is_made_up_for(self):
        """The job stood still for a fortnight: nothing is lost."""
        with freeze_time("2026-03-02 12:00"):
            rule = self._rule("delivered", offset_count=1)
            rule._plan_carefully(fields.Datetime.now(), 0)
            rule._plan_carefully(fields.Datetime.now(), 0)
            self.assertEqual(rule.date_scanned, datetime(2026, 3, 2, 12))
        with freeze_time("2026-03-03 12:00"):
            self._unit("2026-03-03")
        with freeze_time("2026-03-20 12:00"):
            self.assertEqual(len(self._plan_rule(rule)), 1)

    def test_clock_set_back(self):
        """The clock was a year ahead for an hour: work goes on when it is right."""
        rule = self._rule("delivered", on=False)
        with freeze_time("2027-03-02 12:00"):
            rule.action_switch_on_anyway()
            rule.date_scanned = fields.Datetime.now()
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            self.assertEqual(len(self._plan_rule(rule)), 1)

    def test_later_event_is_waited_for(self):
        with freeze_time("2026-03-02 12:00"):
            unit = self._unit("2026-03-02")
            rule = self._rule("delivered")
            followup = self._plan_rule(rule)
            unit.delivery_date = "2026-03-05"
        with freeze_time("2026-03-09 12:00"):
            self._run_due()
        self.assertEqual(followup.state, "planned")
        self.assertEqual(followup.date_planned, datetime(2026, 3, 12, 9))
        self.assertTrue(followup.reason)

    def test_earlier_event_moves_at_night(self):
        with freeze_time("2026-03-20 12:00"):
            unit = self._unit("2026-03-20")
            still = self._unit("2026-03-20", name="STILL")
            rule = self._rule("delivered", offset_count=14)
            followups = self._plan_rule(rule)
            followup = followups.filtered(lambda f: f.res_id == unit.id)
            unit.delivery_date = "2026-03-16"
            self.assertEqual(rule._get_displaced(), followup)
            rule._replan()
            self.assertEqual(followup.date_planned, datetime(2026, 3, 30, 9))
            self.assertIn("2026-03-16", followup.reason)
            other = followups.filtered(lambda f: f.res_id == still.id)
            self.assertEqual(other.date_planned, datetime(2026, 4, 3, 9))
            self.assertFalse(rule._get_displaced())

    def test_undone_and_done_again(self):
        """A case that is reopened is asked about when it is solved in the end, once."""
        with freeze_time("2026-03-02 12:00"):
            case = self._case()
            rule = self._rule("case_solved", offset_count=1)
            case.action_solve()
            followup = self._plan_rule(rule)
            case.action_reopen()
            rule._replan()
        self.assertEqual(followup.state, "skipped")
        self.assertTrue(followup.is_undone)
        with freeze_time("2026-03-05 12:00"):
            case.action_solve()
            self.assertEqual(self._plan_rule(rule), followup)
            rule._replan()
        self.assertEqual(followup.state, "planned")
        self.assertEqual(followup.date_planned, datetime(2026, 3, 6, 9))

    def test_end_that_moves_is_followed_up_again(self):
        """A warranty that was prolonged ends anew: its new end is another event."""
        with freeze_time("2026-03-02 12:00"):
            unit = self._unit("2025-03-02")
            self._set_end(unit, "2026-03-20")
            rule = self._rule("warranty_end", offset_count=7, offset_direction="before")
            first = self._plan_rule(rule)
            self._set_end(unit, "2026-03-27")
            second = self._plan_rule(rule) - first
            self.assertEqual(second.date_planned, datetime(2026, 3, 20, 9))
            self.assertEqual(self._plan_rule(rule), first | second)
            rule._replan()
            states = [(f.state, f.reason) for f in first | second]
            self.assertEqual([state for state, _why in states], ["skipped", "planned"])

    def test_moved_end_is_not_run(self):
        with freeze_time("2026-03-02 12:00"):
            unit = self._unit("2025-03-02")
            self._set_end(unit, "2026-03-20")
            rule = self._rule("warranty_end", offset_count=7, offset_direction="before")
            first = self._plan_rule(rule)
            self._set_end(unit, "2027-03-20")
        with freeze_time("2026-03-13 12:00"):
            self._run_due()
        self.assertEqual(first.state, "skipped")
        self.assertFalse(unit.activity_ids)

    def test_yearly(self):
        """A birthday comes each year; what was born on 29 February has one, too."""
        unit = self._unit("2024-02-29")
        for now, planned in (
            ("2025-02-20 12:00", datetime(2025, 2, 28, 9)),
            ("2026-02-10 12:00", datetime(2026, 3, 2, 9)),
            ("2028-02-20 12:00", datetime(2028, 2, 29, 9)),
        ):
            with freeze_time(now):
                rule = self._rule("unit_birthday", offset_count=0)
                followup = self._plan_rule(rule)
                self.assertEqual(followup.date_planned, planned)
                self.assertEqual(self._plan_rule(rule), followup)
        self.assertEqual(followup.occurrence, 4)
        self.assertEqual(followup.res_id, unit.id)

    def test_yearly_two_years(self):
        self._unit("2024-06-10")
        with freeze_time("2025-06-01 12:00"):
            rule = self._rule("unit_birthday", offset_count=0)
            self.assertEqual(len(self._plan_rule(rule)), 1)
        with freeze_time("2026-06-01 12:00"):
            self.assertEqual(self._plan_rule(rule).mapped("occurrence"), [1, 2])

    def test_first_order(self):
        """The first order of the customer, whichever of their contacts placed it."""
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        with freeze_time("2026-03-02 12:00"):
            rule = self._rule("first_order", offset_count=1)
        first = self._sell([(self.sensor, 1)], day="2026-03-02", partner=contact)
        self._sell([(self.sensor, 1)], day="2026-03-03")
        other = self._sell(
            [(self.sensor, 1)], day="2026-03-03", partner=self.other_customer
        )
        with freeze_time("2026-03-03 12:00"):
            followups = self._plan_rule(rule)
        self.assertEqual(set(followups.mapped("res_id")), {first.id, other.id})

    def test_condition(self):
        with freeze_time("2026-03-02 12:00"):
            unit = self._unit("2026-03-02", name="A")
            self._unit("2026-03-02", name="B")
            rule = self._rule("delivered", domain="[('serial_number', '=', 'A')]")
            self.assertEqual(self._plan_rule(rule).res_id, unit.id)

    def test_hostile_conditions(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "__import__('os').getcwd()",
            "[('id', 'no_operator', 1)]",
            "[(",
            "7",
            "[('id', 'in', [x for x in range(9)])]",
            "(" * 300 + ")" * 300,
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._rule(on=False, domain=domain)

    def test_hidden_fields(self):
        """By a condition nobody learns what they may not read."""
        Rule = self.env["aftersales.followup.rule"].with_user(self.user_manager)
        for event, domain in (
            ("detractor", "[('access_token', 'like', 'a')]"),
            ("delivered", "[('partner_id.signup_type', 'like', 'a')]"),
            ("delivered", "[('partner_id', 'any', [('signup_type', '=', 'a')])]"),
            ("delivered", "['!', ('partner_id.signup_type', 'like', 'a')]"),
        ):
            with (
                self.subTest(domain=domain),
                mute_logger("odoo.models", "odoo.orm.models"),
                self.assertRaises(AccessError),
            ):
                Rule.create({"name": "X", "event": event, "domain": domain})

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        with freeze_time("2026-03-02 12:00"):
            unit = self._unit("2026-03-02")
            theirs = self._rule("delivered", company_id=other.id)
            ours = self._rule("delivered", company_id=self.company.id)
            self.assertFalse(self._plan_rule(theirs))
            self.assertEqual(self._plan_rule(ours).res_id, unit.id)

    def test_new_timing_plans_anew(self):
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule("delivered")
            self.assertEqual(
                self._plan_rule(rule).date_planned, datetime(2026, 3, 9, 9)
            )
            rule.offset_count = 3
            self.assertEqual(
                self._plan_rule(rule).date_planned, datetime(2026, 3, 5, 9)
            )

    def test_event_of_a_used_rule(self):
        """What a rule did is about its event, so it stays with it."""
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule("delivered")
            followup = self._plan_rule(rule)
            rule.event = "installed"
            self.assertFalse(followup.exists())
            rule.event = "delivered"
            self._plan_rule(rule)._skip("No")
            with self.assertRaises(UserError):
                rule.event = "installed"
            with self.assertRaises(UserError):
                rule.unlink()

    def test_unused_rule_is_deleted(self):
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule("delivered")
            followup = self._plan_rule(rule)
            rule.unlink()
        self.assertFalse(followup.exists())

    def test_one_rule_does_not_stop_another(self):
        """A rule that breaks tells a person once, and the others go on."""
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            broken, good = self._rule("delivered"), self._rule("delivered")
            broken.flush_recordset()
            self.env.cr.execute(
                "UPDATE aftersales_followup_rule SET domain = %s WHERE id = %s",
                ["[('gone', '=', 1)]", broken.id],
            )
            broken.invalidate_recordset()
            with mute_logger(plan_mixin.__name__):
                for _round in range(2):
                    for rule in broken | good:
                        rule._plan_carefully(fields.Datetime.now(), 0)
        self.assertEqual(len(self._followups(good)), 1)
        self.assertTrue(broken.error)
        self.assertEqual(len(broken.activity_ids), 1)
        self.assertEqual(broken.activity_ids.user_id, self.user_manager)

    def test_batches(self):
        """More records than a batch has are all planned."""
        with (
            patch.object(plan_mixin, "BATCH", 2),
            freeze_time("2026-03-02 12:00"),
        ):
            for number in range(5):
                self._unit("2026-03-02", name=f"N{number}")
            rule = self._rule("delivered")
            after, rounds = 0, 0
            while after is not None:
                after = rule._plan_carefully(fields.Datetime.now(), after)
                rounds += 1
            self.assertEqual(len(self._followups(rule)), 5)
        self.assertEqual(rounds, 4)

    def test_query_count(self):
        """Planning asks the database as often for fifty records as for one."""
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule("delivered")
            counts = []
            for more in (0, 49):
                for number in range(more):
                    self._unit("2026-03-02", name=f"N{more}-{number}")
                rule._forget_plans()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                rule._plan(fields.Datetime.now() + timedelta(days=30))
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self._followups(rule)), 50)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
        self.assertLess(counts[0], 30)

    def test_last_contact(self):
        """Twelve months without a word: once for each silence."""
        with freeze_time("2026-03-02 12:00"):
            rule = self._rule("no_contact", offset_count=12, offset_unit="month")
        self._sell([(self.sensor, 1)], day="2025-03-10")
        Partner = self.env["res.partner"]
        with freeze_time("2026-03-02 12:00"):
            Partner._cron_note_last_contact()
            self.assertEqual(self.customer.aftersales_last_contact, date(2025, 3, 10))
            mine = self._plan_rule(rule).filtered(
                lambda f: f.partner_id == self.customer
            )
            self.assertEqual(mine.date_planned, datetime(2026, 3, 10, 9))
            self._case()
            Partner._cron_note_last_contact()
            rule._replan()
        self.assertEqual(mine.state, "skipped")
        with freeze_time("2027-02-20 12:00"):
            again = self._plan_rule(rule).filtered(
                lambda f: f.partner_id == self.customer and f.state == "planned"
            )
        self.assertEqual(again.date_planned, datetime(2027, 3, 2, 9))
