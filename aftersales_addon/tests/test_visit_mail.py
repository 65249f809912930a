from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .test_visit_planning import PlanningCommon

NOW = "2026-06-15 06:00:00"
START = datetime(2026, 6, 25, 7)


class VisitMailCase(PlanningCommon, MailCase):
    """The e-mails about visits, as they would be sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tests' own sign for bulk work keeps e-mails away.
        cls.env = cls.env(context={})
        cls.customer = cls.customer.with_env(cls.env)
        cls.customer.email = "anna@example.com"
        cls.company = cls.company.with_env(cls.env)
        cls.company.aftersales_visit_reminder_days = 2

    def setUp(self):
        super().setUp()
        self._flush()
        self.mails = self._find_mails()

    def _find_mails(self):
        return self.env["mail.mail"].sudo().search([("model", "=", "aftersales.visit")])

    def _flush(self):
        """End the transaction, as far as a test can."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _told(self, number=None):
        """Return the e-mails since the last time."""
        self._flush()
        new = self._find_mails() - self.mails
        self.mails |= new
        if number is not None:
            self.assertEqual(len(new), number, new.mapped("subject"))
        return new

    def _scheduled(self, **vals):
        visit = self._visit(date_start=START, duration=2, **vals)
        visit = visit.with_env(self.env).with_user(self.user_agent)
        visit.action_schedule()
        return visit

    def _file(self, mail):
        [attachment] = mail.attachment_ids
        self.assertTrue(attachment.name.endswith(".ics"))
        return attachment.raw.decode()

    def _remind(self, moment, number):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_addon.aftersales_visit_reminder_ir_cron"
            ).method_direct_trigger()
        self._told(number)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitMail(VisitMailCase):
    """Customers are told once when somebody comes, moved, cancelled, reminded."""

    def test_from_the_confirmation_to_the_cancellation(self):
        visit = self._scheduled()
        mail = self._told(1)
        self.assertIn("Thursday, 25 June 2026", mail.subject)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(visit.sudo().access_token, mail.body_html)
        text = self._file(mail)
        self.assertIn("DTSTART:20260625T070000Z", text)
        self.assertIn("STATUS:CONFIRMED", text)
        self.assertIn("SEQUENCE:1", text)
        visit.date_start = datetime(2026, 6, 26, 7)
        self.assertEqual(visit.date_end, datetime(2026, 6, 26, 9))
        self.assertEqual(visit.date_planned, date(2026, 6, 26))
        mail = self._told(1)
        self.assertIn("New time", mail.subject)
        self.assertIn("SEQUENCE:2", self._file(mail))
        visit.action_cancel()
        mail = self._told(1)
        self.assertIn("cancelled", mail.subject)
        self.assertIn("METHOD:CANCEL", self._file(mail))

    def test_what_is_no_news(self):
        """Moved and moved back, other fields, or nothing agreed on."""
        visit = self._scheduled()
        self._told(1)
        visit.date_start = datetime(2026, 6, 26, 7)
        visit.date_start = START
        visit.description = "Bring the ladder"
        self._told(0)
        plan = self._visit().with_env(self.env)
        plan.date_planned = "2026-06-30"
        plan.action_cancel()
        self._told(0)

    def test_made_and_moved_at_once_is_told_once(self):
        visit = self._scheduled()
        visit.date_start = datetime(2026, 6, 26, 7)
        mail = self._told(1)
        self.assertIn("26 June", mail.subject)

    def test_nobody_is_told_where_it_is_switched_off(self):
        self.company.aftersales_visit_mails = False
        self._scheduled()
        self._told(0)

    def test_without_an_address(self):
        self.customer.email = False
        visit = self._scheduled()
        self._told(0)
        self.assertEqual(visit.state, "scheduled")

    def test_customers_time_zone_and_words(self):
        """The hour on the customer's wall, in the customer's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.write({"tz": "America/New_York", "lang": "fr_FR"})
        self._scheduled()
        mail = self._told(1)
        self.assertIn("juin", mail.subject)
        self.assertIn("03:00", mail.subject)

    def test_a_broken_text_undoes_nothing(self):
        template = self.env.ref("aftersales_addon.mail_template_data_visit_scheduled")
        template.sudo().subject = "{{ object.nonsense }}"
        visit = self._scheduled()
        with self.assertLogs("odoo.addons.aftersales_addon", "WARNING"):
            self._flush()
        self.assertEqual(visit.state, "scheduled")
        self.assertIn("could not be told", visit.message_ids[:1].body)

    def test_reminded_once(self):
        """Some days before, each appointment once, a moved one again."""
        visit = self._scheduled()
        self._told(1)
        self._remind("2026-06-22 08:00:00", 0)
        self._remind("2026-06-23 08:00:00", 1)
        self._remind("2026-06-23 09:00:00", 0)
        with freeze_time("2026-06-23 10:00:00"):
            visit.date_start = datetime(2026, 6, 29, 7)
            self._told(1)
        self._remind("2026-06-28 10:00:00", 1)
        self._remind("2026-06-29 08:00:00", 0)

    def test_made_shortly_before(self):
        """Whoever was told within those days needs no reminder."""
        with freeze_time("2026-06-24 08:00:00"):
            self._scheduled()
            self._told(1)
        self._remind("2026-06-24 10:00:00", 0)

    def test_reminders_off(self):
        self.company.aftersales_visit_reminder_days = 0
        self._scheduled()
        self._told(1)
        self._remind("2026-06-24 10:00:00", 0)

    def test_dates_follow_each_other(self):
        """The planned day moves the appointment by days, also over a clock change."""
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        visit = self._visit(date_start=datetime(2026, 10, 23, 7))
        visit.action_schedule()
        visit.date_planned = "2026-10-26"
        self.assertEqual(visit.date_start, datetime(2026, 10, 26, 8))
        self.assertEqual(visit.date_end, datetime(2026, 10, 26, 9))
        visit.date_end = datetime(2026, 10, 26, 12)
        visit.date_start = datetime(2026, 10, 27, 8)
        self.assertEqual(visit.date_end, datetime(2026, 10, 27, 12))
