"""The page on which a customer stops messages that they did not ask for."""

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .followup_common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupPage(FollowupCommon, HttpCase):
    def setUp(self):
        super().setUp()
        with freeze_time("2026-03-02 12:00"):
            self._unit("2026-03-02")
            self.followup = self._plan_rule(self._mail_rule())
        url = self.followup.sudo()._get_stop_url()
        self.path = url[url.index("/aftersales/") :]
        self.env.flush_all()

    def test_asks_first(self):
        """Programs that look into mails follow links: a link alone stops nothing."""
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("No more such messages?", page.text)
        self.assertFalse(self.customer.aftersales_no_followups)
        self.assertNotIn("Anna", page.text)

    def test_stops(self):
        page = self.url_open(self.path, data={"go": "1"})
        self.assertEqual(page.status_code, 200)
        self.customer.invalidate_recordset()
        self.assertTrue(self.customer.aftersales_no_followups)
        self.assertFalse(self.other_customer.aftersales_no_followups)
        notes = len(self.customer.message_ids)
        self.assertIn("No more", self.url_open(self.path).text)
        self.url_open(self.path, data={"go": "1"})
        self.customer.invalidate_recordset()
        self.assertEqual(len(self.customer.message_ids), notes)

    def test_one_click(self):
        """A mail program posts what RFC 8058 says, without having seen the page."""
        self.url_open(self.path, data={"List-Unsubscribe": "One-Click"})
        self.customer.invalidate_recordset()
        self.assertTrue(self.customer.aftersales_no_followups)
        with freeze_time("2026-03-09 12:00"):
            self._run_due()
        self.assertEqual(self.followup.state, "skipped")
        self.assertFalse(self._mails_to())

    @mute_logger("odoo.http")
    def test_wrong_tokens(self):
        for token in ("0" * 32, "%00", "x" * 5000, "'", "False", "None"):
            with self.subTest(token=token[:10]):
                for data in (None, {"go": "1"}):
                    page = self.url_open(f"/aftersales/stop/{token}", data=data)
                    self.assertIn(page.status_code, (400, 404, 414))
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.aftersales_no_followups)

    def test_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        self.env.flush_all()
        self.assertIn('lang="de', self.url_open(self.path).text)
