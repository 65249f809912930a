from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon

NOW = "2026-06-15 08:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitLife(ContractCommon):
    """The steps of a visit, and where each may begin."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.absent = cls.env.ref("aftersales_addon.aftersales_visit_reason_absent")

    def _scheduled(self, **vals):
        visit = self._visit(
            date_start=datetime(2026, 6, 16, 9), user_id=self.user_technician.id, **vals
        )
        visit.with_user(self.user_agent).action_schedule()
        return visit

    def test_whole_life(self):
        """From the appointment to the end, by the people who do it."""
        visit = self._scheduled(duration=2.0)
        self.assertEqual(visit.state, "scheduled")
        self.assertEqual(visit.date_end, datetime(2026, 6, 16, 11))
        self.assertEqual(visit.date_planned, date(2026, 6, 16))
        mine = visit.with_user(self.user_technician)
        mine.action_set_off()
        self.assertEqual(visit.state, "on_way")
        mine.action_begin()
        self.assertEqual((visit.state, str(visit.date_begun)), ("in_progress", NOW))
        mine.action_finish()
        self.assertEqual((visit.state, str(visit.date_done)), ("done", NOW))

    def test_planned_day_is_the_companys(self):
        """An appointment late in the evening in America is on that day there."""
        self.company.resource_calendar_id.tz = "America/New_York"
        visit = self._visit(date_start=datetime(2026, 10, 2, 1, 0))
        self.assertEqual(visit.date_planned, date(2026, 10, 1))
        visit.action_schedule()
        self.assertEqual(visit.date_planned, date(2026, 10, 1))

    def test_without_a_time_the_dialog_opens(self):
        visit = self._visit()
        action = visit.with_user(self.user_agent).action_schedule()
        self.assertEqual(action["res_model"], "aftersales.visit.schedule")
        dialog = (
            self.env["aftersales.visit.schedule"]
            .with_user(self.user_agent)
            .with_context(**action["context"])
            .create({"user_id": self.user_technician.id, "duration": 3})
        )
        self.assertEqual(dialog.date_start, datetime(2026, 6, 15, 8))
        dialog.action_schedule()
        self.assertEqual(
            (visit.state, visit.user_id), ("scheduled", self.user_technician)
        )
        self.assertEqual(visit.date_end, datetime(2026, 6, 15, 11))
        dialog.duration = 0
        with self.assertRaises(UserError):
            dialog.action_schedule()

    def test_many_are_scheduled_at_once_only_with_times(self):
        visits = self._visit(date_start=datetime(2026, 6, 16, 9)) | self._visit()
        with self.assertRaises(UserError):
            visits.action_schedule()
        visits.date_start = datetime(2026, 6, 16, 9)
        visits.action_schedule()
        self.assertEqual(set(visits.mapped("state")), {"scheduled"})

    def test_steps_from_wrong_states(self):
        """Each refused step says so."""
        visit = self._visit()
        for step in ("action_set_off", "action_finish", "action_reopen"):
            with self.subTest(step), self.assertRaises(UserError):
                getattr(visit, step)()
        visit.action_begin()
        for step in ("action_schedule", "action_set_off", "action_begin"):
            with self.subTest(step), self.assertRaises(UserError):
                getattr(visit, step)()
        with self.assertRaises(UserError):
            visit.action_cancel()
        visit.action_finish()
        for step in ("action_cancel", "action_not_done", "action_finish"):
            with self.subTest(step), self.assertRaises(UserError):
                getattr(visit, step)()

    def test_what_is_missing_keeps_it_open(self):
        visit = self._visit()
        visit.action_begin()
        cls = type(visit)
        self.patch(cls, "_get_finish_error", lambda self: "Sign first.")
        with self.assertRaisesRegex(UserError, "Sign first"):
            visit.action_finish()
        self.assertEqual(visit.state, "in_progress")

    def test_not_done_and_again(self):
        """The reason is kept, and another visit with the same units takes its place."""
        unit = self._unit()
        visit = self._scheduled(units=unit)
        mine = visit.with_user(self.user_technician)
        action = mine.action_not_done()
        dialog = (
            self.env["aftersales.visit.not.done"]
            .with_user(self.user_technician)
            .with_context(**action["context"])
            .create({"reason_id": self.absent.id, "note": "Rang twice"})
        )
        self.assertTrue(dialog.plan_again)
        dialog.date_again = "2026-06-22"
        dialog.action_confirm()
        self.assertEqual((visit.state, visit.reason_id), ("not_done", self.absent))
        again = visit.again_ids
        self.assertEqual(again.date_planned, date(2026, 6, 22))
        self.assertEqual((again.state, again.line_ids.asset_id), ("planned", unit))
        self.assertFalse(again.date_start)
        with self.assertRaises(UserError):
            visit.with_user(self.user_manager).action_reopen()
        again.action_cancel()
        visit.with_user(self.user_manager).action_reopen()
        self.assertEqual((visit.state, visit.reason_id.id), ("planned", False))

    def test_only_a_manager_reopens(self):
        visit = self._visit()
        visit.action_begin()
        visit.action_finish()
        with self.assertRaises(AccessError):
            visit.with_user(self.user_agent).action_reopen()
        visit.with_user(self.user_manager).action_reopen()
        self.assertEqual((visit.state, visit.date_done), ("in_progress", False))

    def test_whoever_begins_is_the_technician(self):
        visit = self._visit()
        visit.with_user(self.user_technician).action_begin()
        self.assertEqual(visit.user_id, self.user_technician)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_visits_of_others(self):
        visit = self._visit(user_id=self.user_agent.id)
        with self.assertRaises(AccessError):
            visit.with_user(self.user_technician).action_begin()
        for user in (self.user_sale, self.user_portal, self.user_internal):
            with self.assertRaises(AccessError):
                visit.with_user(user).action_cancel()

    def test_moving_a_card(self):
        """A card goes through the step, or is refused with what to do instead."""
        visit = self._scheduled().with_user(self.user_agent)
        visit.write({"state": "in_progress"})
        self.assertEqual(visit.date_begun, datetime(2026, 6, 15, 8))
        for state in ("planned", "scheduled", "not_done", "cancelled", "on_way"):
            with self.subTest(state), self.assertRaises(UserError):
                visit.write({"state": state})
        visit.write({"state": "done"})
        self.assertTrue(visit.date_done)
        with self.assertRaises(AccessError):
            visit.write({"state": "in_progress"})
        plain = self._visit().with_user(self.user_agent)
        with self.assertRaises(UserError):
            plain.write({"state": "scheduled"})
        with self.assertRaises(UserError):
            plain.write({"state": "done"})
        with self.assertRaises(UserError):
            plain.write({"state": "cancelled", "color": 2})

    def test_columns_in_order(self):
        """All columns are there, also empty ones, in the order of the steps."""
        self._visit()
        Visit = self.env["aftersales.visit"].with_context(read_group_expand=True)
        groups = Visit.web_read_group(
            [("partner_id", "=", self.customer.id)], ["state"], ["__count"]
        )["groups"]
        self.assertEqual(
            [group["state"] for group in groups],
            "planned scheduled on_way in_progress done not_done cancelled".split(),
        )

    def test_cancelled_within_the_way(self):
        visit = self._scheduled()
        visit.action_set_off()
        visit.action_cancel()
        self.assertEqual(visit.state, "cancelled")
