import base64
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .visit_work_common import VisitWorkCommon, make_photo

MIXIN = "odoo.addons.aftersales_addon.models.aftersales_visit_report_mixin"


@tagged("post_install", "-at_install")
class TestVisitReport(VisitWorkCommon):
    def setUp(self):
        super().setUp()
        self.customer.email = "anna@example.com"
        self.visit = self._work(self._unit())
        self._answer(self.visit)

    def _sheet(self):
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "aftersales_addon.aftersales_visit_report", self.visit.ids
        )
        return html.decode()

    def _send(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_addon.aftersales_visit_report_ir_cron")
            cron.method_direct_trigger()
        return self.env["mail.mail"].search(
            [("model", "=", "aftersales.visit"), ("res_id", "=", self.visit.id)]
        )

    def test_what_stands_on_it(self):
        self._stock_van(self.board, 1, self.board_lot)
        self._part(self.visit, self.board, lot_id=self.board_lot.id)
        self.visit.check_ids[1].write({"value": 3.0, "note": "Refilled"})
        self.visit.check_ids[2]._add_photo(make_photo())
        self.visit._set_findings("Leak <script>alert(1)</script> closed")
        self.visit._add_reading(self.visit.line_ids, 77, "hour")
        self.visit._sign_customer("Anna Weber", make_photo(kind="PNG"))
        self.visit.action_finish()
        text = self._sheet()
        for words in (
            self.visit.number,
            "Pressure",
            "1.5 to 2.5 bar",
            "Refilled",
            "BOARD-1",
            "77 h",
            "Anna Weber",
            "data:image/jp",
            self.visit.sudo().work_digest,
        ):
            self.assertIn(words, text)
        self.assertNotIn("<script>alert", text)

    def test_photos_that_cannot_be_printed(self):
        """Cut off in the middle: it stays with the visit."""
        cut = base64.b64encode(base64.b64decode(make_photo())[:400]).decode()
        for photo in (cut, make_photo()):
            self.visit._add_photo(photo)
        self.assertEqual(len(self.visit.photo_ids), 2)
        self.assertEqual(len(self.visit._get_report_photos()), 1)
        self.visit.action_finish()
        self.assertIn(self.visit.number, self._sheet())

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        item = self.checklist.item_ids[0]
        item.with_context(lang="de_DE").name = "Gereinigt"
        self.visit.check_ids.sudo().unlink()
        self.visit._make_checks()
        self.assertIn("Gereinigt", self._sheet())

    def test_for_those_who_see_the_visit(self):
        other = self._other_technician()
        report = self.env["ir.actions.report"].with_user(other)
        with self.assertRaises(Exception) as caught:
            report._render_qweb_html(
                "aftersales_addon.aftersales_visit_report", self.visit.ids
            )
        self.assertIn("AccessError", f"{caught.exception!r}{caught.exception}")

    def test_sent_once(self):
        self.visit.action_finish()
        self.assertEqual(self.visit.report_state, "due")
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.customer)
        self.assertEqual(len(mails.attachment_ids), 1)
        self.assertIn("Service report", mails.attachment_ids.name)
        self.assertEqual(len(self._send()), 1)
        self.visit.with_user(self.user_manager).action_reopen()
        self.visit.action_finish()
        self.assertEqual(len(self._send()), 1)
        self.visit.action_send_report()
        self.assertEqual(len(self._send()), 2)

    def test_nobody_to_send_it_to(self):
        self.customer.email = False
        self.visit.action_finish()
        self.assertEqual(self.visit.report_state, "none")
        self.assertFalse(self._send())

    def test_a_broken_text_stops_no_other(self):
        self.visit.action_finish()
        other = self._work()
        self._answer(other)
        other.action_finish()
        template = self.env.ref("aftersales_addon.mail_template_data_visit_report")
        send = type(template).send_mail

        def fail(this, res_id, **kwargs):
            if res_id == self.visit.id:
                raise ValueError("broken")
            return send(this, res_id, **kwargs)

        with patch.object(type(template), "send_mail", fail), mute_logger(MIXIN):
            self.assertFalse(self._send())
        self.assertEqual(self.visit.report_state, "none")
        self.assertEqual(other.report_state, "sent")
