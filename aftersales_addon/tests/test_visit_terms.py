"""What plans say about visits: until when customers change them, and who signs."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .visit_work_common import VisitWorkCommon, make_photo


@tagged("post_install", "-at_install")
class TestVisitTerms(VisitWorkCommon):
    def _visit_of(self, *plans, **vals):
        """A visit at which a unit of each plan's contract is looked after."""
        contracts = self.env["aftersales.contract"]
        for plan in plans:
            contracts += self._contract(plan, running=True)
        lines = contracts.line_ids.filtered("asset_id")
        return self._visit(
            contract_id=contracts.id if len(contracts) == 1 else False,
            line_ids=[
                Command.create(
                    {"asset_id": line.asset_id.id, "contract_line_id": line.id}
                )
                for line in lines
            ],
            **vals,
        )

    def _schedule(self, visit, hours):
        start = fields.Datetime.now() + timedelta(hours=hours)
        visit._set_scheduled(start, start + timedelta(hours=1))

    # --- Until when customers change a visit ---

    def test_the_plan_says_until_when(self):
        plan = self._plan(visit_change="hours", visit_change_hours=72)
        visit = self._visit_of(plan)
        self._schedule(visit, 48)
        self.assertIn("Less than 72 hours", visit._explain_no_change())
        with self.assertRaisesRegex(UserError, "72 hours"):
            visit._cancel_on_portal("", self.customer)
        self._schedule(visit, 73)
        self.assertFalse(visit._explain_no_change())
        # What was sold stays, whatever becomes of the plan.
        plan.visit_change_hours = 2
        self._schedule(visit, 48)
        self.assertIn("Less than 72 hours", visit._explain_no_change())

    def test_the_company_says_it_where_the_plan_does_not(self):
        visit = self._visit_of(self._plan(visit_change_hours=5))
        self.company.aftersales_visit_change_hours = 30
        self._schedule(visit, 29)
        self.assertIn("Less than 30 hours", visit._explain_no_change())
        self.company.aftersales_visit_self_service = False
        self.assertIn("Write to us", visit._explain_no_change())

    def test_a_plan_allows_it_where_the_company_does_not(self):
        self.company.aftersales_visit_self_service = False
        allowed = self._visit_of(self._plan(visit_change="hours", visit_change_hours=1))
        self._schedule(allowed, 2)
        self.assertFalse(allowed._explain_no_change())
        self.assertIn("Write to us", self._visit()._explain_no_change())

    def test_not_by_themselves(self):
        visit = self._visit_of(self._plan(visit_change="never"))
        self._schedule(visit, 900)
        self.assertIn("Write to us", visit._explain_no_change())
        self.assertFalse(visit._get_portal_slots())

    def test_of_two_contracts_the_strictest_counts(self):
        plans = [
            self._plan(visit_change="hours", visit_change_hours=hours)
            for hours in (10, 50)
        ]
        visit = self._visit_of(*plans)
        self._schedule(visit, 40)
        self.assertIn("Less than 50 hours", visit._explain_no_change())
        plans = [plans[0], self._plan(visit_change="never")]
        self.assertIn("Write to us", self._visit_of(*plans)._explain_no_change())

    def test_hours_are_not_negative(self):
        for hours in (-1, 2001):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._plan(visit_change_hours=hours)

    def test_it_is_agreed_with_the_customer(self):
        contract = self._contract(running=True).with_user(self.user_manager)
        with self.assertRaises(UserError):
            contract.visit_change = "never"
        dialog = self.env["aftersales.contract.change"].with_user(self.user_manager)
        with Form(dialog.with_context(default_contract_id=contract.id)) as form:
            form.reason = "Agreed by phone"
            form.visit_change = "hours"
            form.visit_change_hours = 48
        form.record.action_confirm()
        self.assertEqual(contract.visit_change_hours, 48)
        self.assertIn("48", contract.version_ids.sorted()[:1].text or "48")
        # Who signs is ours to say at any time.
        contract.visit_signature = "customer"

    # --- Who signs ---

    def _begun(self, visit):
        visit = visit.with_user(self.user_technician)
        visit.action_begin()
        return visit

    def test_the_customer_signs(self):
        self.company.aftersales_visit_signature = "customer"
        visit = self._work(checklist_id=False)
        with self.assertRaisesRegex(UserError, "not signed by the customer"):
            visit.action_finish()
        sent = visit.save_work([{"op": "step", "step": "finish"}], "k1")
        self.assertIn("not signed", sent["answers"][0]["error"])
        self.assertEqual(sent["work"]["needs_signature"], ["customer"])
        self.assertEqual(visit.state, "in_progress")
        visit._sign_customer("Anna", make_photo(kind="PNG"))
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_why_the_customer_does_not_sign(self):
        self.company.aftersales_visit_signature = "customer"
        visit = self._work(checklist_id=False)
        visit._refuse_signature("Nobody is there")
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_both_sign(self):
        self.company.aftersales_visit_signature = "both"
        visit = self._work(checklist_id=False)
        visit._refuse_signature("Does not want to sign")
        with self.assertRaisesRegex(UserError, "not signed by the technician"):
            visit.action_finish()
        visit._sign_technician(make_photo(kind="PNG"))
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_a_card_is_not_moved_to_done_without(self):
        self.company.aftersales_visit_signature = "technician"
        visit = self._work(checklist_id=False)
        with self.assertRaisesRegex(UserError, "not signed by the technician"):
            visit.write({"state": "done"})

    def test_the_plan_says_who_signs(self):
        self.company.aftersales_visit_signature = "customer"
        free = self._begun(self._visit_of(self._plan(visit_signature="none")))
        free.action_finish()
        self.assertEqual(free.state, "done")
        usual = self._begun(self._visit_of(self._plan()))
        self.assertEqual(usual._get_needed_signatures(), {"customer"})
        strict = self._plan(visit_signature="technician")
        two = self._begun(self._visit_of(self._plan(), strict))
        self.assertEqual(two._get_needed_signatures(), {"customer", "technician"})

    def test_nobody_signs_where_nothing_is_set(self):
        self.assertEqual(self.company.aftersales_visit_signature, "none")
        visit = self._work(checklist_id=False)
        visit.action_finish()
        self.assertEqual(visit.state, "done")
