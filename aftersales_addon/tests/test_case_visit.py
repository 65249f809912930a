"""Cases under a contract: what was promised, and the visit that helps."""

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .contract_common import ContractCommon

NOW = datetime(2026, 6, 15, 8)


class CaseVisitCommon(ContractCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        self.customer.email = "anna@example.com"
        self.plan = self._plan(
            [
                {
                    "name": "Help on site",
                    "schedule": "request",
                    "kind": "repair",
                    "quota": 1,
                    "price_unit": 120,
                    "product_id": self.fee.id,
                }
            ]
        )
        self.unit = self._unit()
        self.contract = self._contract(
            self.plan, units=self.unit, date_start="2026-06-01", running=True
        )

    def _fault(self, **vals):
        return self._case(
            asset_id=self.unit.id,
            kind="technical",
            user_id=self.user_agent.id,
            **vals,
        )


@tagged("post_install", "-at_install")
class TestCaseContract(CaseVisitCommon):
    def test_contract_of_the_day(self):
        self.assertEqual(self._fault().contract_id, self.contract)
        self.assertFalse(self._fault(date_reported="2026-05-31 10:00").contract_id)
        self.assertFalse(self._case(asset_id=self._unit().id).contract_id)
        self.contract._write_state(
            state="paused", pause_ids=[(0, 0, {"date_first": "2026-06-10"})]
        )
        self.assertFalse(self._fault().contract_id)
        late = self._fault(date_reported="2026-06-09 10:00")
        self.assertEqual(late.contract_id, self.contract)
        self.assertEqual(self.contract.case_count, 2)
        self.assertEqual(self.contract.action_view_cases()["res_model"], late._name)

    def test_another_unit_another_promise(self):
        quick = self.promise.copy({"name": "Contract", "sequence": 1})
        quick.plan_ids = self.plan
        case = self._fault()
        self.assertEqual(case.sla_policy_id, quick)
        case.with_user(self.user_agent).asset_id = self._unit()
        self.assertFalse(case.contract_id)
        self.assertEqual(case.sla_policy_id, self.promise)
        other = self._case(name="No unit")
        self.assertEqual(other.sla_policy_id, self.promise)

    def test_query_count(self):
        """What holds for fifty cases is found at the price of one."""
        quick = self.promise.copy({"name": "Contract", "sequence": 1})
        quick.plan_ids = self.plan
        units = self._unit(count=50)
        self._contract(self.plan, units=units, date_start="2026-06-01", running=True)
        cases = self.env["aftersales.case"].create(
            [
                {"name": "x", "asset_id": unit.id, "team_id": self.team.id}
                for unit in units
            ]
        )
        self.assertEqual(cases.contract_id.plan_id, self.plan)
        counts = []
        for some in (cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = some._find_policies()
            self.assertEqual(set(found.values()), {quick})
            some._compute_contract_id()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)


@tagged("post_install", "-at_install")
class TestCaseVisit(CaseVisitCommon):
    def test_a_visit_has_everything_filled_in(self):
        case = self._fault(description="<p>It rattles</p>").with_user(self.user_agent)
        self.assertEqual(case.recommended_remedy, "visit")
        self.assertIn("1 visit is left", case.remedy_hint)
        case.action_visit()
        visit = case.visit_ids
        self.assertEqual(visit.contract_id, self.contract)
        self.assertEqual(visit.line_ids.asset_id, self.unit)
        self.assertEqual(visit.line_ids.service_id, self.contract.service_ids)
        self.assertEqual(visit.partner_id, self.customer)
        self.assertIn("rattles", visit.description)
        self.assertEqual((visit.kind, visit.agreement), ("repair", "none"))
        self.assertEqual((case.resolution, case.remedy_state), ("visit", "open"))
        # The time to solve it that was promised: eight hours of work.
        due = case.sudo().clock_ids.filtered(lambda c: c.kind == "resolution").date_due
        self.assertEqual(visit.date_planned, self.company._aftersales_day(due))
        # Pressed twice: the same visit.
        case.action_visit()
        self.assertEqual(case.visit_count, 1)

    def test_done(self):
        case = self._fault()
        case.with_user(self.user_agent).action_visit()
        visit = case.visit_ids
        visit._set_in_progress()
        visit._set_done()
        self.assertEqual((case.remedy_state, case.state), ("done", "solved"))

    def test_cancelled(self):
        case = self._fault()
        case.with_user(self.user_agent).action_visit()
        case.visit_ids._set_cancelled()
        self.assertEqual((case.remedy_state, case.state), ("cancelled", "open"))
        self.assertTrue(case.activity_ids)
        case.with_user(self.user_agent).action_visit()
        self.assertEqual((case.visit_count, case.remedy_state), (2, "open"))

    def test_made_up_for(self):
        """Nobody was there; somebody comes again: the case waits for that."""
        case = self._fault()
        case.with_user(self.user_agent).action_visit()
        visit = case.visit_ids
        reason = self.env["aftersales.visit.reason"].create({"name": "Nobody there"})
        visit._set_not_done(reason)
        self.assertEqual(case.remedy_state, "cancelled")
        again = visit._plan_again(date(2026, 6, 20))
        self.assertEqual((again.case_id, case.remedy_state), (case, "open"))

    def test_charged_after_the_quota(self):
        first = self._fault()
        first.with_user(self.user_agent).action_visit()
        second = self._fault().with_user(self.user_agent)
        self.assertIn("120.00", second.contract_note)
        second.action_visit()
        visit = second.visit_ids
        self.assertEqual((visit.agreement, visit.agreed_amount), ("asked", 120))
        visit.with_user(self.user_agent).action_ask_agreement()
        mail = self.env["mail.mail"].search([("subject", "ilike", visit.number)])
        self.assertIn("120.00", mail.body_html)
        self.assertEqual(first.visit_ids.agreement, "none")

    def test_without_contract(self):
        unit = self._unit()
        case = self._case(asset_id=unit.id, kind="technical")
        case.action_visit()
        self.assertFalse(case.visit_ids.contract_id)
        self.assertEqual(case.visit_ids.kind, "repair")
        nobody = self._case(partner_id=False)
        with self.assertRaises(UserError):
            nobody.action_visit()

    def test_over(self):
        case = self._fault()
        case._set_kind("closed")
        with self.assertRaises(UserError):
            case.with_user(self.user_agent).action_visit()


@tagged("post_install", "-at_install")
class TestFixByVisit(CaseVisitCommon):
    def _done(self, unit, day, **vals):
        with freeze_time(f"{day} 10:00:00"):
            visit = self._visit(units=unit, kind="repair", **vals)
            visit._set_in_progress()
            visit._set_done()
        # The day on which it was asked for: what is created now is of now.
        self.env.flush_all()
        self.cr.execute(
            "UPDATE aftersales_visit SET create_date = %s WHERE id = %s",
            (f"{day} 09:00:00", visit.id),
        )
        return visit

    def _rates(self, visits):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["aftersales.fix.report"].search(
            [("visit_id", "in", visits.ids)]
        )
        return {row.visit_id: row.fix_rate for row in rows}

    def test_visits(self):
        once, twice = self._unit(), self._unit()
        visits = self._done(once, "2026-01-10") | self._done(twice, "2026-01-10")
        visits |= self._done(twice, "2026-02-05")
        service = self._done(once, "2026-01-20", description="x")
        service.kind = "maintenance"
        failed = self._done(self._unit(), "2026-01-10")
        failed.sudo().write({"is_fixed": "no", "not_fixed_reason": "No part"})
        fresh = self._done(self._unit(), "2026-06-10")
        rates = self._rates(visits | service | failed | fresh)
        self.assertEqual([rates[visit] for visit in visits], [100, 0, 100])
        self.assertNotIn(service, rates)
        self.assertEqual(rates[failed], 0)
        self.assertFalse(rates[fresh])
        row = self.env["aftersales.fix.report"].search([("visit_id", "=", failed.id)])
        self.assertEqual(row.action_open()["res_model"], "aftersales.visit")

    def test_repair_after_visit(self):
        unit = self._unit()
        visit = self._done(unit, "2026-01-10")
        self.env["repair.order"].create(
            {
                "product_id": unit.product_id.id,
                "lot_id": unit.lot_id.id,
                "partner_id": unit.partner_id.id,
                "aftersales_asset_id": unit.id,
                "aftersales_date_reported": fields.Date.to_date("2026-01-10")
                + timedelta(days=30),
            }
        )
        self.assertEqual(self._rates(visit), {visit: 0})
