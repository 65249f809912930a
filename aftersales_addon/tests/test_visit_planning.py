from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .contract_common import ContractCommon


class PlanningCommon(ContractCommon):
    """Contracts with one service, in a company that works every day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.attendance_ids.unlink()

    @classmethod
    def _care(cls, start, end=None, units=None, service=None, **vals):
        """A running contract over the days given, with one service."""
        plan = cls._plan(services=[service or {}], horizon_months=12)
        return cls._contract(
            plan,
            units=units,
            date_start=start,
            **({"date_end": end} if end else {}),
            running=True,
            **vals,
        )

    def _days(self, contract):
        """The days planned, in order."""
        return [str(day) for day in contract.visit_ids.mapped("date_planned")]

    def _work_week(self):
        """Let the company work from Monday to Friday."""
        self.company.resource_calendar_id.attendance_ids = [
            Command.create(
                {
                    "name": "Day",
                    "dayofweek": str(weekday),
                    "hour_from": 9,
                    "hour_to": 17,
                    "day_period": "morning",
                }
            )
            for weekday in range(5)
        ]


@tagged("post_install", "-at_install")
class TestVisitPlanning(PlanningCommon):
    """When visits are due, and that each is planned once."""

    @freeze_time("2026-01-31 10:00:00")
    def test_c2_month_ends(self):
        """Monthly from the 31st: at each month's end."""
        contract = self._care("2026-01-31", "2026-05-31", service={"interval_count": 1})
        self.assertEqual(
            self._days(contract),
            ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
        )

    @freeze_time("2026-01-01 10:00:00")
    def test_c3_quarters(self):
        """First due after three months, and none after the end."""
        contract = self._care("2026-01-01", "2026-12-31", service={"interval_count": 3})
        self.assertEqual(
            self._days(contract), ["2026-04-01", "2026-07-01", "2026-10-01"]
        )
        self.assertFalse(contract.date_plan_next)

    def _yearly(self, mode):
        with freeze_time("2026-09-20 10:00:00"):
            contract = self._care(
                "2025-10-01",
                "2028-09-30",
                visits_from="2026-01-01",
                service={"interval_unit": "year", "interval_count": 1, "mode": mode},
            )
        with freeze_time("2026-09-29 10:00:00"):
            visit = contract.visit_ids[:1]
            self.assertEqual(visit.date_planned, date(2026, 10, 1))
            visit.action_begin()
            visit.action_finish()
        with freeze_time("2026-10-05 10:00:00"):
            contract._plan_visits()
        return self._days(contract)

    def test_c4_fixed(self):
        self.assertEqual(self._yearly("fixed"), ["2026-10-01", "2027-10-01"])

    def test_c4_floating(self):
        self.assertEqual(self._yearly("floating"), ["2026-10-01", "2027-09-29"])

    @freeze_time("2026-06-15 10:00:00")
    def test_c5_twice(self):
        """Up to the horizon's last day, and nothing more the second time."""
        plan = self._plan(
            services=[{"interval_count": 1, "at_start": True}], horizon_months=3
        )
        contract = self._contract(plan, date_start="2026-06-15", running=True)
        days = ["2026-06-15", "2026-07-15", "2026-08-15", "2026-09-15"]
        self.assertEqual(self._days(contract), days)
        visits = contract.visit_ids
        contract._plan_visits()
        self.assertEqual(contract.visit_ids, visits)
        self.assertEqual(contract.date_plan_next, date(2026, 7, 15))
