"""Customers tell what their counter shows."""

from odoo.http import Request
from odoo.tests import tagged

from .http_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalReading(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        limited = cls._make_policy(
            "1,000 hours", 24, kind="extended", usage_limit=1000, usage_unit="hour"
        )
        cls.asset._add_warranty(limited)

    def _post(self, value, asset=None, **data):
        token = Request.csrf_token(self)
        asset = asset or self.asset
        return self.url_open(
            f"/my/installed-products/{asset.id}/reading",
            data={"csrf_token": token, "value": value, **data},
        )

    def test_the_customer_enters_a_reading(self):
        self._login(self.user_a)
        page = self._get(self.url)
        self.assertIn("The counter shows", page.text)
        answer = self._post("1,234.5")
        self.assertIn("1,234.5 h", answer.text)
        reading = self.asset.reading_ids
        self.assertEqual((reading.value, reading.source), (1234.5, "portal"))
        self.assertEqual(reading.date, self.company._aftersales_today())
        self._post("1234.5")
        self.assertEqual(len(self.asset.reading_ids), 1, "sent twice")

    def test_a_lower_one_is_asked_about(self):
        self._login(self.user_a)
        self._post("500")
        answer = self._post("400")
        self.assertIn("it cannot show 400 h", answer.text)
        self.assertIn("Reason", answer.text)
        self.assertEqual(len(self.asset.reading_ids), 1)
        self._post("400", reason="I misread it")
        self.assertEqual(self.asset.reading_ids[0].reason, "I misread it")

    def test_nonsense_is_refused_in_words(self):
        self._login(self.user_a)
        for value in ("", "abc", "-5", "1e9", "nan", "٣", "9" * 30):
            with self.subTest(value=value):
                answer = self._post(value)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("Enter the number", answer.text)
        self.assertFalse(self.asset.reading_ids)

    def test_nobody_else_enters_one(self):
        self._login(self.user_b)
        self._post("500")
        self.assertFalse(self.asset.reading_ids)
        self.authenticate(None, None)
        self._post("500", access_token="wrong")
        self.assertFalse(self.asset.reading_ids)
        self._post("500", access_token=self.asset._portal_ensure_token())
        self.assertEqual(self.asset.reading_ids.value, 500)

    def test_a_product_without_a_limit_is_not_asked_about(self):
        asset = self._deliver_lock("LK-2", self.anna)
        self._login(self.user_a)
        page = self._get(f"/my/installed-products/{asset.id}")
        self.assertNotIn("The counter shows", page.text)
        self._post("5", asset)
        self.assertFalse(asset.reading_ids)
