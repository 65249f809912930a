"""Terms and services that nobody can mean are refused in words."""

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestPlanLimits(ContractCommon):
    def test_terms_that_nobody_means(self):
        for vals, words in (
            ({"term_count": 0}, "one day at least"),
            ({"term_count": 101, "term_unit": "year"}, "100 years at most"),
            ({"term_count": 2_000_000_000, "term_unit": "day"}, "100 years at most"),
            ({"notice_count": 2_000, "notice_unit": "month"}, "100 years at most"),
            ({"renewal_count": 200, "renewal_unit": "year"}, "100 years at most"),
            ({"billing_count": 9_999, "billing_unit": "year"}, "100 years at most"),
            ({"reminder_days": 90_000}, "36500 days before at most"),
            ({"horizon_months": 1_200}, "1 to 60 months"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._plan(**vals)
        plan = self._plan(term_count=100, term_unit="year")
        self.assertEqual(self._contract(plan).date_end.year, 2126)

    def test_services_that_nobody_means(self):
        for vals, words in (
            ({"interval_count": 0}, "how often"),
            ({"interval_count": 101, "interval_unit": "year"}, "once in 100 years"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._plan(services=[vals])

    def test_a_first_day_that_nobody_means(self):
        for day in ("3000-01-01", "9999-06-01"):
            with self.assertRaisesRegex(ValidationError, "before the year 3000"):
                self._contract(date_start=day)
