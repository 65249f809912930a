"""Contracts with many units, of plans that are gone, in closed times and currencies."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .contract_billing_common import day
from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractLimits(ContractCommon):
    def _many(self, count):
        return self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.lock.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                }
                for _number in range(count)
            ]
        )

    # --- Many units ---

    def test_a_thousand_units(self):
        """No step costs a query for each unit, only for each batch of the platform."""
        plan = self._plan(
            services=[],
            price_basis="unit",
            indexation="percent",
            index_percent=3,
            renewal="tacit",
        )

        def count(number):
            contract = self._contract(plan, units=self._many(number), price=10.0)
            steps = {
                "start": contract.action_start,
                "invoice": contract._create_invoices,
                "forecast": lambda: self.env["aftersales.contract.forecast"]._update(
                    contract
                ),
                "renew": contract._set_renewed,
                "pause": contract.action_pause,
                "resume": contract.action_resume,
                "end": lambda: contract._end_early(day("2026-12-31")),
            }
            result = {}
            for name, step in steps.items():
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                step()
                self.env.flush_all()
                result[name] = self.cr.sql_log_count - before
            self.assertEqual(len(contract.bill_ids), number)
            self.assertEqual(set(contract.line_ids.mapped("price_unit")), {10.3})
            return result

        count(1)
        few, many = count(10), count(1000)
        for name, queries in many.items():
            # The platform reads 1,000 and writes 100 records at a time. It looks up
            # the analytic distribution of each invoice line on its own.
            lines = 990 if name == "invoice" else 0
            limit = few[name] + 120 + lines
            self.assertLess(queries, limit, f"{name}: {few}, {many}")

    def test_a_thousand_units_are_added_and_removed(self):
        plan = self._plan(services=[], price_basis="unit")

        def count(number):
            contract = self._contract(plan, units=self._many(1), running=True)
            more = self._many(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            lines = contract._add_units(more, day("2026-05-01"), "More")
            contract._remove_lines(lines, day("2026-06-30"), "Fewer")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        few, many = count(10), count(1000)
        self.assertLess(many, few + 200)

    # --- A plan that is not offered any more ---

    def test_archived_plan(self):
        plan = self._plan(renewal="tacit")
        contract = self._contract(plan, running=True, billing_from="2026-03-10")
        plan.active = False
        with freeze_time("2027-01-10 10:00:00"):
            self._run_nightly()
        notice = contract.activity_ids
        self.assertIn("not offered any more", notice.summary)
        with self.assertRaisesRegex(UserError, "Offer the customer another plan"):
            contract.with_user(self.user_agent_all).action_offer_renewal()
        with freeze_time("2027-03-10 10:00:00"):
            self._run_nightly()
            self.assertEqual(contract.date_end, date(2028, 3, 9), "it goes on")
            self.assertTrue(contract._create_invoices())
        contract.with_user(self.user_agent).action_renew()
        self.assertEqual(contract.date_end, date(2029, 3, 9))

    def test_archived_product(self):
        contract = self._contract(self._plan(renewal="request"), running=True)
        self.fee.active = False
        with self.assertRaisesRegex(UserError, self.fee.name):
            contract.action_offer_renewal()
        self.assertTrue(contract._create_invoices(), "what was sold is invoiced")

    # --- Closed times ---

    def test_credit_in_a_closed_time(self):
        """What ended in a time that is closed is credited on the first open day."""
        plan = self._plan(services=[], billing_unit="year")
        contract = self._contract(
            plan, price=365.0, running=True, date_start="2026-01-01"
        )
        contract.billing_from = "2026-01-01"
        contract._create_invoices()._post()
        invoice = contract.bill_ids.move_id
        self.company.sale_lock_date = "2026-06-30"
        with freeze_time("2026-06-15 10:00:00"):
            contract._set_cancelled(day("2026-03-31"))
        credit = contract.bill_ids.move_id - invoice
        self.assertEqual(credit.amount_untaxed, 275.0)
        self.assertEqual(credit.invoice_date, date(2026, 7, 1))
        credit._post()
        self.assertEqual(credit.date, date(2026, 7, 1))

    def test_invoice_of_days_that_are_closed(self):
        """Days in a closed time are invoiced all the same, on an open day."""
        plan = self._plan(services=[], billing_moment="arrears")
        contract = self._contract(plan, running=True)
        self.company.fiscalyear_lock_date = "2026-04-30"
        with freeze_time("2026-04-12 10:00:00"):
            invoice = contract._create_invoices()
            invoice._post()
        self.assertEqual(contract.bill_ids.date_last, date(2026, 4, 9))
        self.assertEqual(invoice.date, date(2026, 5, 1))

    # --- Currencies ---

    def _currency(self, name, rate):
        return self.env["res.currency"].create(
            {
                "name": name,
                "symbol": name,
                "rate_ids": [(0, 0, {"name": "2026-01-01", "rate": rate})],
            }
        )

    def test_two_currencies_are_two_invoices(self):
        self.company.aftersales_contract_invoice_grouping = "customer"
        other = self._currency("TSA", 4.0)
        plan = self._plan(services=[])
        contracts = self.env["aftersales.contract"].union(
            *(
                self._contract(plan, price=100.0, running=True, currency_id=currency.id)
                for currency in (self.company.currency_id, other, other)
            )
        )
        moves = contracts._create_invoices()
        self.assertEqual(
            {move.currency_id: move.amount_untaxed for move in moves},
            {self.company.currency_id: 100.0, other: 200.0},
        )
        foreign = moves.filtered(lambda m: m.currency_id == other)
        self.assertEqual(foreign.amount_untaxed_signed, 50.0)

    def test_digits_of_a_currency(self):
        """Parts add up to the whole in a currency without cents, through a rise."""
        yen = self._currency("TSY", 150.0)
        yen.rounding = 1.0
        plan = self._plan(
            services=[],
            billing_unit="year",
            billing_moment="arrears",
            indexation="percent",
            indexation_at="period",
            indexation_unit="month",
            indexation_count=5,
            index_percent=10,
        )
        contract = self._contract(plan, price=1000.0, running=True, currency_id=yen.id)
        with freeze_time("2027-03-10 10:00:00"):
            invoice = contract._create_invoices()
        amounts = [line.price_subtotal for line in invoice.invoice_line_ids]
        self.assertEqual(len(amounts), 3)
        self.assertTrue(all(amount == int(amount) for amount in amounts))
        self.assertEqual(sum(contract.bill_ids.mapped("amount")), sum(amounts))

    def test_prices_of_a_unit_under_contracts_in_two_currencies(self):
        """A month of each, in the company's currency, in the forecast."""
        other = self._currency("TSB", 2.0)
        plan = self._plan(services=[], renewal="none")
        contracts = self.env["aftersales.contract"].union(
            *(
                self._contract(
                    plan,
                    price=60.0,
                    running=True,
                    date_start="2026-03-01",
                    currency_id=currency.id,
                )
                for currency in (self.company.currency_id, other)
            )
        )
        Forecast = self.env["aftersales.contract.forecast"]
        Forecast._update(contracts)
        rows = Forecast.search([("contract_id", "in", contracts.ids)])
        march = rows.filtered(lambda row: row.date == date(2026, 3, 1))
        self.assertEqual(sorted(march.mapped("amount")), [30.0, 60.0])
