"""The invoices of contracts, in batches."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .contract_billing_common import BillingCommon, day


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
