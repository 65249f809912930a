"""New cases are shared out by the hours that people work in the days to come."""

from collections import Counter

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-09 07:00")
class TestTeamHours(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "aftersales_addon.aftersales_group_user"
        cls.full, cls.half, cls.third = cls.users = [
            new_test_user(cls.env, login, groups=group)
            for login in ("hours_full", "hours_half", "hours_third")
        ]
        cls.mornings = cls._make_calendar("Mornings", "Europe/Brussels", 9, 13)
        cls.team.assignment = "hours"
        cls._members(cls.full | cls.half)
        cls._resource(cls.full, cls.calendar)
        cls.resource = cls._resource(cls.half, cls.mornings)

    @classmethod
    def _members(cls, users):
        cls.team.member_ids = [Command.set(users.ids)]

    @classmethod
    def _resource(cls, user, calendar, **vals):
        return cls.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "resource_type": "user",
                "calendar_id": calendar.id,
                "tz": "Europe/Brussels",
                **vals,
            }
        )

    def _leave(self, begin, stop, resource=None, **vals):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": resource.id if resource else False,
                "calendar_id": resource.calendar_id.id if resource else False,
                "date_from": begin,
                "date_to": stop,
                **vals,
            }
        )

    def _hours(self):
        hours = self.team._get_hours(self.team.member_ids, self.company)
        return [hours.get(user) for user in self.users]

    def _shared(self, count):
        """How many of so many new cases each one gets."""
        cases = self.env["aftersales.case"].create(
            [
                {"name": f"No. {number}", "team_id": self.team.id, "channel": "email"}
                for number in range(count)
            ]
        )
        counts = Counter(case.user_id for case in cases)
        return [counts[user] for user in self.users]

    def test_who_works_half_of_the_time_gets_half(self):
        self.assertEqual(self._hours(), [40, 20, None])
        self.assertEqual(self._shared(9), [6, 3, 0])

    def test_what_is_open_counts(self):
        for _number in range(4):
            self._case(user_id=self.full.id)
        self.assertEqual(self._shared(2), [0, 2, 0])

    def test_by_number_all_are_the_same(self):
        self.team.assignment = "load"
        self.assertEqual(self._shared(8), [4, 4, 0])

    def test_days_off_count(self):
        """Two days of four hours, and a holiday for everybody."""
        self._leave("2026-03-10 00:00:00", "2026-03-11 23:59:59", self.resource)
        self._leave("2026-03-13 00:00:00", "2026-03-13 23:59:59")
        self.assertEqual(self._hours(), [32, 8, None])
        self.assertEqual(self._shared(5), [4, 1, 0])

    def test_who_is_away_all_week_gets_nothing(self):
        self._leave("2026-03-09 07:30:00", "2026-03-20 00:00:00", self.resource)
        # Not away this very moment: the day has not begun.
        self.assertEqual(self._hours(), [40, 0, None])
        self.assertEqual(self._shared(3), [3, 0, 0])

    def test_when_nobody_works_all_are_the_same(self):
        self._leave("2026-03-09 07:30:00", "2026-03-20 00:00:00")
        self.assertEqual(self._hours(), [0, 0, None])
        self.assertEqual(self._shared(4), [2, 2, 0])

    def test_a_member_without_working_hours_has_those_of_the_team(self):
        self._members(self.half | self.third)
        self.assertEqual(self._hours(), [None, 20, 40])
        self.assertEqual(self._shared(3), [0, 1, 2])
        # One whose working hours are left open has days off all the same.
        resource = self._resource(self.third, self.env["resource.calendar"])
        resource.calendar_id = False
        self._leave("2026-03-09 07:30:00", "2026-03-12 00:00:00", resource)
        self.assertLess(self._hours()[2], 40)
        self.team.resource_calendar_id = False
        self.company.resource_calendar_id = self.mornings
        self.assertLess(self._hours()[2], 20)
        self.company.resource_calendar_id = False
        self.assertEqual(self._hours()[2], 0)

    def test_another_company_has_its_own_hours(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._members(self.half | self.third)
        self._resource(self.third, self.mornings, company_id=other.id)
        leave = self._leave("2026-03-09 07:30:00", "2026-03-20 00:00:00")
        self.assertEqual(self._hours(), [None, 0, 0])
        leave.company_id = other
        self.assertEqual(self._hours(), [None, 20, 40])

    def test_flexible_hours(self):
        self.mornings.write(
            {"flexible_hours": True, "hours_per_day": 4, "full_time_required_hours": 20}
        )
        # The window of seven days begins and ends within a day.
        self.assertIn(self._hours(), ([40, 20, None], [40, 24, None]))

    def test_many_cost_as_many_queries_as_one(self):
        counts = []
        for count in (1, 50):
            cases = self.env["aftersales.case"].create(
                [
                    {"name": "One", "team_id": self.team.id, "user_id": self.full.id}
                    for _number in range(count)
                ]
            )
            cases.user_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.with_context(tracking_disable=True)._assign_user()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4, counts)
