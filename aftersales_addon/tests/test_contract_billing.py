"""What of a contract is invoiced, when, and for which days."""

from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .contract_common import ContractCommon

DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


class BillingCommon(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(services=[])

    @classmethod
    def _start(cls, start, price=100.0, **vals):
        """A running contract with a fee, without installed products."""
        plan = vals.pop("plan", cls.plan)
        units = cls.env["aftersales.asset"]
        vals.setdefault("billing_from", start)
        contract = cls._contract(
            plan, units=units, price=price, date_start=start, **vals
        )
        contract._set_running()
        return contract

    def _bills(self, contract, kind="charge"):
        bills = contract.bill_ids.filtered(lambda b: b.kind == kind)
        return [
            (str(b.date_first), str(b.date_last), b.amount)
            for b in bills.sorted("date_first")
        ]

    def _get_notes(self, contract):
        messages = self.env["mail.message"].search(
            [("model", "=", contract._name), ("res_id", "=", contract.id)]
        )
        return " ".join(messages.mapped("body"))

    def _run_job(self, contract):
        """What the nightly job does, without its commits."""
        domain = contract._get_due_domain() & contract._get_due_domain()
        contract._invoice_batch(contract.filtered_domain(domain), domain)


@tagged("post_install", "-at_install")
class TestContractBilling(BillingCommon):
    def test_months_are_counted_from_the_first_day(self):
        """C1: no drift, whatever the length of the months."""
        contract = self._start("2025-01-31")
        with freeze_time("2025-04-15"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract),
            [
                ("2025-01-31", "2025-02-27", 100.0),
                ("2025-02-28", "2025-03-30", 100.0),
                ("2025-03-31", "2025-04-29", 100.0),
            ],
        )
        self.assertEqual(contract.date_invoice_next, day("2025-04-30"))
        with freeze_time("2026-06-15"):
            contract._create_invoices()
        self.assertEqual(len(contract.bill_ids), 12)
        self.assertEqual(max(contract.bill_ids.mapped("date_last")), contract.date_end)
        self.assertEqual(contract.date_end, day("2026-01-30"))
        self.assertFalse(contract.date_invoice_next)

    def test_first_calendar_month_is_charged_by_the_day(self):
        """C7: 310 a month from 10 March: 22 of 31 days."""
        plan = self._plan(services=[], billing_aligned=True)
        contract = self._start("2026-03-10", price=310.0, plan=plan)
        with freeze_time("2026-03-10"):
            move = contract._create_invoices()
        self.assertEqual(move.amount_untaxed, 220.0)
        self.assertIn("03/10/2026 – 03/31/2026", move.invoice_line_ids.name)

    def test_rest_of_february(self):
        """C8: of 100 a month, five of 28 days and six of 29."""
        plan = self._plan(services=[], billing_aligned=True)
        for start, amount in (("2027-02-24", 17.86), ("2028-02-24", 20.69)):
            contract = self._start(start, plan=plan)
            with freeze_time(start):
                move = contract._create_invoices()
            self.assertEqual(move.amount_untaxed, amount)

    def test_what_was_prepaid_is_credited(self):
        """C9: 365 for 2026, last day 31 March: 275 come back."""
        plan = self._plan(services=[], billing_count=1, billing_unit="year")
        contract = self._start("2026-01-01", price=365.0, plan=plan)
        with freeze_time("2026-01-01"):
            invoice = contract._create_invoices()
            invoice._post()
        with freeze_time("2026-03-20"):
            credit = contract._stop_billing(day("2026-03-31"))
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_untaxed, 275.0)
        self.assertEqual(credit.reversed_entry_id, invoice)
        self.assertEqual(
            self._bills(contract, "credit"), [("2026-04-01", "2026-12-31", 275.0)]
        )
        contract._write_state(date_end="2026-03-31", state="cancelled")
        self.assertFalse(contract._create_credits(), "credited once")
        self.assertFalse(contract.date_invoice_next)

    def test_credit_has_the_taxes_and_the_currency_of_the_invoice(self):
        tax = self.env["account.tax"].create({"name": "20 % in", "amount": 20.0})
        tax.price_include_override = "tax_included"
        plan = self._plan(services=[], billing_unit="year")
        currency = self.env.ref("base.EUR")
        currency.active = True
        contract = self._start("2026-01-01", price=365.0, plan=plan)
        contract.currency_id = currency
        contract.line_ids.tax_ids = tax
        with freeze_time("2026-01-01"):
            invoice = contract._create_invoices()
            invoice._post()
        self.assertEqual(invoice.amount_total, 365.0)
        with freeze_time("2026-03-20"):
            credit = contract._stop_billing(day("2026-03-31"))
        self.assertEqual(credit.currency_id, currency)
        self.assertEqual(credit.amount_total, 275.0)
        self.assertEqual(credit.invoice_line_ids.tax_ids, tax)
        self.assertEqual(
            credit.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id
        )

    def test_afterwards(self):
        plan = self._plan(services=[], billing_moment="arrears")
        contract = self._start("2026-01-15", plan=plan)
        self.assertEqual(contract.date_invoice_next, day("2026-02-15"))
        with freeze_time("2026-02-14"):
            self.assertFalse(contract._create_invoices())
        with freeze_time("2026-02-15"):
            self.assertTrue(contract._create_invoices())
        self.assertEqual(self._bills(contract), [("2026-01-15", "2026-02-14", 100.0)])
        contract._write_state(date_end="2026-03-01", state="ended")
        self.assertEqual(contract.date_invoice_next, day("2026-03-02"))

    def test_removed_line_of_an_unposted_invoice_is_charged_for_its_days(self):
        contract = self._start("2026-01-01", price=310.0)
        with freeze_time("2026-01-01"):
            invoice = contract._create_invoices()
            contract.line_ids.date_to = "2026-01-10"
            self.assertFalse(contract._create_credits())
            self.assertFalse(invoice.exists())
            invoice = contract._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 100.0)
        self.assertEqual(self._bills(contract), [("2026-01-01", "2026-01-10", 100.0)])

    def test_added_line_is_charged_from_its_day(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            contract._create_invoices()
        line = self.env["aftersales.contract.line"].create(
            {
                "contract_id": contract.id,
                "name": "Second",
                "product_id": self.fee.id,
                "price_unit": 31.0,
                "date_from": "2026-01-22",
            }
        )
        self.assertEqual(contract.date_invoice_next, day("2026-01-22"))
        with freeze_time("2026-01-22"):
            move = contract._create_invoices()
        self.assertEqual(move.amount_untaxed, 10.0)
        self.assertEqual(line.bill_ids.date_last, day("2026-01-31"))

    def test_pause_is_not_charged(self):
        contract = self._start("2026-01-01", price=310.0)
        with freeze_time("2026-01-01"):
            contract._create_invoices()._post()
        Pause = self.env["aftersales.contract.pause"]
        pause = Pause.create({"contract_id": contract.id, "date_first": "2026-01-11"})
        with freeze_time("2026-01-11"):
            self.assertFalse(contract._create_credits(), "nobody knows how long")
        with freeze_time("2026-02-10"):
            self.assertFalse(contract._create_invoices())
            pause.date_last = "2026-02-14"
            contract._resume_billing(day("2026-02-15"))
        self.assertEqual(
            self._bills(contract, "credit"), [("2026-01-11", "2026-01-31", 210.0)]
        )
        with freeze_time("2026-02-15"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract)[1:], [("2026-02-15", "2026-02-28", 155.0)]
        )

    def test_days_that_were_credited_can_be_charged_again(self):
        contract = self._start("2026-01-01", price=310.0)
        with freeze_time("2026-01-01"):
            contract._create_invoices()._post()
            contract.line_ids.date_to = "2026-01-10"
            contract._create_credits()._post()
            contract.line_ids.date_to = False
        with freeze_time("2026-01-11"):
            again = contract._create_invoices()
        self.assertEqual(again.amount_untaxed, 210.0)
        self.assertEqual(again.aftersales_bill_ids.turn, 1)

    def test_what_is_not_invoiced_any_more_is_due_again(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            first = contract._create_invoices()
            self.assertEqual(contract.date_invoice_next, day("2026-02-01"))
            first.unlink()
            self.assertEqual(contract.date_invoice_next, day("2026-01-01"))
            second = contract._create_invoices()
            second._post()
            second.button_draft()
            second.button_cancel()
            self.assertEqual(contract.date_invoice_next, day("2026-01-01"))
            third = contract._create_invoices()
            self.assertEqual(len(third), 1)
            with (
                self.assertRaises(IntegrityError) as caught,
                self.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                second.button_draft()
                self.env.flush_all()
        self.assertIn("_charged_once", str(caught.exception))

    def test_database_refuses_a_second_bill(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            contract._create_invoices()
        vals = contract.bill_ids.copy_data()[0]
        with (
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            contract.bill_ids.create({**vals, "date_first": "2026-01-31"})

    def test_far_past_waits_for_an_answer(self):
        with freeze_time("2026-06-15"):
            contract = self._start("2024-01-01", term_count=60, billing_from=False)
            self.assertTrue(contract.is_billing_undecided)
            self.assertFalse(contract.date_invoice_next)
            self.assertFalse(contract._create_invoices())
            with self.assertRaises(UserError):
                contract.action_invoice()
            contract.billing_from = "2026-06-01"
            self.assertFalse(contract.is_billing_undecided)
            self.assertEqual(contract.date_invoice_next, day("2026-06-01"))
            contract._create_invoices()
        self.assertEqual(self._bills(contract), [("2026-06-01", "2026-06-30", 100.0)])

    def test_line_that_was_invoiced_stays(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            contract._create_invoices()
        with self.assertRaises(UserError):
            contract.line_ids.unlink()

    def test_sums_to_the_cent(self):
        """Pieces of a period add up to it, in any currency and with a quantity."""
        for code, whole in (("EUR", 100.0), ("JPY", 10001.0), ("KWD", 33.33)):
            currency = self.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", code)])
            currency.active = True
            contract = self._start("2026-01-01", price=whole)
            contract.currency_id = currency
            contract.line_ids.quantity = 3
            Pause = self.env["aftersales.contract.pause"]
            with freeze_time("2026-01-01"):
                contract._create_invoices()._post()
                for first, last in (("03", "05"), ("11", "11"), ("20", "31")):
                    Pause.create(
                        {
                            "contract_id": contract.id,
                            "date_first": f"2026-01-{first}",
                            "date_last": f"2026-01-{last}",
                        }
                    )
                    contract._create_credits()._post()
                contract.pause_ids.unlink()
            with freeze_time("2026-01-31"):
                contract._create_invoices()._post()
            moves = contract.bill_ids.move_id
            total = sum(
                m.amount_untaxed * (1 if m.move_type == "out_invoice" else -1)
                for m in moves
            )
            self.assertEqual(currency.round(total), currency.round(whole * 3), code)

    def test_tiles_whatever_happens(self):
        """Each day of a line is charged once, through all that can happen to it."""
        plan = self._plan(services=[], billing_aligned=True, billing_count=3)
        contract = self._start("2026-01-17", plan=plan, price=90.0)
        line = contract.line_ids
        Pause = self.env["aftersales.contract.pause"]

        def run(today):
            with freeze_time(today):
                contract._create_credits()._post()
                contract._create_invoices()._post()

        run("2026-01-17")
        pause = Pause.create({"contract_id": contract.id, "date_first": "2026-02-03"})
        run("2026-02-03")
        pause.date_last = "2026-02-20"
        run("2026-02-21")
        run("2026-04-01")
        line.date_to = "2026-05-09"
        run("2026-05-02")
        line.date_to = "2026-09-30"
        run("2026-08-01")
        contract._write_state(date_end="2026-08-31")
        run("2026-08-15")
        charged = {}
        for bill in contract.bill_ids:
            sign = 1 if bill.kind == "charge" else -1
            today = bill.date_first
            while today <= bill.date_last:
                charged[today] = charged.get(today, 0) + sign
                today += DAY
        paid = {d for d, count in charged.items() if count}
        self.assertTrue(all(charged[d] == 1 for d in paid))
        expected = set()
        today = day("2026-01-17")
        while today <= day("2026-08-31"):
            if not day("2026-02-03") <= today <= day("2026-02-20"):
                expected.add(today)
            today += DAY
        self.assertEqual(paid, expected)


@tagged("post_install", "-at_install")
class TestContractInvoicing(BillingCommon):
    def test_invoice_has_what_the_contract_says(self):
        self.customer.lang = "en_US"
        bill_to = self.env["res.partner"].create(
            {"name": "Accounts", "type": "invoice", "parent_id": self.customer.id}
        )
        contract = self._start("2026-01-01")
        contract.line_ids.write({"quantity": 2, "discount": 10})
        with freeze_time("2026-01-01"):
            move = contract._create_invoices()
        self.assertEqual(move.partner_id, bill_to)
        self.assertEqual(move.invoice_origin, contract.number)
        self.assertEqual(move.invoice_user_id, self.user_agent)
        self.assertEqual(move.amount_untaxed, 180.0)
        line = move.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount), (2, 100, 10))
        self.assertEqual(contract.bill_ids.amount, 180.0)
        self.assertEqual(contract.invoice_count, 1)
        self.assertEqual(move.aftersales_contract_count, 1)

    def test_one_invoice_for_a_customer(self):
        self.company.aftersales_contract_invoice_grouping = "customer"
        contracts = self._start("2026-01-01") | self._start("2026-01-01")
        other = self._start("2026-01-01", partner_id=self.other_customer.id)
        with freeze_time("2026-01-01"):
            self._run_job(contracts[0] | other)
        self.assertEqual(len((contracts | other).bill_ids.move_id), 2)
        self.assertEqual(len(contracts.bill_ids.move_id), 1)

    def test_company_says_what_becomes_of_invoices(self):
        for wanted, state in (("draft", "draft"), ("post", "posted")):
            self.company.aftersales_contract_invoice_post = wanted
            contract = self._start("2026-01-01")
            with freeze_time("2026-01-01"):
                self._run_job(contract)
            self.assertEqual(contract.bill_ids.move_id.state, state)
        self.company.aftersales_contract_invoice_post = "post_and_send"
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            self._run_job(contract)
        self.assertTrue(contract.bill_ids.move_id.is_being_sent)

    def test_credits_are_posted_as_invoices_are(self):
        self.company.aftersales_contract_invoice_post = "post"
        contract = self._start("2026-01-01", price=310.0)
        with freeze_time("2026-01-05"):
            self._run_job(contract)
            credit = contract._stop_billing(day("2026-01-10"))
        self.assertEqual((credit.state, credit.amount_untaxed), ("posted", 210.0))

    def test_closed_time_is_left_out(self):
        self.company.aftersales_contract_invoice_post = "post"
        self.company.sale_lock_date = "2026-01-31"
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-15"):
            self._run_job(contract)
        move = contract.bill_ids.move_id
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.invoice_date, day("2026-02-01"))
        self.assertEqual(contract.bill_ids.date_first, day("2026-01-01"))

    def test_what_fails_is_told_once_and_stops_nobody_else(self):
        contracts = self.env["aftersales.contract"]
        for _number in range(5):
            contracts |= self._start("2026-01-01")
        bad = contracts[2]
        self.company.aftersales_contract_invoice_post = "post"
        bad.line_ids.price_unit = -100.0
        with (
            freeze_time("2026-01-01"),
            mute_logger(
                "odoo.addons.aftersales_addon.models.aftersales_contract_invoicing_mixin"
            ),
        ):
            self._run_job(contracts)
            self.assertTrue(bad.billing_error)
            self._run_job(bad)
        self.assertEqual(len(bad.activity_ids), 1)
        self.assertFalse(bad.bill_ids)
        self.assertEqual(len(contracts.bill_ids), 4)
        bad.line_ids.price_unit = 100.0
        with freeze_time("2026-01-01"):
            self._run_job(bad)
        self.assertFalse(bad.billing_error)
        self.assertFalse(bad.activity_ids)
        self.assertTrue(bad.bill_ids)

    def test_company_b(self):
        company = self.env["res.company"].create({"name": "B"})
        self.assertFalse(
            self._start("2026-01-01").company_id.filtered(lambda c: c == company)
        )
        contract = self._start("2026-01-01")
        agent = self.user_agent_all
        agent.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            contract.with_user(agent).action_invoice()

    @users("as_agent_all", "as_accountant")
    def test_who_may_invoice(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            contract.with_user(self.env.user).action_invoice()
        self.assertEqual(len(contract.bill_ids), 1)

    @users("as_technician", "as_sale", "as_internal", "as_portal_customer")
    def test_who_may_not_invoice(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"), self.assertRaises(AccessError):
            contract.with_user(self.env.user).action_invoice()
        with self.assertRaises(AccessError):
            contract.with_user(self.env.user).bill_ids.create({})

    def test_refund_by_hand_is_noted(self):
        contract = self._start("2026-01-01")
        with freeze_time("2026-01-01"):
            invoice = contract._create_invoices()
            invoice._post()
            invoice._reverse_moves([{"invoice_date": "2026-01-01"}])._post()
        self.assertIn("by hand", self._get_notes(contract))
        self.assertEqual(contract.date_invoice_next, day("2026-02-01"))

    def test_queries_do_not_grow(self):
        """What the addon adds to the platform's own invoices."""
        added = {}
        for count in (1, 50):
            contracts = self.env["aftersales.contract"]
            for _number in range(count):
                contracts |= self._start("2026-01-01")
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time("2026-01-01"):
                before = self.cr.sql_log_count
                pending = contracts._get_pending(
                    contracts.company_id._aftersales_today_by_company()
                )
                vals = [contracts._prepare_invoice_vals(x) for x in pending.values()]
                asked = self.cr.sql_log_count - before
                moves = self.env["account.move"].create(vals)
                self.env.flush_all()
                before = self.cr.sql_log_count
                contracts._keep_bills(moves, list(pending.values()))
                self.env.flush_all()
                kept = self.cr.sql_log_count - before
            added[count] = (asked, kept)
        self.assertLessEqual(added[50][0], added[1][0] + 2, added)
        self.assertLessEqual(added[50][1], added[1][1] + 2, added)


@tagged("post_install", "-at_install")
class TestContractIndexation(BillingCommon):
    def test_index_counts_from_the_base(self):
        """C10: 1000 at 105.2; 108.9 and 112.0 later; with a cap of 3 %."""
        index = self.env["aftersales.price.index"].create(
            {
                "name": "Prices",
                "value_ids": [
                    Command.create({"date": f"{year}-01-01", "value": value})
                    for year, value in ((2025, 105.2), (2026, 108.9), (2027, 112.0))
                ],
            }
        )
        plan = self._plan(services=[], indexation="index", index_id=index.id)
        contract = self._start("2025-01-01", price=1000.0, plan=plan)
        contract._sync_billing()
        line = contract.line_ids
        capped = self._start("2025-01-01", price=1000.0, plan=plan, index_cap=3.0)
        capped._sync_billing()
        (contract | capped)._renew_prices(day("2026-01-01"))
        self.assertEqual(line.price_unit, 1035.17)
        self.assertEqual(capped.line_ids.price_unit, 1030.0)
        contract._renew_prices(day("2027-01-01"))
        self.assertEqual(line.price_unit, 1064.64)
        self.assertEqual(
            [
                (str(p.date_from), p.price_unit)
                for p in line.price_ids.sorted("date_from")
            ],
            [
                ("2025-01-01", 1000.0),
                ("2026-01-01", 1035.17),
                ("2027-01-01", 1064.64),
            ],
        )
        self.assertIn("1,035.17", self._get_notes(contract))

    def test_former_price_holds_for_former_days(self):
        plan = self._plan(
            services=[],
            indexation="percent",
            index_percent=10.0,
            billing_moment="arrears",
            billing_aligned=True,
        )
        contract = self._start("2025-02-15", plan=plan, term_count=24)
        contract.billing_from = "2026-01-01"
        contract._renew_prices(day("2026-02-15"))
        self.assertEqual(contract.line_ids.price_unit, 110.0)
        with freeze_time("2026-03-01"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract),
            [
                ("2026-01-01", "2026-01-31", 100.0),
                ("2026-02-01", "2026-02-14", 50.0),
                ("2026-02-15", "2026-02-28", 55.0),
            ],
        )

    def test_renewed_contract_goes_on_without_gap(self):
        """The last days of the old term at the old price, then at the new one."""
        plan = self._plan(
            services=[],
            indexation="percent",
            index_percent=10.0,
            billing_aligned=True,
            renewal="tacit",
        )
        contract = self._start("2025-03-10", price=310.0, plan=plan)
        contract.billing_from = "2026-03-01"
        with freeze_time("2026-03-01"):
            contract._create_invoices()._post()
        self.assertEqual(contract.date_end, day("2026-03-09"))
        with freeze_time("2026-03-08"):
            contract._set_renewed()
        self.assertEqual(contract.date_invoice_next, day("2026-03-10"))
        with freeze_time("2026-04-01"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract),
            [
                ("2026-03-01", "2026-03-09", 90.0),
                ("2026-03-10", "2026-03-31", 242.0),
                ("2026-04-01", "2026-04-30", 341.0),
            ],
        )

    def test_typed_price_holds_from_today(self):
        plan = self._plan(services=[], billing_moment="arrears")
        contract = self._start("2026-01-01", plan=plan, price=310.0)
        with freeze_time("2026-02-01"):
            contract._create_invoices()
        with freeze_time("2026-02-15"):
            contract.line_ids.price_unit = 620.0
        with freeze_time("2026-03-01"):
            move = contract._create_invoices()
        self.assertEqual(move.amount_untaxed, 155.0 + 310.0)

    def test_unknown_index_leaves_the_price(self):
        index = self.env["aftersales.price.index"].create({"name": "None"})
        plan = self._plan(services=[], indexation="index", index_id=index.id)
        contract = self._start("2025-01-01", plan=plan)
        contract._sync_billing()
        contract._renew_prices(day("2026-01-01"))
        self.assertEqual(contract.line_ids.price_unit, 100.0)
        self.assertIn("has no value", self._get_notes(contract))

    def test_indexation_needs_a_valid_percentage(self):
        plan = self._plan(services=[], indexation="percent", index_percent=-100.0)
        contract = self._start("2026-01-01", plan=plan)
        contract._renew_prices(day("2027-01-01"))
        self.assertEqual(contract.line_ids.price_unit, 100.0)
        with self.assertRaises(ValidationError):
            contract.billing_count = 0
