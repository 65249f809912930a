from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractChange(ContractCommon):
    def _change(self, contract):
        action = contract.with_user(self.user_agent).action_change()
        return Form(
            self.env[action["res_model"]]
            .with_user(self.user_agent)
            .with_context(**action["context"])
        )

    def test_change(self):
        contract = self._contract(running=True)
        with self._change(contract) as change:
            change.reason = "New price list"
            change.notice_count = 3
            with change.line_ids.edit(0) as line:
                line.price_unit = 120
        change.record.action_confirm()
        contract.invalidate_recordset()
        self.assertEqual(contract.version, 2)
        self.assertEqual(contract.notice_count, 3)
        self.assertEqual(contract.date_notice, date(2026, 12, 9))
        self.assertEqual(contract.line_ids[0].price_unit, 120)
        latest = contract.version_ids[0]
        self.assertEqual(latest.reason, "New price list")
        self.assertEqual(latest.user_id, self.user_agent)
        self.assertIn("Notice: 1 → 3", latest.summary)
        self.assertIn("100.0 → 120.0", latest.summary)
        self.assertIn("Notice: 1", contract.version_ids[1].text)
        with self._change(contract) as change:
            change.reason = "Nothing"
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            change.record.action_confirm()

    def test_new_price_has_its_day(self):
        contract = self._contract(running=True, billing_from="2026-03-10")
        contract._create_invoices()
        fee = contract.line_ids[0]
        with freeze_time("2026-05-01 10:00:00"), self._change(contract) as change:
            self.assertEqual(str(change.price_from), "2026-05-01")
            change.reason = "Agreed on the phone"
            change.price_from = "2026-07-20"
            with change.line_ids.edit(0) as line:
                line.price_unit = 155
        with freeze_time("2026-05-01 10:00:00"):
            change.record.action_confirm()
        self.assertEqual(fee._get_price_on(date(2026, 7, 19)), 100.0)
        self.assertEqual(fee._get_price_on(date(2026, 7, 20)), 155.0)
        with freeze_time("2026-08-09 10:00:00"):
            contract._create_invoices()
        bills = contract.bill_ids.filtered(
            lambda b: date(2026, 7, 10) <= b.date_first <= date(2026, 8, 9)
        )
        # 10 of 31 days at 100, 21 at 155.
        self.assertEqual(sorted(bills.mapped("amount")), [32.26, 105.0])
        with self._change(contract) as change:
            change.reason = "Too late"
            change.price_from = "2030-01-01"
        with self.assertRaisesRegex(UserError, "of the term on"):
            change.record.action_confirm()

    def test_what_the_dialog_does_not_show_stays(self):
        """Only the price is changed: checklists, skills and the rest are kept."""
        service = {
            "duration": 0.5,
            "shift": "previous",
            "quota": 3,
            "quota_period": "term",
            "product_id": self.fee.id,
            "price_unit": 20,
            "checklist_id": self.env["aftersales.checklist"].create({"name": "All"}).id,
            "skill_ids": self.env["aftersales.skill"].create({"name": "Locks"}).ids,
        }
        contract = self._contract(self._plan(services=[service]), running=True)
        names = contract.service_ids._get_service_fields()
        before = [contract.service_ids[name] for name in names]
        with self._change(contract) as change:
            change.reason = "New price list"
            with change.line_ids.edit(0) as line:
                line.price_unit = 120
        change.record.action_confirm()
        contract.invalidate_recordset()
        self.assertEqual([contract.service_ids[name] for name in names], before)
        self.assertNotIn("Maintenance:", contract.version_ids[0].summary)

    def test_change_of_services(self):
        contract = self._contract(running=True)
        with self._change(contract) as change:
            change.reason = "Other services"
            change.service_ids.remove(0)
            with change.service_ids.new() as service:
                service.name = "Inspection"
        change.record.action_confirm()
        self.assertEqual(contract.service_ids.mapped("name"), ["Inspection"])

    # --- Units ---

    def test_units_come_and_go(self):
        contract = self._contract(running=True)
        more = self._unit()
        wizard = self.env["aftersales.contract.add.units"].with_user(self.user_agent)
        with freeze_time("2026-05-01 10:00:00"):
            form = Form(wizard.with_context(default_contract_id=contract.id))
            form.asset_ids.add(more)
            form.save().action_confirm()
        line = contract.line_ids.filtered(lambda x: x.asset_id == more)
        self.assertEqual(line._get_span(), (date(2026, 5, 1), date(2027, 3, 9)))
        self.assertEqual(contract.version, 2)
        wizard = self.env["aftersales.contract.remove.units"].with_user(self.user_agent)
        with freeze_time("2026-06-30 10:00:00"):
            form = Form(wizard.with_context(default_contract_id=contract.id))
            form.line_ids.add(line)
            form.save().action_confirm()
        self.assertEqual(line.date_to, date(2026, 6, 30))
        self.assertFalse(contract._get_units(date(2026, 7, 1)) & line)
        self.assertEqual(contract.version, 3)

    def test_units_of_others_are_refused(self):
        theirs = self._unit(partner=self.other_customer)
        with self.assertRaisesRegex(ValidationError, "belongs to Ben"):
            self._contract(units=theirs)

    def test_unit_outside_the_contract(self):
        contract = self._contract()
        for vals in ({"date_from": "2026-03-09"}, {"date_to": "2027-03-10"}):
            with self.assertRaisesRegex(ValidationError, "outside the contract"):
                contract.line_ids[0].write(vals)

    def test_the_same_unit_twice(self):
        unit = self._unit()
        first = self._contract(units=unit, running=True)
        second = self._contract(units=unit)
        with self.assertRaisesRegex(ValidationError, first.number):
            second.action_start()
        line = second.line_ids.filtered("asset_id")
        line.with_user(self.user_agent).allow_overlap = True
        second.action_start()
        self.assertEqual(second.state, "running")

    def test_another_service_is_no_overlap(self):
        unit = self._unit()
        self._contract(units=unit, running=True)
        plan = self._plan(services=[{"kind": "training"}])
        second = self._contract(plan, units=unit, running=True)
        self.assertEqual(second.state, "running")

    # --- Notice and renewal ---

    def test_last_day_of_notice(self):
        """C11."""
        contract = self._contract(
            self._plan(notice_count=3), date_start="2026-06-01", running=True
        )
        self.assertEqual(contract.date_end, date(2027, 5, 31))
        self.assertEqual(contract.date_notice, date(2027, 2, 28))

    def test_notice_in_time_and_late(self):
        contract = self._contract(running=True)
        wizard = self.env["aftersales.contract.notice"].with_user(self.user_agent)
        wizard = wizard.with_context(default_contract_id=contract.id)
        form = Form(wizard)
        self.assertEqual(form.last_day, date(2027, 3, 9))
        form.date = "2027-02-20"
        self.assertEqual(form.last_day, date(2028, 3, 9), "too late for this term")
        self.assertTrue(form.is_late)
        form.date = "2027-02-09"
        form.reason_id = self.env.ref(
            "aftersales_addon.aftersales_churn_reason_competitor"
        )
        form.save().action_confirm()
        self.assertEqual(contract.date_notice_given, date(2027, 2, 9))
        with self.assertRaisesRegex(UserError, "given for"):
            contract.action_give_notice()
        contract.action_withdraw_notice()
        self.assertFalse(contract.date_notice_given)

    def test_reminder_once_for_each_term(self):
        contract = self._contract(self._plan(renewal="request"), running=True)
        notice = self.env.ref("aftersales_addon.mail_activity_contract_notice")
        with freeze_time("2027-01-09 10:00:00"):
            self._run_nightly()
            self.assertFalse(contract.activity_ids)
        with freeze_time("2027-01-10 10:00:00"):
            self._run_nightly()
            self._run_nightly()
        told = contract.activity_ids.filtered(lambda a: a.activity_type_id == notice)
        self.assertEqual(len(told), 1)
        self.assertEqual(told.user_id, self.user_agent)
        self.assertEqual(told.date_deadline, date(2027, 2, 9))
        self.assertEqual(contract.state, "to_renew")
        with freeze_time("2027-03-10 10:00:00"):
            self._run_nightly()
        self.assertEqual(contract.state, "ended")
        self.assertEqual(
            contract.churn_reason_id,
            self.env.ref("aftersales_addon.aftersales_churn_reason_no_answer"),
        )

    def test_renewed_on_request(self):
        contract = self._contract(self._plan(renewal="request"), running=True)
        with freeze_time("2027-01-10 10:00:00"):
            self._run_nightly()
            contract.with_user(self.user_agent).action_renew()
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_end, date(2028, 3, 9))
        self.assertFalse(contract.activity_ids)

    def test_notice_that_came_late(self):
        contract = self._contract(running=True)
        last = contract._get_notice_end(date(2027, 3, 1))
        contract._set_notice_given(date(2027, 3, 1), "customer", last)
        self.assertEqual(contract.date_end, date(2028, 3, 9))
        self.assertEqual(contract.term_number, 1)
        with freeze_time("2028-03-10 10:00:00"):
            self._run_nightly()
        self.assertEqual(contract.state, "ended")

    def test_lines_that_never_begin(self):
        contract = self._contract(running=True)
        line = contract._add_units(self._unit(), date(2026, 6, 1), "Later")
        contract._set_cancelled(date(2026, 4, 30))
        self.assertFalse(line.exists())

    def test_draft_of_another_customer(self):
        contract = self._contract()
        with self.assertRaisesRegex(ValidationError, "contract of Ben"):
            contract.partner_id = self.other_customer
