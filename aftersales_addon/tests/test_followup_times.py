"""Ends of months, working days, and a company west of Greenwich."""

from datetime import date, datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..models import aftersales_followup_plan_mixin as plan_mixin
from ..models import aftersales_followup_switch_mixin as switch_mixin
from .followup_common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupTimes(FollowupCommon):
    def _due(self, event, day, unit_day=None, **vals):
        """Plan a rule on a day, for a unit delivered on a day."""
        with freeze_time(f"{day} 12:00"):
            self._unit(unit_day or day)
            followup = self._plan_rule(
                self._rule(event, on_workday=False, **vals), days=800
            )
        self.assertEqual(len(followup), 1)
        return followup.date_planned

    def test_ends_of_months(self):
        """A month after the 31st is the last day of the next month."""
        for day, count, unit, due in (
            ("2026-01-31", 1, "month", datetime(2026, 2, 28, 9)),
            ("2026-03-31", 1, "month", datetime(2026, 4, 30, 9)),
            ("2027-11-30", 3, "month", datetime(2028, 2, 29, 9)),
            ("2024-02-29", 1, "year", datetime(2025, 2, 28, 9)),
            ("2026-12-31", 6, "month", datetime(2027, 6, 30, 9)),
        ):
            with self.subTest(day=day):
                savepoint = self.env.cr.savepoint(flush=True)
                found = self._due(
                    "delivered", day, offset_count=count, offset_unit=unit
                )
                self.assertEqual(found, due)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_a_month_before_an_end(self):
        """A month before 31 March is 28 February, not a day in March."""
        with freeze_time("2026-02-20 12:00"):
            unit = self._unit("2025-06-01")
            self._set_end(unit, "2026-03-31")
            rule = self._rule(
                "warranty_end",
                on_workday=False,
                offset_count=1,
                offset_unit="month",
                offset_direction="before",
            )
            followup = self._plan_rule(rule)
        self.assertEqual(followup.date_planned, datetime(2026, 2, 28, 9))

    def _in_los_angeles(self):
        self.calendar.tz = "America/Los_Angeles"
        self.customer.tz = "America/Los_Angeles"

    def _after_a_case(self, reported, **vals):
        with freeze_time(reported):
            self._case()
            rule = self._rule("case_opened", **vals)
            rule.date_since = fields.Date.subtract(rule.date_since, days=2)
            return self._plan_rule(rule)

    def test_working_days_west_of_greenwich(self):
        """Friday evening in Los Angeles is Saturday in Greenwich.

        One working day later is Monday at nine there, after their clocks went on.
        """
        self._in_los_angeles()
        followup = self._after_a_case(
            "2026-03-07 01:30:00", offset_count=1, offset_unit="workday"
        )
        self.assertEqual(followup.date_event, date(2026, 3, 6))
        self.assertEqual(followup.date_planned, datetime(2026, 3, 9, 16))

    def test_days_west_of_greenwich(self):
        """Thursday evening there: a day later is Friday, not Saturday."""
        self._in_los_angeles()
        followup = self._after_a_case("2026-03-06 01:30:00", offset_count=1)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 6, 17))

    def test_holiday_west_of_greenwich(self):
        """The company's free day is that day there, from midnight to midnight."""
        self._in_los_angeles()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Presidents' Day",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                # Midnight in Los Angeles.
                "date_from": "2026-02-16 08:00:00",
                "date_to": "2026-02-17 07:59:59",
            }
        )
        followup = self._after_a_case(
            "2026-02-14 01:30:00", offset_count=1, offset_unit="workday"
        )
        self.assertEqual(followup.date_planned, datetime(2026, 2, 17, 17))

    def test_before_an_end_west_of_greenwich(self):
        """Working days are counted back over the weekend."""
        self._in_los_angeles()
        with freeze_time("2026-03-02 20:00"):
            unit = self._unit("2025-06-01")
            self._set_end(unit, "2026-03-16")
            rule = self._rule(
                "warranty_end",
                offset_count=2,
                offset_unit="workday",
                offset_direction="before",
            )
            followup = self._plan_rule(rule)
        self.assertEqual(followup.date_planned, datetime(2026, 3, 12, 16))

    def test_quiet_hours_west_of_greenwich(self):
        """It is 19:30 there at 02:30 in Greenwich: not quiet yet; at 03:30 it is."""
        self._in_los_angeles()
        followup = self._after_a_case(
            "2026-03-09 20:00",
            action="mail",
            audience="contact",
            template_id=self._template("aftersales.case").id,
            offset_count=5,
            offset_unit="hour",
        )
        record = followup._get_record()
        for now, later in (
            (datetime(2026, 3, 10, 2, 30), None),
            (datetime(2026, 3, 10, 3, 30), datetime(2026, 3, 10, 15)),
        ):
            self.assertEqual(followup._get_postponement(record, now)[0], later)

    def test_many_records(self):
        """A rule that fits very many asks first, and plans them batch by batch."""
        with freeze_time("2026-03-02 12:00"):
            for number in range(7):
                self._unit("2026-03-02", name=f"MANY-{number}")
            rule = self._rule(on=False)
            with (
                patch.object(switch_mixin, "ASK_FROM", 5),
                patch.object(plan_mixin, "BATCH", 3),
            ):
                action = rule.action_switch_on()
                self.assertEqual(
                    action["res_model"], "aftersales.followup.preview", "asks"
                )
                self.assertFalse(rule.is_on)
                self.assertFalse(self._followups(rule))
                rule.action_switch_on_anyway()
                until = fields.Datetime.add(fields.Datetime.now(), days=30)
                sizes, after = [], 0
                while after is not None:
                    made, after = rule._plan_batch(until, after)
                    sizes.append(len(made))
        self.assertEqual(sizes, [3, 3, 1, 0])
        self.assertEqual(len(self._followups(rule)), 7)

    def test_failures_are_one_click_away(self):
        """From the overview of managers, and from the rule."""
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            rule = self._rule()
            followup = self._plan_rule(rule)
        followup.sudo().state = "failed"
        self.env.flush_all()
        Figures = self.env["aftersales.figures"].with_user(self.user_manager)
        tiles = {tile["name"]: tile for tile in Figures.get_figures()["open"]}
        found = self.env["aftersales.followup"].search(tiles["failed"]["domain"])
        self.assertIn(followup, found)
        self.assertEqual(len(found), tiles["failed"]["count"])
        self.assertEqual(rule.failed_count, 1)
        action = rule.with_user(self.user_manager).action_view_failed()
        self.assertEqual(action["res_model"], "aftersales.followup")
