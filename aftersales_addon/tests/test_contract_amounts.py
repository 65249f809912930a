"""Quantities and discounts of a contract that change on a day of their own."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 10:00:00")
class TestContractAmounts(ContractCommon):
    def _yearly(self, **vals):
        """A fee of 365 a year in advance: one for each day."""
        plan = self._plan(
            services=[], billing_unit="year", billing_count=1, price_basis="contract"
        )
        return self._contract(plan, price=365.0, running=True, **vals)

    def _monthly(self, moment):
        plan = self._plan(services=[], billing_unit="month", billing_moment=moment)
        return self._contract(plan, price=310.0, running=True)

    def _change(self, contract, day, **values):
        """Change the terms of the fee from a day on, in the dialog."""
        action = contract.with_user(self.user_agent).action_change()
        wizard = self.env[action["res_model"]].with_user(self.user_agent)
        with Form(wizard.with_context(**action["context"])) as change:
            change.reason = "Agreed on the phone"
            change.price_from = day
            shown = contract.line_ids.filtered(
                lambda x: not x.date_to or x.date_to >= contract._get_today()
            )
            at = [bool(x.product_id) for x in shown].index(True)
            with change.line_ids.edit(at) as line:
                for name, value in values.items():
                    setattr(line, name, value)
        change.record.action_confirm()
        contract.invalidate_recordset()

    def _sum(self, contract):
        return sum(
            bill.amount * (1 if bill.kind == "charge" else -1)
            for bill in contract.bill_ids
        )

    def _fees(self, contract):
        return contract.line_ids.filtered("product_id").sorted("id")

    def test_quantity_within_a_period_that_is_paid(self):
        contract = self._yearly()
        contract.line_ids[0].quantity = 3
        contract._create_invoices()._post()
        self.assertEqual(self._sum(contract), 1095.0)
        with freeze_time("2026-06-15 10:00:00"):
            self._change(contract, "2026-07-01", quantity=5)
        with freeze_time("2026-07-01 10:00:00"):
            contract._create_invoices()
        old, new = self._fees(contract)
        self.assertEqual((old.quantity, new.quantity), (3, 5))
        self.assertEqual(old.date_to, date(2026, 6, 30))
        self.assertEqual(new._get_span(), (date(2026, 7, 1), date(2026, 12, 31)))
        self.assertEqual(new.former_id, old)
        # 181 days of three, 184 of five, at one a day.
        self.assertEqual(self._sum(contract), 181.0 * 3 + 184.0 * 5)
        self.assertEqual(contract.amount_period, 365.0 * 5)
        latest = contract.version_ids.sorted("number")[-1]
        self.assertEqual(latest.reason, "Agreed on the phone")
        self.assertIn("5.0", latest.summary)

    def test_fewer_are_credited(self):
        contract = self._yearly()
        contract.line_ids[0].quantity = 3
        contract._create_invoices()._post()
        with freeze_time("2026-12-30 10:00:00"):
            self._change(contract, "2026-12-31", quantity=1)
        with freeze_time("2026-12-31 10:00:00"):
            contract._create_invoices()
        self.assertEqual(self._sum(contract), 364.0 * 3 + 1.0)

    def test_discount_in_the_middle_of_a_month(self):
        contract = self._monthly("arrears")
        with freeze_time("2026-01-10 10:00:00"):
            self._change(contract, "2026-01-20", discount=10)
        with freeze_time("2026-02-01 10:00:00"):
            moves = contract._create_invoices()
        # 19 days at 10, 12 days at 9.
        self.assertEqual(sorted(contract.bill_ids.mapped("amount")), [108.0, 190.0])
        self.assertEqual(moves.amount_untaxed, 298.0)

    def test_draft_invoice_is_made_anew(self):
        contract = self._monthly("advance")
        contract._create_invoices()
        with freeze_time("2026-01-10 10:00:00"):
            self._change(contract, "2026-01-20", quantity=2)
        with freeze_time("2026-01-20 10:00:00"):
            contract._create_invoices()
        self.assertEqual(self._sum(contract), 190.0 + 240.0)
        self.assertFalse(contract.bill_ids.filtered(lambda b: b.kind == "credit"))

    def test_before_the_first_invoice_it_is_a_correction(self):
        contract = self._yearly()
        self._change(contract, "2026-01-01", quantity=4)
        self.assertEqual(self._fees(contract).quantity, 4)

    def test_from_the_first_day_though_it_was_invoiced(self):
        contract = self._yearly()
        contract._create_invoices()._post()
        with freeze_time("2026-03-01 10:00:00"):
            self._change(contract, "2026-01-01", quantity=2)
            contract._create_invoices()
        old, new = self._fees(contract)
        self.assertTrue(old.is_undone)
        self.assertFalse(old._get_span())
        self.assertEqual(new.quantity, 2)
        self.assertEqual(self._sum(contract), 730.0)

    def test_with_another_price_and_once_more(self):
        contract = self._yearly()
        contract._create_invoices()._post()
        with freeze_time("2026-06-15 10:00:00"):
            self._change(contract, "2026-07-01", quantity=2, price_unit=730.0)
        with freeze_time("2026-07-01 10:00:00"):
            contract._create_invoices()._post()
        self.assertEqual(self._sum(contract), 181.0 + 184.0 * 2 * 2)
        with freeze_time("2026-07-15 10:00:00"):
            self._change(contract, "2026-10-01", quantity=1)
        with freeze_time("2026-10-01 10:00:00"):
            contract._create_invoices()
        self.assertEqual(self._sum(contract), 181.0 + 92.0 * 4 + 92.0 * 2)
        lines = self._fees(contract)
        self.assertEqual(lines[-1]._get_first_line(), lines[0])
        self.assertEqual(lines[-1].price_base, 730.0)

    def test_a_line_that_is_over_by_then(self):
        contract = self._yearly()
        contract.line_ids[0].sudo().date_to = date(2026, 6, 30)
        with freeze_time("2026-02-01 10:00:00"):
            with self.assertRaisesRegex(UserError, "does not count from"):
                self._change(contract, "2026-08-01", quantity=2)

    def test_the_customer_reads_what_holds_today(self):
        contract = self._yearly()
        contract._create_invoices()._post()
        with freeze_time("2026-06-15 10:00:00"):
            self._change(contract, "2026-07-01", quantity=2, price_unit=400.0)
            self.assertEqual(contract._get_portal_prices()["untaxed"], 365.0)
        with freeze_time("2026-07-02 10:00:00"):
            self.assertEqual(contract._get_portal_prices()["untaxed"], 800.0)

    def test_visits_go_with_the_line(self):
        plan = self._plan(
            price_basis="unit",
            billing_unit="year",
            billing_count=1,
            horizon_months=12,
        )
        contract = self._contract(plan, price=365.0, running=True)
        contract._create_invoices()._post()
        before = contract.visit_ids.mapped("date_planned")
        later = contract.visit_ids.filtered(lambda v: v.date_planned.month >= 7)
        self.assertTrue(later)
        later.sudo().is_pinned = True
        with freeze_time("2026-06-15 10:00:00"):
            self._change(contract, "2026-07-01", quantity=2)
        old, new = self._fees(contract)
        self.assertEqual(contract.visit_ids.mapped("date_planned"), before)
        self.assertEqual(later.line_ids.contract_line_id, new)
        unit = contract.line_ids.asset_id
        self.assertEqual(contract._get_portal_units(), new)
        self.assertEqual(len(unit), 1)
        layers = unit.warranty_ids.filtered("contract_line_id")
        self.assertLessEqual(len(layers), 2)

    def test_a_floating_visit_is_counted_from_the_last_one(self):
        plan = self._plan(
            services=[{"mode": "floating", "interval_count": 6}],
            price_basis="unit",
            billing_unit="year",
            billing_count=1,
        )
        contract = self._contract(plan, price=365.0, running=True)
        contract._create_invoices()._post()
        with freeze_time("2026-05-10 10:00:00"):
            visit = contract.visit_ids[:1]
            visit.action_begin()
            visit.action_finish()
            contract._plan_visits()
        planned = contract.visit_ids.filtered(lambda v: v.state == "planned")
        with freeze_time("2026-06-15 10:00:00"):
            self._change(contract, "2026-07-01", quantity=2)
        again = contract.visit_ids.filtered(lambda v: v.state == "planned")
        self.assertEqual(again.line_ids.date_due, planned.line_ids.date_due)
        self.assertEqual(again.line_ids.contract_line_id, self._fees(contract)[-1])

    def test_many_lines_cost_no_query_each(self):
        plan = self._plan(services=[], price_basis="unit")

        def count(number):
            contract = self._contract(plan, units=self._unit(count=number))
            contract.action_start()
            lines = contract.line_ids
            amounts = {line: {"discount": 10.0} for line in lines}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            contract._set_changed("For all", {}, None, date(2026, 2, 1), amounts)
            self.env.flush_all()
            self.assertEqual(len(contract.line_ids), 2 * number)
            return self.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        self.assertLess(fifty, one + 60)
