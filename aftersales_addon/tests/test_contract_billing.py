"""What of a contract is invoiced, for which days."""

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .contract_billing_common import DAY, BillingCommon, day


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
