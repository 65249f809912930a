"""Figures and the records behind them: the same days, the same money, the same rows."""

from datetime import datetime

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .case_common import CaseCommon

NOW = "2026-06-30 12:00:00"


@tagged("post_install", "-at_install")
class TestFiguresRecords(CaseCommon):
    def _get(self, companies=None):
        self.env.flush_all()
        self.env.invalidate_all()
        figures = self.env["aftersales.figures"].with_user(self.user_manager)
        if companies:
            figures = figures.with_context(allowed_company_ids=companies.ids)
        return figures.get_figures()

    def _rates(self):
        return {rate["name"]: rate for rate in self._get()["rates"]}

    def test_a_rate_opens_the_records_that_it_is_about(self):
        """Cases without a rating, a promise or a last day of grace are not shown."""
        with freeze_time("2026-06-01 08:00:00"):
            rated = self._case()
            rated.action_solve()
            rated.rating_apply(5, token=rated._rating_get_access_token())
            self._case().action_solve()
        with freeze_time("2026-06-29 08:00:00"):
            self._case().action_solve()
        with freeze_time(NOW):
            rates = self._rates()
            self.assertEqual(rates["csat_rate"]["count"], 1)
            self.assertEqual(rates["fcr_rate"]["count"], 2)
            self.assertEqual(rates["reopen_rate"]["count"], 3)
            for rate in rates.values():
                with self.subTest(rate["name"]):
                    Model = self.env[rate["model"]].with_user(self.user_manager)
                    self.assertEqual(Model.search_count(rate["domain"]), rate["count"])

    def test_the_list_shows_what_a_figure_is_made_of(self):
        """A click on a rate or a cost leads to its values, not to cases alone."""
        Report = self.env["aftersales.case.report"].with_user(self.user_manager)
        arch = Report.get_view(view_type="list")["arch"]
        data = self._get()
        for figure in (*data["rates"], *data["costs"]):
            if figure["model"] == Report._name:
                with self.subTest(figure["measure"]):
                    self.assertIn(f"!= '{figure['measure']}'", arch)

    def test_a_case_that_is_open_again_was_reopened(self):
        with freeze_time("2026-06-01 08:00:00"):
            self._case().action_solve()
            again = self._case()
            again.action_solve()
            again.action_reopen()
        with freeze_time(NOW):
            self.assertEqual(self._rates()["reopen_rate"]["value"], 50.0)

    def test_cost_of_companies_with_two_currencies(self):
        """What one has spent in its money is added to the other's in ours."""
        currency = self.env["res.currency"].create(
            {
                "name": "XFX",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4.0})],
            }
        )
        other = self.env["res.company"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self.user_manager.company_ids |= other
        team = self.env["aftersales.team"].create(
            {"name": "Abroad", "company_id": other.id, "cost_hour": 40}
        )
        self.team.cost_hour = 10
        product = self.sensor.id
        self._case(product_id=product).hours_worked = 3
        self._case(
            company_id=other.id, team_id=team.id, product_id=product
        ).hours_worked = 2
        costs = {c["name"]: c for c in self._get(self.company | other)["costs"]}
        [row] = [r for r in costs["product"]["rows"] if r["id"] == product]
        # 30 of ours, and 80 of theirs at four to one.
        rate = self.company.currency_id._get_conversion_rate(
            currency, self.company.currency_id, self.company
        )
        self.assertAlmostEqual(row["amount"], 30 + 80 * rate, 2)
        self.assertLess(rate, 1)

    def test_worth_of_a_customer_is_in_the_money_of_the_row(self):
        self._case(kind="complaint")
        rows = self._get()["customers"]
        self.assertTrue(rows)
        self.assertEqual(
            {r["currency_id"] for r in rows}, {self.company.currency_id.id}
        )

    def test_day_of_a_claim_is_that_of_the_company(self):
        """Half past eleven at night in Auckland is not the month before."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        case = self._case(
            kind="technical",
            product_id=self.sensor.id,
            date_reported="2026-06-30 13:00:00",
        )
        self.env.flush_all()
        claim = self.env["aftersales.claim.report"].search([("case_id", "=", case.id)])
        self.assertEqual(str(claim.date), "2026-07-01")

    def test_an_old_rating_stays_old_when_it_is_answered(self):
        """Who writes below a rating does not make it one of these days."""
        with freeze_time("2025-06-01 08:00:00"):
            case = self._case()
            case.action_solve()
            rating = case.rating_apply(1, token=case._rating_get_access_token())
            rating.rated_on = datetime(2025, 6, 1, 8)
            self.env.flush_all()
        with freeze_time(NOW):
            rating.publisher_comment = "Sorry!"
            self.env.flush_all()
            row = self.env["aftersales.customer.report"].search(
                [
                    ("partner_id", "=", self.customer.id),
                    ("company_id", "=", self.company.id),
                ]
            )
            self.assertEqual(row.bad_ratings, 0)

    def test_digest_counts_no_duplicates(self):
        with freeze_time(NOW):
            case, again = self._case(), self._case()
            (case | again).action_solve()
            again.sudo().duplicate_of_id = case
            digest = self.env["digest.digest"].create(
                {"name": "Daily", "kpi_aftersales_solved": True}
            )
            mine = digest.with_user(self.user_manager).with_context(
                start_datetime=datetime(2026, 6, 30),
                end_datetime=datetime(2026, 7, 1),
            )
            self.assertEqual(mine.sudo(False).kpi_aftersales_solved_value, 1)
