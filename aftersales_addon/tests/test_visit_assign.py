from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_visit_planning import PlanningCommon

NOW = "2026-06-15 06:00:00"  # a Monday


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitAssign(PlanningCommon):
    """Who comes, and when there is time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tom, cls.tina = (
            new_test_user(
                cls.env,
                login,
                name=login.title(),
                groups="aftersales_addon.aftersales_group_technician",
            )
            for login in ("tom", "tina")
        )
        cls.gas, cls.power = cls.env["aftersales.skill"].create(
            [{"name": "Gas", "user_ids": cls.tom.ids}, {"name": "Power"}]
        )
        cls.team = cls.env["aftersales.team"].create(
            {"name": "Field", "member_ids": [Command.set((cls.tom | cls.tina).ids)]}
        )

    def _planned(self, **vals):
        vals = {"team_id": self.team.id, "date_planned": "2026-06-16", **vals}
        return self._visit(**vals)

    def _users(self, visit):
        return [proposal.user for proposal in visit._propose_technicians()]

    def test_less_work_comes_first(self):
        """Hours of the same week count, those of another week do not."""
        self._planned(user_id=self.tom.id, duration=2)
        visit = self._planned()
        self.assertEqual(self._users(visit), [self.tina, self.tom])
        visit.date_planned = "2026-06-23"
        self.assertEqual(self._users(visit), [self.tom, self.tina])

    def test_helpers_work_too(self):
        self._planned(user_id=self.user_agent.id, helper_ids=self.tom.ids)
        self.assertEqual(self._users(self._planned()), [self.tina, self.tom])

    def test_who_knows_the_customer(self):
        done = self._planned(user_id=self.tina.id, date_planned="2026-06-01")
        done.action_begin()
        done.action_finish()
        self.assertEqual(self._users(self._planned()), [self.tina, self.tom])

    def test_all_skills_are_needed(self):
        visit = self._skilled(self.gas)
        self.assertEqual(self._users(visit), [self.tom])
        visit = self._skilled(self.gas | self.power)
        self.assertEqual(self._users(visit), [])
        with self.assertRaisesRegex(UserError, "Gas, Power"):
            visit.action_assign()
        self.power.user_ids = self.tom | self.tina
        visit.action_assign()
        self.assertEqual(visit.user_id, self.tom)

    def _skilled(self, skills):
        contract = self._contract(
            self._plan(services=[{"skill_ids": [Command.set(skills.ids)]}]),
            units=self.env["aftersales.asset"],
        )
        return self._planned(
            line_ids=[Command.create({"service_id": contract.service_ids.id})]
        )

    def test_absence(self):
        """Days off and the team's list of who is away."""
        self._leave(self.tom, "2026-06-16 00:00:00", "2026-06-16 22:00:00")
        visit = self._planned()
        self.assertEqual(self._users(visit), [self.tina, self.tom])
        self.team.away_ids = self.tina
        visit.date_planned = "2026-06-17"
        self.assertEqual(self._users(visit), [self.tom, self.tina])

    def _leave(self, user, start, end):
        resource = self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": start,
                "date_to": end,
            }
        )

    def test_many_share_the_work(self):
        visits = self._planned() | self._planned()
        visits.with_user(self.user_agent).action_assign()
        self.assertEqual(visits.user_id, self.tom | self.tina)
        with self.assertRaises(UserError):
            visits.action_assign()

    def test_many_at_the_same_time_share_the_work(self):
        """Who was sent to a visit a moment ago is busy at the time of the next."""
        start = datetime(2026, 6, 16, 9)
        vals = {"date_start": start, "date_end": datetime(2026, 6, 16, 10)}
        self._planned(user_id=self.tom.id, date_planned="2026-06-17", duration=8)
        visits = self._planned(**vals) | self._planned(**vals)
        visits.action_assign()
        self.assertEqual(visits.mapped("user_id.name"), ["Tina", "Tom"])

    def test_queries(self):
        """Who could come is read once, however many visits there are."""
        counts = []
        for number in (1, 50):
            visits = self.env["aftersales.visit"].union(
                *(self._planned() for _number in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            roster = visits._get_roster()
            for visit in visits:
                visit._propose_technicians(roster)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_queries_of_the_button(self):
        """The visits of one technician are given in one go."""
        counts = []
        for number in (1, 50):
            visits = self.env["aftersales.visit"].union(
                *(self._planned() for _number in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits.action_assign()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_other_companies_people(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.tom.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertEqual(self._users(self._planned()), [self.tina])

    def test_double_booking_is_named_and_allowed(self):
        first = self._appointed(9, self.tom)
        second = self._appointed(9.5, self.tom)
        self.assertIn(first.number, second.overlap)
        self.assertEqual(second.state, "scheduled")
        second.date_start, second.date_end = first.date_end, datetime(2026, 6, 16, 12)
        self.assertFalse(second.overlap)
        second.user_id = self.tina
        first.helper_ids = self.tina
        first.date_end = datetime(2026, 6, 16, 11)
        self.assertIn(first.number, second.overlap)

    def _appointed(self, hour, user, duration=1.0):
        minutes = int(hour % 1 * 60)
        visit = self._planned(
            user_id=user.id,
            duration=duration,
            date_start=datetime(2026, 6, 16, int(hour), minutes),
        )
        visit.action_schedule()
        return visit

    def test_free_times(self):
        """Working hours less other visits with the way, from now on."""
        self._work_week()
        self.company.aftersales_visit_buffer = 0.5
        self._appointed(10, self.tom)
        visit = self._planned(user_id=self.tom.id, duration=1)
        slots = visit._get_free_slots(date(2026, 6, 16), date(2026, 6, 16))
        starts = [start.strftime("%H:%M") for start, _end, _user in slots]
        # 9:00 would end at 10:00, with no time for the way.
        self.assertEqual(starts, ["11:30", "12:30", "13:30", "14:30", "15:30"])
        self.assertFalse(visit._get_free_slots(date(2026, 6, 20), date(2026, 6, 21)))
        self.assertFalse(visit._get_free_slots(date(2026, 6, 17), date(2026, 6, 16)))
        today = visit._get_free_slots(date(2026, 6, 10), date(2026, 6, 15), limit=1)
        self.assertEqual(today[0][0], datetime(2026, 6, 15, 9))

    def test_free_times_without_a_calendar(self):
        """Whoever has no working hours works."""
        visit = self._planned(user_id=self.tom.id, duration=4)
        slots = visit._get_free_slots(date(2026, 6, 20), date(2026, 6, 20))
        self.assertEqual([start.hour for start, _end, _user in slots], [8, 12])

    def test_free_times_in_summer_and_winter(self):
        """The same hour on the wall, another one in UTC."""
        self._work_week()
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        visit = self._planned(user_id=self.tom.id)
        for day, hour in ((date(2026, 10, 23), 7), (date(2026, 10, 26), 8)):
            with self.subTest(day):
                slots = visit._get_free_slots(day, day, limit=1)
                self.assertEqual(slots[0][0].hour, hour)

    def test_free_times_of_all_who_could_come(self):
        self._work_week()
        self._leave(self.tom, "2026-06-16 00:00:00", "2026-06-16 23:00:00")
        visit = self._planned(duration=4)
        slots = visit._get_free_slots(date(2026, 6, 16), date(2026, 6, 16))
        self.assertEqual([slot[2] for slot in slots], [self.tina, self.tina])

    def test_dialog_proposes(self):
        """The best technician at the first free time: one click is left."""
        self._work_week()
        self._appointed(9, self.tom, duration=2)
        visit = self._planned(duration=2)
        action = visit.with_user(self.user_agent).action_schedule()
        dialog = (
            self.env["aftersales.visit.schedule"]
            .with_user(self.user_agent)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(dialog.user_id, self.tina)
        self.assertEqual(dialog.date_start, datetime(2026, 6, 16, 9))
        self.assertIn("Tom", dialog.proposals)
        self.assertFalse(dialog.warning)
        dialog.user_id = self.tom
        self.assertIn("At the same time", dialog.warning)
        dialog.user_id = self.tina
        dialog.action_schedule()
        self.assertEqual((visit.state, visit.user_id), ("scheduled", self.tina))

    def test_late(self):
        """By the appointment where there is one, else by the company's day."""
        late = self._planned(date_planned="2026-06-14")
        today = self._planned(date_planned="2026-06-15")
        passed = self._planned(date_start="2026-06-15 05:00:00")
        ahead = self._planned(date_start="2026-06-15 07:00:00")
        visits = late | today | passed | ahead
        found = visits.search([("is_late", "=", True), ("id", "in", visits.ids)])
        self.assertEqual(found, late | passed)
        self.assertEqual(visits.filtered("is_late"), late | passed)
        rest = visits.search([("is_late", "=", False), ("id", "in", visits.ids)])
        self.assertEqual(rest, today | ahead)

    def test_day_sheet(self):
        first = self._appointed(9, self.tom)
        second = self._appointed(8, self.tom)
        second.helper_ids = self.tina
        other = self._planned()
        sheets = (first | second | other)._get_day_sheets()
        self.assertEqual(
            [(sheet["user"].name, sheet["visits"]) for sheet in sheets],
            [(False, other), ("Tina", second), ("Tom", second | first)],
        )
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_addon.aftersales_visit_day_sheet", (first | other).ids
        )[0]
        self.assertIn(first.number, html.decode())
