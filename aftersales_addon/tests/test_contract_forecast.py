"""What contracts bring in, and what comes next."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_contract_billing import BillingCommon, day


@tagged("post_install", "-at_install")
class TestContractForecast(BillingCommon):
    def _forecast(self, contract):
        self.env["aftersales.contract.forecast"]._update(contract)
        return self.env["aftersales.contract.forecast"].search(
            [("contract_id", "=", contract.id)]
        )

    @freeze_time("2026-03-20 10:00:00")
    def test_months_cost_their_days(self):
        """Of 365 a year each month has its days; the year adds up to the price."""
        plan = self._plan(services=[], billing_unit="year", renewal="tacit")
        contract = self._start("2026-03-01", price=365.0, plan=plan)
        rows = self._forecast(contract)
        self.assertEqual(len(rows), 12)
        self.assertEqual(rows[0].amount, 31.0)
        self.assertEqual(rows[11].amount, 28.0)
        self.assertEqual(round(sum(rows.mapped("amount")), 2), 365.0)

    @freeze_time("2026-03-20 10:00:00")
    def test_what_ends_is_not_expected(self):
        plan = self._plan(services=[], renewal="none", billing_aligned=True)
        contract = self._start("2025-06-10", price=310.0, plan=plan)
        rows = self._forecast(contract)
        self.assertEqual(rows[-1].date, day("2026-06-01"))
        self.assertEqual(rows[-1].amount, 93.0)
        goes_on = self._start("2025-06-10", price=310.0)
        rows = self._forecast(goes_on)
        self.assertEqual(len(rows), 12)
        self.assertEqual(sum(rows.mapped("amount")), 3720.0)
        self.assertLess(sum(rows.mapped("amount_agreed")), 1100.0)

    @freeze_time("2026-03-20 10:00:00")
    def test_other_currency_and_visits(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": "2026-01-01", "rate": 2.0})],
            }
        )
        plan = self._plan(services=[{"interval_count": 6}])
        contract = self._start("2026-03-01", plan=plan, currency_id=currency.id)
        rows = self._forecast(contract)
        self.assertEqual(rows[0].amount, 50.0)
        self.assertGreaterEqual(sum(rows.mapped("visit_count")), 1)
        again = self._forecast(contract)
        self.assertEqual(len(again), len(rows))

    def test_preview_and_past_periods(self):
        with freeze_time("2026-06-15 10:00:00"):
            contract = self._start("2026-01-01", billing_from=False)
            self.assertTrue(contract.is_billing_undecided)
            wizard = self.env["aftersales.contract.catch.up"].create(
                {"contract_id": contract.id, "choice": "all"}
            )
            self.assertIn("600", wizard.explanation)
            wizard.choice = "next"
            self.assertIn("07/01/2026", wizard.explanation)
            wizard.choice = "current"
            wizard.with_user(self.user_agent).action_apply()
            self.assertEqual(contract.billing_from, day("2026-06-01"))
            with self.assertRaises(UserError):
                wizard.action_apply()
            action = contract.with_user(self.user_agent).action_preview()
            preview = self.env["aftersales.contract.preview"].browse(action["res_id"])
            self.assertEqual(preview.amount, 700.0)
            self.assertEqual(preview.line_ids[0].date_due, day("2026-06-01"))
            with self.assertRaises(AccessError):
                contract.with_user(self.user_portal).action_preview()
