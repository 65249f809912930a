from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .test_visit_planning import PlanningCommon

BY_USE = {"schedule": "usage", "usage_interval": 500, "usage_unit": "hour"}


@tagged("post_install", "-at_install")
class TestVisitUsage(PlanningCommon):
    """Visits that are due by use, and how many the price includes."""

    def _machine(self, *readings, **service):
        """A unit under a contract since 1 January 2026, with readings."""
        with freeze_time("2026-01-01 10:00:00"):
            self.unit = self._unit()
            contract = self._care(
                "2026-01-01",
                "2027-12-31",
                units=self.unit,
                service={**BY_USE, **service},
            )
        self._read(*readings)
        return contract

    def _read(self, *readings):
        self.env["aftersales.reading"].create(
            [
                {
                    "asset_id": self.unit.id,
                    "unit": "hour",
                    "date": day,
                    "value": value,
                }
                for day, value in readings
            ]
        )

    @freeze_time("2026-03-02 10:00:00")
    def test_forecast(self):
        """5 h a day: 500 h are reached on the hundredth day."""
        contract = self._machine(("2026-01-01", 0), ("2026-03-02", 300))
        self.assertEqual(contract.date_plan_next, date(2026, 3, 2))
        contract._plan_visits()
        self.assertEqual(self._days(contract), ["2026-04-11"])
        self.assertEqual(contract.visit_ids.line_ids.number, 1)
        visit = contract.visit_ids
        with freeze_time("2026-03-12 10:00:00"):
            self._read(("2026-03-12", 420))
            contract._plan_visits()
        self.assertEqual(contract.visit_ids, visit)
        self.assertEqual(visit.date_planned, date(2026, 3, 26))
        # Agreed on: readings move it no more.
        visit.date_start = "2026-03-26 09:00:00"
        visit.action_schedule()
        with freeze_time("2026-03-20 10:00:00"):
            self._read(("2026-03-20", 425))
            contract._plan_visits()
        self.assertEqual(visit.date_planned, date(2026, 3, 26))

    @freeze_time("2026-03-02 10:00:00")
    def test_once_where_the_line_goes_on(self):
        """Other terms from a day after it is due do not make it due again."""
        for mode in ("fixed", "floating"):
            with self.subTest(mode):
                contract = self._machine(
                    ("2026-01-01", 0), ("2026-03-02", 300), mode=mode
                )
                line = contract.line_ids.filtered("asset_id")
                contract._set_changed(
                    "Agreed", {}, None, date(2026, 4, 20), {line: {"discount": 5.0}}
                )
                contract._plan_visits()
                self.assertEqual(self._days(contract), ["2026-04-11"])
                self.assertEqual(contract.visit_ids.line_ids.contract_line_id, line)

    @freeze_time("2026-03-02 10:00:00")
    def test_next_one(self):
        """Fixed counts from the start, floating from what it had run when done."""
        for mode, number, day in (
            ("fixed", 2, date(2026, 7, 20)),
            ("floating", 2, date(2026, 7, 21)),
        ):
            with self.subTest(mode):
                contract = self._machine(
                    ("2026-01-01", 0), ("2026-03-02", 300), mode=mode
                )
                contract._plan_visits()
                with freeze_time("2026-04-12 10:00:00"):
                    self._read(("2026-04-12", 505))
                    contract.visit_ids.action_begin()
                    contract.visit_ids.action_finish()
                    contract._plan_visits()
                line = contract.visit_ids[1].line_ids
                self.assertEqual(line.number, number)
                self.assertEqual(line.date_due, day)

    @freeze_time("2026-06-01 10:00:00")
    def test_what_was_forgotten_is_done_once(self):
        contract = self._machine(("2026-01-01", 0), ("2026-05-31", 1600))
        contract._plan_visits()
        self.assertEqual(self._days(contract), ["2026-06-01"])
        self.assertEqual(contract.visit_ids.line_ids.number, 3)

    @freeze_time("2026-03-02 10:00:00")
    def test_without_readings_one_is_asked_for(self):
        contract = self._machine()
        contract._plan_visits()
        self.assertFalse(contract.visit_ids)
        self.assertIn("readings of two days", contract.planning_note)
        self.assertEqual(len(contract.activity_ids), 1)
        contract._plan_visits()
        self.assertEqual(len(contract.activity_ids), 1)
        # A unit that came new has run nothing on its first day.
        self._read(("2026-03-02", 300))
        contract._plan_visits()
        self.assertEqual(self._days(contract), ["2026-04-11"])
        self.assertFalse(contract.planning_note)

    @freeze_time("2026-03-02 10:00:00")
    def test_an_old_machine_counts_from_the_beginning_of_the_contract(self):
        contract = self._machine()
        self.unit.delivery_date = "2020-01-01"
        self._read(("2025-11-02", 8700), ("2026-01-01", 9000), ("2026-03-02", 9300))
        contract._plan_visits()
        self.assertEqual(self._days(contract), ["2026-04-11"])

    # --- Quotas ---

    @freeze_time("2026-03-01 10:00:00")
    def test_quota_of_a_year(self):
        contract = self._care(
            "2026-03-01",
            "2028-02-29",
            service={"schedule": "request", "quota": 2},
        )
        service = contract.service_ids
        self.assertFalse(contract.visit_ids)
        self.assertEqual(service._get_quota_left(date(2026, 3, 1)), 2)
        visits = self._asked(contract, "2026-04-01", "2027-02-28", "2027-03-01")
        self.assertEqual(service._get_quota_left(date(2026, 12, 31)), 0)
        self.assertEqual(service._get_quota_left(date(2027, 3, 1)), 1)
        self.assertEqual(
            service._get_quota_left(date(2026, 12, 31), without=visits[0]), 1
        )
        self.assertEqual(service.quota_used, 1 + 1)
        visits[0].action_cancel()
        self.assertEqual(service._get_quota_left(date(2026, 12, 31)), 1)

    def _asked(self, contract, *days):
        return self.env["aftersales.visit"].union(
            *[
                self._visit(
                    contract_id=contract.id,
                    date_planned=day,
                    line_ids=[(0, 0, {"service_id": contract.service_ids.id})],
                )
                for day in days
            ]
        )

    @freeze_time("2026-03-01 10:00:00")
    def test_quota_of_a_term(self):
        contract = self._care(
            "2026-03-01",
            service={"schedule": "request", "quota": 2, "quota_period": "term"},
            term_count=24,
            renewal_count=12,
        )
        service = contract.service_ids
        self._asked(contract, "2026-04-01", "2028-02-29", "2028-03-01")
        self.assertEqual(service._get_quota_left(date(2027, 6, 1)), 0)
        self.assertEqual(service._get_quota_left(date(2028, 3, 1)), 1)
        self.assertEqual(service._get_quota_left(date(2029, 3, 1)), 2)

    @freeze_time("2026-03-01 10:00:00")
    def test_without_a_quota_all_are_included(self):
        contract = self._care("2026-03-01", service={"schedule": "request"})
        self.assertIsNone(contract.service_ids._get_quota_left(date(2026, 3, 1)))

    @freeze_time("2026-01-01 10:00:00")
    def test_regular_visits_count(self):
        """Those of a plan count like any other; the plan goes on beyond the quota."""
        contract = self._care(
            "2026-01-01", "2026-12-31", service={"interval_count": 3, "quota": 2}
        )
        self.assertEqual(len(contract.visit_ids), 3)
        self.assertEqual(contract.service_ids._get_quota_left(date(2026, 5, 1)), 0)
