"""What the invoices of contracts tell accounting: period, analytics, order line."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged

from .contract_sale_common import ContractSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractAccounting(ContractSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Departments"})
        cls.account, cls.other_account = cls.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": plan.id, "company_id": cls.company.id}
                for name in ("Service", "Other")
            ]
        )

    def _patch_deferred(self):
        known = {
            **self.env["account.move.line"]._fields,
            "deferred_start_date": fields.Date(),
            "deferred_end_date": fields.Date(),
        }
        return patch.object(self.registry["account.move.line"], "_fields", known)

    def _get_invoice_lines(self, contract):
        """The values that the lines of the next invoice are made with."""
        today = {contract.company_id: contract._get_today()}
        charges = contract._get_pending(today)[contract]
        return [contract._prepare_invoice_line_vals(x, None) for x in charges]

    def test_period_for_accounting_that_can_defer(self):
        contract = self._contract(running=True)
        (vals,) = self._get_invoice_lines(contract)
        self.assertNotIn("deferred_start_date", vals)
        with self._patch_deferred():
            (vals,) = self._get_invoice_lines(contract)
        self.assertEqual(
            (vals["deferred_start_date"], vals["deferred_end_date"]),
            (date(2026, 3, 10), date(2026, 4, 9)),
        )

    def test_period_of_what_is_credited(self):
        contract = self._contract(self._plan(billing_unit="year"), running=True)
        contract._create_invoices()._post()
        bill = contract.bill_ids
        with self._patch_deferred():
            vals = contract._prepare_credit_line_vals(
                bill, date(2026, 4, 1), date(2027, 3, 9)
            )
        self.assertEqual(
            (vals["deferred_start_date"], vals["deferred_end_date"]),
            (date(2026, 4, 1), date(2027, 3, 9)),
        )

    def test_two_prices_have_their_own_periods(self):
        plan = self._plan(billing_unit="year", billing_moment="arrears")
        contract = self._contract(plan, running=True)
        fee = contract.line_ids.filtered("price_unit")
        fee._set_price(120.0, date(2026, 9, 10))
        with freeze_time("2027-03-10 10:00:00"), self._patch_deferred():
            periods = [
                (vals["deferred_start_date"], vals["deferred_end_date"])
                for vals in self._get_invoice_lines(contract)
            ]
        self.assertEqual(
            periods,
            [
                (date(2026, 3, 10), date(2026, 9, 9)),
                (date(2026, 9, 10), date(2027, 3, 9)),
            ],
        )

    def test_analytics_of_the_order(self):
        plan = self._plan(name="Each", price_basis="unit", billing_unit="year")
        units = self._unit(count=2)
        shares = {str(self.account.id): 100.0}
        order = self._order(
            self._line(self._plan_product(plan), 2, units, analytic_distribution=shares)
        )
        contract = self._contracts(order)
        invoice = contract._create_invoices()
        invoice._post()
        self.assertEqual(
            invoice.invoice_line_ids.mapped("analytic_distribution"), [shares] * 2
        )
        # What is added later goes to the same accounts, and so does a credit.
        more = self._unit()
        wizard = self.env["aftersales.contract.add.units"]
        form = Form(wizard.with_context(default_contract_id=contract.id))
        form.asset_ids.add(more)
        form.save().action_confirm()
        added = contract.line_ids.filtered(lambda x: x.asset_id == more)
        self.assertEqual(added.analytic_distribution, shares)
        contract._remove_lines(
            contract.line_ids - added, date(2026, 4, 9), "Units removed"
        )
        credit = contract.bill_ids.move_id - invoice
        self.assertEqual(
            credit.invoice_line_ids.mapped("analytic_distribution"), [shares] * 2
        )

    def test_without_analytics_the_rules_of_accounting_decide(self):
        self.env["account.analytic.distribution.model"].create(
            {
                "product_id": self.fee.id,
                "company_id": self.company.id,
                "analytic_distribution": {str(self.other_account.id): 100.0},
            }
        )
        contract = self._contract(running=True)
        invoice = contract._create_invoices()
        self.assertEqual(
            invoice.invoice_line_ids.analytic_distribution,
            {str(self.other_account.id): 100.0},
        )

    def test_order_line_of_each_invoice_line(self):
        plan = self._plan(name="Each", price_basis="unit")
        order = self._order(
            self._line(self._plan_product(plan), 2, self._unit(count=2))
        )
        contract = self._contracts(order)
        invoice = contract._create_invoices()
        for line in invoice.invoice_line_ids:
            self.assertEqual(line.sale_line_ids, order.order_line)
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_further_term_is_linked_to_its_own_order(self):
        plan = self._plan(name="Request", renewal="request")
        order = self._order(self._line(self._plan_product(plan), units=self._unit()))
        contract = self._contracts(order)
        with freeze_time("2027-02-20 10:00:00"):
            contract._create_invoices()
            action = contract.action_offer_renewal()
            renewal = self.env["sale.order"].browse(action["res_id"])
            renewal.action_confirm()
        with freeze_time("2027-03-10 10:00:00"):
            invoice = contract._create_invoices()
        self.assertEqual(
            invoice.invoice_line_ids.sale_line_ids,
            renewal.order_line.filtered("product_id"),
        )

    def test_contract_made_by_hand_has_no_order_line(self):
        invoice = self._contract(running=True)._create_invoices()
        self.assertFalse(invoice.invoice_line_ids.sale_line_ids)
