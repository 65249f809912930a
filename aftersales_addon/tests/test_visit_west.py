"""Visits west of Greenwich and on the days when clocks change; odd technicians."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_visit_mail import VisitMailCase
from .test_visit_planning import PlanningCommon

# In Los Angeles it is the evening of the 14th.
NOW = "2026-06-15 05:00:00"
WEST = "America/Los_Angeles"


class _WestMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = WEST
        cls.technician = new_test_user(
            cls.env,
            "walt",
            name="Walt",
            groups="aftersales_addon.aftersales_group_technician",
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitWest(_WestMixin, PlanningCommon):
    def _slots(self, visit, first, last=None, limit=5):
        slots = visit._get_free_slots(first, last or first, limit)
        return [start for start, _end, _user in slots]

    def test_the_day_is_that_of_the_company(self):
        """Five in the afternoon there is the next day in UTC."""
        visit = self._visit(date_start=datetime(2026, 6, 26, 0))
        visit.action_schedule()
        self.assertEqual(visit.date_planned, date(2026, 6, 25))
        self.assertIn("Thursday, 25 June 2026, 5:00", visit._get_portal_when())
        visit.date_planned = "2026-06-27"
        self.assertEqual(visit.date_start, datetime(2026, 6, 28, 0))
        visit.action_begin()
        visit.action_finish()
        self.assertIn("14 June", visit._get_portal_when())

    def test_free_times(self):
        """In working hours there, and none of the evening before."""
        self._work_week()
        visit = self._visit(user_id=self.technician.id, duration=4)
        monday = date(2026, 6, 15)
        hours = self._slots(visit, monday)
        self.assertEqual(hours, [datetime(2026, 6, 15, 16), datetime(2026, 6, 15, 20)])
        self.assertFalse(self._slots(visit, date(2026, 6, 14)))

    def test_without_working_hours(self):
        visit = self._visit(user_id=self.technician.id, duration=5)
        hours = self._slots(visit, date(2026, 6, 20))
        self.assertEqual(hours, [datetime(2026, 6, 20, 15), datetime(2026, 6, 20, 20)])

    def test_no_company_calendar(self):
        """A technician without a calendar, in a company without one."""
        self.company.resource_calendar_id = False
        visit = self._visit(user_id=self.technician.id)
        self.assertTrue(self._slots(visit, date(2026, 6, 20)))
        visit.action_schedule()

    def test_days_on_which_clocks_change(self):
        """The same hour on the wall; the day has its 23 or 25 hours."""
        visit = self._visit(user_id=self.technician.id, duration=2)
        for day, hour in (
            (date(2027, 3, 13), 16),
            (date(2027, 3, 14), 15),
            (date(2026, 10, 31), 15),
            (date(2026, 11, 1), 16),
        ):
            with self.subTest(day):
                slots = self._slots(visit, day)
                self.assertEqual((len(slots), slots[0].hour), (5, hour))

    def test_an_absence_of_a_whole_day(self):
        other = new_test_user(
            self.env, "wilma", groups="aftersales_addon.aftersales_group_technician"
        )
        team = self.env["aftersales.team"].create(
            {
                "name": "West",
                "member_ids": [Command.set((self.technician | other).ids)],
            }
        )
        resource = self.env["resource.resource"].create(
            {
                "name": "Walt",
                "user_id": self.technician.id,
                "company_id": self.company.id,
                "tz": WEST,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "resource_id": resource.id,
                "date_from": "2026-06-16 07:00:00",
                "date_to": "2026-06-17 06:59:59",
            }
        )
        for day, best in (("2026-06-16", other), ("2026-06-17", self.technician)):
            visit = self._visit(team_id=team.id, date_planned=day)
            self.assertEqual(visit._propose_technicians()[0].user, best, day)

    def test_what_is_late(self):
        """The evening before, a visit of that day is not late."""
        visit = self._visit(date_planned="2026-06-14")
        self.assertFalse(visit.is_late)
        self.assertTrue(self._visit(date_planned="2026-06-13").is_late)

    def test_my_day(self):
        visit = self._visit(user_id=self.technician.id, date_planned="2026-06-14")
        found = visit.with_user(self.technician).get_my_work()
        self.assertEqual(found["today"], "2026-06-14")
        self.assertEqual(found["visits"][0]["day"], "2026-06-14")

    def test_a_technician_of_another_company(self):
        """Who may not work in the company is sent nowhere."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.technician.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for vals in (
            {"user_id": self.technician.id},
            {"helper_ids": [Command.set(self.technician.ids)]},
        ):
            with self.assertRaises(UserError):
                self._visit(**vals)
            visit = self._visit()
            with self.assertRaises(UserError):
                visit.write(vals)
        visit = self._visit()
        self.assertNotIn(self.technician, visit._get_candidates())

    def test_a_technician_who_has_left_the_company(self):
        """What they were to do is planned again, for somebody else."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visit = self._visit(user_id=self.technician.id, helper_ids=self.technician.ids)
        visit.action_begin()
        self.technician.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        further = visit._make_further("visit", "Change the pump")
        reason = self.env["aftersales.visit.reason"].create({"name": "Ill"})
        visit._set_not_done(reason)
        again = visit._plan_again(date(2026, 7, 1))
        self.assertFalse((again | further).user_id | again.helper_ids)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitMailWest(_WestMixin, VisitMailCase):
    """Mails, reminders and files for calendars."""

    def test_the_hour_on_the_wall(self):
        visit = self._visit(date_start=datetime(2026, 6, 26, 0), duration=1)
        visit = visit.with_env(self.env)
        visit.action_schedule()
        mail = self._told(1)
        self.assertIn("Thursday, 25 June 2026", mail.subject)
        text = self._file(mail)
        self.assertIn("DTSTART:20260626T000000Z", text)
        self.assertIn("DTEND:20260626T010000Z", text)
        self._remind("2026-06-23 23:00:00", 0)
        self._remind("2026-06-24 00:00:00", 1)

    def test_over_the_change_of_clocks(self):
        """The file tells the moment: the hour on the wall is right after it, too."""
        visit = self._visit(date_start=datetime(2026, 10, 31, 16), duration=1)
        visit = visit.with_env(self.env)
        visit.action_schedule()
        self._told(1)
        visit.date_planned = "2026-11-01"
        mail = self._told(1)
        self.assertIn("Sunday, 1 November 2026", mail.subject)
        self.assertIn("DTSTART:20261101T170000Z", self._file(mail))
