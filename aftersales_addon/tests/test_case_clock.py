"""Promised times of service cases, by working calendars of the platform."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.tests import tagged

from .case_common import CaseCommon

BRUSSELS = ZoneInfo("Europe/Brussels")


@tagged("post_install", "-at_install")
class TestCaseClock(CaseCommon):
    def _due(self, case, kind="resolution"):
        due = self._clock(case, kind).date_due
        return due and due.replace(tzinfo=ZoneInfo("UTC")).astimezone(BRUSSELS)

    def assert_due(self, case, text, kind="resolution"):
        self.assertEqual(self._due(case, kind).strftime("%Y-%m-%d %H:%M"), text)

    def test_s1_over_the_weekend_and_into_summer_time(self):
        case = self._case(date_reported="2026-03-27 15:00:00")
        self.assert_due(case, "2026-03-30 12:00", "first_response")

    def test_s3_a_holiday_of_the_company(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Easter Monday",
                "date_from": "2026-04-05 22:00:00",
                "date_to": "2026-04-06 21:59:59",
            }
        )
        self.promise.hours_first_response = 2
        case = self._case(date_reported="2026-04-03 14:00:00")
        self.assert_due(case, "2026-04-07 10:00", "first_response")

    def test_s4_s5_due_at_closing_time_and_held_over_night(self):
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        self.assert_due(case, "2026-06-15 17:00")
        with freeze_time("2026-06-15 09:00:00"):
            case.action_wait_customer()
        clock = self._clock(case, "resolution")
        self.assertEqual((clock.state, clock.date_due), ("held", False))
        self.assertEqual(case.sla_kind, "first_response", "which is not held")
        with freeze_time("2026-06-16 13:00:00"):
            case.action_start()
        self.assert_due(case, "2026-06-17 13:00")

    def test_s8_first_answer_by_the_clock_and_in_working_time(self):
        with freeze_time("2026-06-19 16:00:00"):
            case = self._case()
        with freeze_time("2026-06-19 16:01:00"):
            case.message_post(
                body="We got it",
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
            )
        with freeze_time("2026-06-22 07:30:00"):
            self._answer(case)
        clock = self._clock(case, "first_response")
        self.assertEqual((clock.hours_clock, clock.hours_used), (63.5, 0.5))
        self.assertEqual((clock.state, clock.is_breached), ("done", False))

    def test_day_and_night(self):
        self.promise.write({"around_the_clock": True})
        case = self._case(date_reported="2026-03-28 21:00:00")
        self.assert_due(case, "2026-03-29 07:00")

    def test_the_same_as_the_platform_plans(self):
        """Where Odoo's own planning answers the same question, so do we."""
        for start in ("2026-03-27 08:10:00", "2026-10-23 14:59:00"):
            for hours in (0.25, 3, 8, 17.5, 160):
                self.promise.hours_resolution = hours
                case = self._case(date_reported=start)
                moment = case.date_reported.replace(tzinfo=ZoneInfo("UTC"))
                planned = self.calendar.plan_hours(
                    hours, moment.astimezone(BRUSSELS), compute_leaves=True
                )
                self.assertEqual(self._due(case), planned, f"{hours} from {start}")

    def test_a_breach_stays_a_breach(self):
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        with freeze_time("2026-06-16 07:00:00"):
            self.assertEqual(case.sla_state, "late")
            case.action_solve()
        self.assertTrue(case.is_sla_breached)
        self.assertEqual(case.sla_state, "broken")
        with freeze_time("2026-06-16 08:00:00"):
            case.action_reopen()
            self.promise.hours_resolution = 800
            self.env["aftersales.sla.clock"].search([])._work_out()
        self.assertTrue(case.is_sla_breached)

    def test_reopening_resumes(self):
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        with freeze_time("2026-06-15 13:00:00"):
            case.action_solve()
        with freeze_time("2026-06-22 07:00:00"):
            case.action_reopen()
        self.assert_due(case, "2026-06-22 11:00")
        with freeze_time("2026-06-22 08:00:00"):
            case.action_solve()
        self.assertEqual(self._clock(case, "resolution").hours_used, 7)

    def test_each_question_is_answered_in_time(self):
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        with freeze_time("2026-06-15 08:00:00"):
            self._answer(case)
        self.assertFalse(self._clock(case, "next_response"))
        with freeze_time("2026-06-15 09:00:00"):
            self._ask(case)
            self._ask(case, "And another thing")
        clock = self._clock(case, "next_response")
        self.assertEqual(len(case.clock_ids), 3, "one wait, however often they ask")
        self.assert_due(case, "2026-06-15 15:00", "next_response")
        with freeze_time("2026-06-15 10:00:00"):
            self._answer(case)
        self.assertEqual((clock.state, clock.hours_used), ("done", 1))

    def test_on_the_phone_the_answer_is_there(self):
        case = self._case(channel="phone")
        clock = self._clock(case, "first_response")
        self.assertEqual((clock.state, clock.hours_used), ("done", 0))

    def test_a_call_noted_late_has_its_answer_all_the_same(self):
        with freeze_time("2026-06-17 07:00:00"):
            case = self._case(channel="phone", date_reported="2026-06-15 07:00:00")
        clock = self._clock(case, "first_response")
        self.assertEqual((clock.state, clock.is_breached), ("done", False))

    def test_what_breaks_on_the_way_is_told_as_well(self):
        """By changed hours, or before a wait begins: not only by the watch."""
        self.team.user_id = self.user_manager
        with freeze_time("2026-06-15 07:00:00"):
            case, waiting = self._case(), self._case()
            self._answer(case)
            self._answer(waiting)
        with freeze_time("2026-06-15 11:00:00"):
            self.promise.hours_resolution = 2
            clock = self._clock(case, "resolution")
            clock.hours = 2
            clock._work_out()
        self.assertTrue(clock.is_breached)
        self.assertEqual(case.activity_ids.user_id, self.user_manager)
        with freeze_time("2026-06-16 07:30:00"):
            waiting.action_wait_customer()
            self.assertEqual(len(waiting.activity_ids), 1)
            with self.enter_registry_test_mode():
                self.env.ref("aftersales_addon.ir_cron_sla").method_direct_trigger()
        self.assertEqual(len(waiting.activity_ids), 1)
        self.assertEqual(len(case.activity_ids), 1)

    def test_another_promise_keeps_the_start(self):
        urgent = self.promise.copy(
            {"priority": "3", "hours_resolution": 2, "sequence": 1, "name": "Urgent"}
        )
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        with freeze_time("2026-06-15 08:00:00"):
            case.priority = "3"
        self.assertEqual(case.sla_policy_id, urgent)
        self.assert_due(case, "2026-06-15 11:00")

    def test_changed_hours_move_what_is_running_only(self):
        with freeze_time("2026-06-15 07:00:00"):
            case, solved = self._case(), self._case()
            solved.action_solve()
            self.calendar.attendance_ids.hour_from = 13
            self.env.flush_all()
            clocks = self._clock(case, "resolution") | self._clock(solved, "resolution")
            self.assertEqual(clocks.mapped("is_stale"), [True, False])
            with self.enter_registry_test_mode():
                self.env.ref("aftersales_addon.ir_cron_sla").method_direct_trigger()
            clocks.invalidate_recordset()
        self.assert_due(case, "2026-06-16 17:00")
        self.assert_due(solved, "2026-06-15 17:00")

    def test_warned_once_and_told_once_when_it_is_too_late(self):
        cron = self.env.ref("aftersales_addon.ir_cron_sla")
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case(user_id=self.user_agent.id)
        for now, expected in (
            ("2026-06-15 09:59:00", 0),
            ("2026-06-15 10:01:00", 1),
            ("2026-06-15 10:30:00", 1),
            ("2026-06-15 11:01:00", 2),
            ("2026-06-15 12:00:00", 2),
        ):
            with freeze_time(now), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(len(case.activity_ids), expected, now)
        self.assertEqual(
            case.activity_ids.mapped("user_id"), self.user_agent | self.user_manager
        )

    def test_searching_for_late_ones(self):
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        Case = self.env["aftersales.case"]
        mine = [("id", "=", case.id)]
        for now, state in (
            ("2026-06-15 08:00:00", "ok"),
            ("2026-06-15 10:00:00", "soon"),
            ("2026-06-15 12:00:00", "late"),
        ):
            with freeze_time(now):
                case.invalidate_recordset(["sla_state"])
                self.assertEqual(case.sla_state, state)
                found = Case.search([*mine, ("sla_state", "=", state)])
                self.assertEqual(found, case, state)
                self.assertFalse(Case.search([*mine, ("sla_state", "!=", state)]))

    def test_the_board_shows_how_promises_stand(self):
        with freeze_time("2026-06-15 07:00:00"):
            cases = self._case() | self._case() | self._case()
        with freeze_time("2026-06-15 12:00:00"):
            cases[0].action_solve()
            cases[1].action_wait_customer()
            self._answer(cases[1])
            bar = {
                "field": "sla_state",
                "colors": {"late": "danger", "held": "muted", "broken": "info"},
            }
            found = cases.read_progress_bar([("id", "in", cases.ids)], "team_id", bar)
        self.assertEqual(list(found.values()), [{"late": 1, "held": 1, "broken": 1}])

    def test_nobody_works_for_years(self):
        """Nothing runs out then, and nothing breaks."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed for good",
                "calendar_id": self.calendar.id,
                "date_from": "2026-06-15 00:00:00",
                "date_to": "2046-06-15 00:00:00",
            }
        )
        with freeze_time("2026-06-15 07:00:00"):
            case = self._case()
        self.assertFalse(self._clock(case, "resolution").date_due)

    def test_the_number_of_clocks_does_not_matter(self):
        with freeze_time("2026-06-15 07:00:00"):
            self.env["aftersales.case"].create(
                [
                    {
                        "name": f"{n}",
                        "team_id": self.team.id,
                        "channel": "portal",
                        "date_reported": self._utc("2026-06-15T07:00:00")
                        + timedelta(minutes=n),
                    }
                    for n in range(51)
                ]
            )
            clocks = self.env["aftersales.sla.clock"].search(
                [("team_id", "=", self.team.id), ("kind", "=", "resolution")]
            )
            self.calendar.attendance_ids.hour_to = 16
            self.env.flush_all()

            def work_out(some):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some._work_out()
                self.env.flush_all()
                return self.env.cr.sql_log_count - before

            one, fifty = work_out(clocks[:1]), work_out(clocks[1:])
        self.assertLessEqual(fifty, one + 10, f"{one} for one, {fifty} for fifty")
