from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_addon.tests.common import AftersalesCommon
from odoo.addons.mail.tests.common import MailCase

from .. import _post_init_hook

START, END = datetime(2026, 6, 16, 9), datetime(2026, 6, 16, 11)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 08:00:00")
class TestVisitEvent(AftersalesCommon, MailCase):
    """The calendars of technicians follow their visits, and the other way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tests' own sign for bulk work keeps e-mails away.
        cls.env = cls.env(context={})
        cls.colleague = new_test_user(
            cls.env,
            "as_colleague",
            groups="aftersales_addon.aftersales_group_technician",
        )
        cls.visit = cls.env["aftersales.visit"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.user_technician.id,
                "date_start": START,
                "date_end": END,
            }
        )

    def _events(self):
        return self.env["calendar.event"].search(
            [("aftersales_visit_id", "=", self.visit.id)], order="id"
        )

    def test_event_follows_the_visit(self):
        self.assertFalse(self._events())
        visit = self.visit.with_user(self.user_agent)
        with self.mock_mail_gateway():
            visit.action_schedule()
            event = self._events()
            self.assertEqual((event.start, event.stop), (START, END))
            self.assertEqual(event.user_id, self.user_technician)
            self.assertEqual(event.partner_ids, self.user_technician.partner_id)
            visit.date_start = datetime(2026, 6, 17, 9)
            self.assertEqual(self._events().start, datetime(2026, 6, 17, 9))
            self.assertEqual(self._events().stop, datetime(2026, 6, 17, 11))
            visit.helper_ids = self.colleague
            self.assertEqual(
                self._events().user_id, self.user_technician | self.colleague
            )
            visit.write({"user_id": self.colleague.id, "helper_ids": [(5,)]})
            self.assertEqual(self._events().user_id, self.colleague)
            visit.action_cancel()
            self.assertFalse(self._events())
        invitations = self._new_mails.filtered(lambda m: m.model != "aftersales.visit")
        self.assertFalse(invitations, "the calendar invites nobody")

    def test_same_values_write_nothing(self):
        self.visit.action_schedule()
        event = self._events()
        self.visit._sync_calendar_events()
        self.assertEqual(self._events(), event)

    def test_visit_follows_the_event(self):
        self.visit.action_schedule()
        event = self._events().with_user(self.user_technician)
        event.write({"start": "2026-06-18 07:00:00", "stop": "2026-06-18 10:00:00"})
        self.assertEqual(self.visit.date_start, datetime(2026, 6, 18, 7))
        self.assertEqual(self.visit.date_end, datetime(2026, 6, 18, 10))
        self.assertEqual(str(self.visit.date_planned), "2026-06-18")

    def test_what_has_begun_stays(self):
        self.visit.action_schedule()
        self.visit.action_begin()
        event = self._events().with_user(self.user_technician)
        with self.assertRaisesRegex(UserError, "begun"):
            event.start = "2026-06-18 07:00:00"

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_visits_of_others_stay(self):
        self.visit.action_schedule()
        event = self._events().with_user(self.colleague)
        with self.assertRaises(AccessError):
            event.write({"start": "2026-06-18 07:00:00", "stop": "2026-06-18 10:00:00"})

    def test_an_event_is_not_deleted(self):
        self.visit.action_schedule()
        event = self._events().with_user(self.user_technician)
        with self.assertRaisesRegex(UserError, "cancel the visit"):
            event.unlink()
        with self.assertRaisesRegex(UserError, "cancel the visit"):
            event.active = False

    def test_query_count(self):
        """Many visits cost no more for each than one."""
        self.visit.action_schedule()
        visits = self.visit.copy({"user_id": self.colleague.id})
        visits |= self.visit.copy({"user_id": self.colleague.id})
        visits.date_start, visits.date_end = START, END
        visits._set_scheduled()
        self.assertEqual(len(visits.aftersales_event_ids), 2)
        self.env.flush_all()
        with self.assertQueryCount(3):
            visits._sync_calendar_events()

    def test_calendars_after_the_fact(self):
        """Installed later, what is agreed on already comes in."""
        self.visit.action_schedule()
        self._events().sudo().unlink()
        _post_init_hook(self.env)
        self.assertEqual(len(self._events()), 1)
