from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_visit_planning import PlanningCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 10:00:00")
class TestVisitPlanLife(PlanningCommon):
    """What a plan does when contract, units, days or people change."""

    def _quarters(self, units=None, **vals):
        """Due on 1 April, 1 July and 1 October."""
        vals.setdefault("service", {"interval_count": 3})
        return self._care("2026-01-01", "2026-12-31", units=units, **vals)

    def _line(self, unit, **vals):
        return Command.create({"name": "Unit", "asset_id": unit.id, **vals})

    # --- Tours ---

    def test_units_at_one_address_are_one_visit(self):
        units = self._unit(count=3)
        units.partner_shipping_id = False
        house = self.env["res.partner"].create(
            {"name": "House", "parent_id": self.customer.id}
        )
        units[2].partner_shipping_id = house
        contract = self._quarters(units, partner_shipping_id=False)
        april = contract.visit_ids.filtered(lambda v: v.date_planned.month == 4)
        self.assertEqual(len(april), 2)
        at_home = april.filtered(lambda v: not v.partner_shipping_id)
        self.assertEqual(at_home.line_ids.asset_id, units[:2])
        self.assertEqual((april - at_home).partner_shipping_id, house)
        self.assertEqual(at_home.duration, 2.0)

    def test_contracts_of_one_customer(self):
        """One visit for several contracts where the company wants it so."""
        first = self._quarters()
        second = self._quarters()
        self.assertFalse(first.visit_ids & second.visit_ids)
        self.company.aftersales_visit_join = True
        third = self._quarters()
        self.assertFalse(third.visit_ids)
        lines = self.env["aftersales.visit.line"].search(
            [("service_id", "in", third.service_ids.ids)]
        )
        self.assertLessEqual(lines.visit_id, second.visit_ids | first.visit_ids)
        self.assertEqual(len(lines), 3)

    def test_a_contract_without_units(self):
        contract = self._quarters(self.env["aftersales.asset"])
        self.assertEqual(len(contract.visit_ids.line_ids), 3)
        self.assertFalse(contract.visit_ids.line_ids.asset_id)

    def test_several_services_on_one_day(self):
        plan = self._plan(
            services=[{"interval_count": 3}, {"name": "Clean", "interval_count": 6}],
            horizon_months=12,
        )
        contract = self._contract(
            plan, date_start="2026-01-01", date_end="2026-12-31", running=True
        )
        july = contract.visit_ids.filtered(lambda v: v.date_planned.month == 7)
        self.assertEqual(len(july.line_ids), 2)

    # --- Working days ---

    def test_free_days_move_one_visit_only(self):
        """4 April and 4 October 2026 are at the weekend; 4 July is a Saturday."""
        self._work_week()
        days = {
            "next": ["2026-04-06", "2026-07-06", "2026-10-05"],
            "previous": ["2026-04-03", "2026-07-03", "2026-10-02"],
            "nearest": ["2026-04-03", "2026-07-03", "2026-10-05"],
            "none": ["2026-04-04", "2026-07-04", "2026-10-04"],
        }
        for shift, expected in days.items():
            with self.subTest(shift):
                contract = self._care(
                    "2026-01-04",
                    "2026-12-31",
                    service={"interval_count": 3, "shift": shift},
                )
                self.assertEqual(self._days(contract), expected)
                self.assertEqual(
                    contract.visit_ids.line_ids.mapped("date_due"),
                    [date(2026, 4, 4), date(2026, 7, 4), date(2026, 10, 4)],
                )

    def test_the_teams_holidays(self):
        self._work_week()
        calendar = self.company.resource_calendar_id.copy({"name": "Team"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": "2026-04-01 00:00:00",
                "date_to": "2026-04-03 23:59:59",
            }
        )
        team = self.env["aftersales.team"].create(
            {
                "name": "Field",
                "company_id": self.company.id,
                "resource_calendar_id": calendar.id,
            }
        )
        contract = self._quarters(team_id=team.id)
        self.assertEqual(self._days(contract)[0], "2026-04-06")
        self.assertEqual(contract.visit_ids.team_id, team)

    # --- Changes ---

    def test_only_what_nobody_agreed_on_moves(self):
        """The term ends earlier: an appointment and a chosen day stay, and are told."""
        contract = self._quarters()
        april, july, october = contract.visit_ids
        july.date_start = datetime(2026, 7, 1, 9)
        july.action_schedule()
        contract.sudo().date_end = "2026-05-31"
        contract._plan_visits()
        self.assertEqual(contract.visit_ids, april | july)
        self.assertFalse(october.exists())
        contract._stop_planning(date(2026, 3, 31))
        self.assertEqual(contract.visit_ids, july)
        self.assertIn(july.number, contract.activity_ids.note)
        self.assertFalse(contract.date_plan_next)

    def test_a_day_chosen_by_hand_stays(self):
        contract = self._quarters()
        april = contract.visit_ids[:1].with_user(self.user_agent)
        april.date_planned = "2026-04-08"
        self.assertTrue(april.is_pinned)
        contract._plan_visits()
        self.assertEqual(april.date_planned, date(2026, 4, 8))

    def test_longer_terms_are_planned(self):
        contract = self._quarters()
        contract.sudo().date_end = "2027-12-31"
        with freeze_time("2026-04-01 10:00:00"):
            contract._plan_visits()
        self.assertEqual(self._days(contract)[3:], ["2027-01-01", "2027-04-01"])

    def test_pause(self):
        """What is due meanwhile is left out, not made up for."""
        contract = self._quarters()
        contract._pause_planning(date(2026, 4, 1))
        contract._write_state(state="paused")
        self.assertFalse(contract.visit_ids)
        contract._plan_visits()
        self.assertFalse(contract.visit_ids)
        contract._write_state(state="running")
        with freeze_time("2026-06-15 10:00:00"):
            contract._resume_planning(date(2026, 6, 15))
        self.assertEqual(self._days(contract), ["2026-07-01", "2026-10-01"])

    def test_units_come_and_go(self):
        """A unit is visited in its own time, in the rhythm of the contract."""
        contract = self._quarters()
        new, left = self._unit(count=2)
        contract.sudo().line_ids = [
            self._line(new, date_from="2026-05-01"),
            self._line(left, date_to="2026-06-30"),
        ]
        contract._plan_visits()
        visited = {
            unit: contract.visit_ids.filtered(
                lambda v, u=unit: u in v.line_ids.asset_id
            )
            for unit in (new, left)
        }
        april, july, october = contract.visit_ids
        self.assertEqual(visited[new], july | october)
        self.assertEqual(visited[left], april)
        self.assertEqual(april.duration, 2)

    def test_units_that_left_the_customer(self):
        units = self._unit(count=2)
        contract = self._quarters(units)
        units[0].action_retire()
        self.assertEqual(contract.date_plan_next, date(2026, 1, 1))
        contract._plan_visits()
        self.assertEqual(contract.visit_ids.line_ids.asset_id, units[1])

    def test_units_that_move_house(self):
        unit = self._unit()
        contract = self._quarters(unit)
        visits = contract.visit_ids
        house = self.env["res.partner"].create({"name": "House"})
        unit.partner_shipping_id = house
        contract._plan_visits()
        self.assertEqual(contract.visit_ids, visits)
        self.assertEqual(visits.partner_shipping_id, house)

    def test_another_rhythm(self):
        """What was done by the old times stays, and keeps no new one from coming."""
        contract = self._quarters(service={"interval_count": 1})
        with freeze_time("2026-03-01 10:00:00"):
            done = contract.visit_ids[:2]
            done.action_begin()
            done.action_finish()
        with freeze_time("2026-03-15 10:00:00"):
            contract.sudo().service_ids.interval_count = 3
            contract._plan_visits()
        self.assertEqual(
            self._days(contract),
            ["2026-02-01", "2026-03-01", "2026-04-01", "2026-07-01", "2026-10-01"],
        )
        self.assertEqual(contract.visit_ids[:2], done)

    def test_deleting_what_has_visits(self):
        contract = self._quarters()
        line = contract.line_ids.filtered("asset_id")
        april = contract.visit_ids[:1]
        april.date_start = datetime(2026, 4, 1, 9)
        april.action_schedule()
        with self.assertRaisesRegex(UserError, "end on a day"):
            line.sudo().unlink()
        april.sudo().unlink()
        line.sudo().unlink()
        self.assertFalse(contract.visit_ids)

    def test_a_promised_visit_is_not_deleted(self):
        contract = self._quarters()
        visit = contract.visit_ids[:1].with_user(self.user_manager)
        with self.assertRaisesRegex(UserError, "cancel it"):
            visit.unlink()
        visit.action_cancel()
        contract._plan_visits()
        self.assertEqual(len(contract.visit_ids), 3)
        visit.unlink()

    def test_what_people_wrote_on_is_kept(self):
        """A visit that is not due any more is cancelled when there is something on."""
        contract = self._quarters()
        april = contract.visit_ids[:1]
        april.message_post(body="Ring twice", message_type="comment")
        contract._stop_planning(date(2026, 3, 1))
        self.assertEqual(contract.visit_ids, april)
        self.assertEqual(april.state, "cancelled")

    # --- Long ago ---

    def test_an_anchor_in_the_far_past(self):
        """Only what is due from today on, and it is said."""
        contract = self._care("1990-01-31", "2026-12-31", service={"interval_count": 1})
        self.assertEqual(len(contract.visit_ids), 12)
        self.assertEqual(self._days(contract)[:2], ["2026-01-31", "2026-02-28"])
        self.assertEqual(contract.visits_from, date(2026, 1, 1))
        self.assertIn("Visits From", contract.message_ids[:1].body)

    def test_what_was_missed_is_made_up_for_when_asked(self):
        contract = self._care("2020-01-01", "2026-12-31", service={"interval_count": 3})
        self.assertEqual(self._days(contract)[0], "2026-01-01")
        contract.visits_from = "2025-10-01"
        contract._plan_visits()
        late = contract.visit_ids.line_ids.filtered(
            lambda line: line.date_due == date(2025, 10, 1)
        )
        self.assertEqual(late.visit_id.date_planned, date(2026, 1, 1))

    def test_a_start_some_days_ago(self):
        contract = self._care(
            "2025-12-29",
            "2026-12-28",
            service={"interval_count": 6, "at_start": True},
        )
        first = contract.visit_ids[0]
        self.assertEqual(first.line_ids.date_due, date(2025, 12, 29))
        self.assertEqual(first.date_planned, date(2026, 1, 1))

    def test_the_most_that_is_made_in_one_go(self):
        """The rest follows, and nothing is made twice."""
        self.patch_limit(5)
        contract = self._care("2026-01-01", "2026-12-31", service={"interval_count": 1})
        self.assertEqual(len(contract.visit_ids), 5)
        self.assertEqual(contract.date_plan_next, date(2026, 1, 1))
        contract._plan_visits()
        contract._plan_visits()
        self.assertEqual(len(contract.visit_ids), 11)
        self.assertFalse(contract.date_plan_next)

    def patch_limit(self, limit):
        from ..models import aftersales_contract_series_mixin as module

        self.patch(module, "MAX_NEW", limit)

    # --- The nightly job ---

    def _night(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_addon.aftersales_visit_plan_ir_cron"
            ).method_direct_trigger()

    def test_nightly_job(self):
        """It plans what has come within reach, and looks at nothing else."""
        plan = self._plan(services=[{"interval_count": 3}], horizon_months=3)
        contract = self._contract(
            plan, date_start="2026-01-01", date_end="2026-12-31", running=True
        )
        self.assertEqual(self._days(contract), ["2026-04-01"])
        self.assertEqual(contract.date_plan_next, date(2026, 4, 1))
        with freeze_time("2026-03-31 10:00:00"):
            self._night()
            self.assertEqual(len(contract.visit_ids), 1)
        with freeze_time("2026-04-01 10:00:00"):
            self._night()
            self._night()
        self.assertEqual(self._days(contract), ["2026-04-01", "2026-07-01"])

    def test_next_look_at_the_end_of_a_month(self):
        """Due on 31 May, planned three months ahead: looked at on 1 March."""
        plan = self._plan(services=[{"interval_count": 4}], horizon_months=3)
        contract = self._contract(
            plan, date_start="2026-01-31", date_end="2026-12-31", running=True
        )
        self.assertEqual(contract.date_plan_next, date(2026, 3, 1))
        with freeze_time("2026-03-01 10:00:00"):
            self._night()
        self.assertEqual(self._days(contract), ["2026-05-31"])

    def test_one_error_stops_nobody_else(self):
        good, bad = self._quarters(), self._quarters()
        for contract in good | bad:
            contract.visit_ids.sudo().unlink()
            contract._replan_soon()
        model = type(self.env["aftersales.visit"])
        original = model._prepare_tour_vals

        def broken(records, dues):
            if dues[0].contract == bad:
                message = "No such day"
                raise UserError(message)
            return original(records, dues)

        self.patch(model, "_prepare_tour_vals", broken)
        with self.assertLogs("odoo.addons.aftersales_addon", "WARNING"):
            self._night()
        self.assertEqual(len(good.visit_ids), 3)
        self.assertFalse(bad.visit_ids)
        self.assertEqual(bad.planning_error, "No such day")
        self.assertEqual(bad.date_plan_next, date(2026, 1, 2))
        self.assertEqual(len(bad.activity_ids), 1)
        self.patch(model, "_prepare_tour_vals", original)
        with freeze_time("2026-01-02 10:00:00"):
            self._night()
        self.assertEqual(len(bad.visit_ids), 3)
        self.assertFalse(bad.planning_error)

    def test_query_count(self):
        """Fifty units cost as many queries as one, and 500 visits as many as 50."""
        counts = []
        for number in (1, 50):
            plan = self._plan(services=[{"interval_count": 1}], horizon_months=12)
            contract = self._contract(
                plan,
                units=self._unit(count=number),
                date_start="2026-01-01",
                date_end="2026-12-31",
            )
            contract._write_state(state="running", date_anchor="2026-01-01")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contract._plan_visits()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # The insert of 550 lines is made in parts of 100 by the platform.
        self.assertLessEqual(counts[1], counts[0] + 8, counts)
        again = self.env.cr.sql_log_count
        contract._plan_visits()
        self.assertLessEqual(self.env.cr.sql_log_count - again, 20)

    # --- Days in America ---

    @freeze_time("2026-10-01 02:00:00")
    def test_c6_the_day_is_a_day(self):
        """In New York it is still September; what is planned on 1 October is so."""
        self.company.resource_calendar_id.tz = "America/New_York"
        self.user_agent.tz = "America/New_York"
        contract = self._care(
            "2026-10-01", "2026-12-31", service={"interval_count": 1, "at_start": True}
        )
        visit = contract.visit_ids[:1].with_user(self.user_agent)
        self.assertEqual(
            visit.read(["date_planned"])[0]["date_planned"], date(2026, 10, 1)
        )
