from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .visit_work_common import VisitWorkCommon, make_photo


@tagged("post_install", "-at_install")
class TestVisitSign(VisitWorkCommon):
    def setUp(self):
        super().setUp()
        self.visit = self._work(self._unit())
        self._answer(self.visit)

    def test_what_is_signed_does_not_change(self):
        self.visit._sign_customer("Anna <b>Weber</b>", make_photo(kind="PNG"))
        self.assertTrue(self.visit.is_as_signed)
        self.assertTrue(self.visit.signature)
        for change in (
            lambda: self.visit.check_ids[0].write({"is_ticked": False}),
            lambda: self.visit.write({"findings": "<p>Else</p>"}),
            lambda: self._part(self.visit, self.filter),
            lambda: self.visit.write({"signed_by": "Somebody"}),
            lambda: self.visit._sign_customer("Ben", make_photo(kind="PNG")),
        ):
            with self.assertRaises(UserError):
                change()
        self.visit.action_finish()
        self.assertTrue(self.visit.is_as_signed)

    def test_the_fingerprint_tells_a_change(self):
        self.visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.visit.check_ids[1].sudo().value = 2.1
        self.assertFalse(self.visit.is_as_signed)

    def test_parts_are_booked_after_the_signature(self):
        self._stock_van(self.filter)
        self._part(self.visit, self.filter)
        self.visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.visit.action_finish()
        self.assertEqual(self.visit.part_ids.state, "done")
        self.assertTrue(self.visit.is_as_signed)

    def test_not_signed_for_a_reason(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.visit._refuse_signature("  ")
        self.visit._refuse_signature("Nobody there")
        self.assertTrue(self.visit.is_frozen)
        self.assertFalse(self.visit.signed_by)

    def test_not_before_the_checklist_is_complete(self):
        """It could not be made up for: what is signed does not change."""
        visit = self._work(self._unit())
        for sign in (
            lambda: visit._sign_customer("Anna", make_photo(kind="PNG")),
            lambda: visit._refuse_signature("Nobody is there"),
            visit.action_refuse_signature,
        ):
            with self.assertRaisesRegex(UserError, "Cleaned(.|\n)*fill this in first"):
                sign()
        self.assertFalse(visit.is_frozen)
        self._answer(visit)
        visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.assertTrue(visit.is_as_signed)

    def test_without_what_must_be_answered_it_is_signed_at_once(self):
        self.checklist.item_ids.is_required = False
        visit = self._work(self._unit())
        visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.assertTrue(visit.date_signed)

    def test_a_phone_that_sends_the_signature_too_early(self):
        """It is told why and keeps the drawing: the rest is taken in."""
        visit = self._work(self._unit())
        sign = {
            "op": "sign",
            "who": "customer",
            "name": "Anna",
            "image": "data:image/png;base64," + make_photo(kind="PNG"),
        }
        work = {"op": "work", "values": {"findings": "Fine"}}
        sent = visit.save_work([work, sign, {"op": "step", "step": "finish"}], "k1")
        self.assertEqual(sent["answers"][0], {"ok": True})
        self.assertIn("fill this in first", sent["answers"][1]["error"])
        self.assertIn("Cleaned", sent["answers"][2]["error"])
        self.assertFalse(sent["work"]["is_frozen"])
        ticks = [
            {"op": "check", "id": check.id, "values": values}
            for check, values in zip(
                visit.check_ids, [{"is_ticked": True}, {"value": 2}], strict=False
            )
        ]
        sent = visit.save_work([*ticks, sign], "k2")
        self.assertEqual(sent["answers"], [{"ok": True}] * 3)
        self.assertEqual(visit.signed_by, "Anna")

    def _refuse(self, **vals):
        action = self.visit.action_refuse_signature()
        wizard = self.env[action["res_model"]].with_user(self.user_technician)
        form = Form(wizard.with_context(**action["context"]))
        for name, value in vals.items():
            setattr(form, name, value)
        form.save().action_confirm()

    def test_not_signed_is_put_down_on_the_form(self):
        self._refuse(reason="unwilling")
        self.assertEqual(self.visit.signature_refusal, "Does not want to sign")
        self.assertTrue(self.visit.is_as_signed)
        with self.assertRaisesRegex(UserError, "signed"):
            self.visit.action_refuse_signature()
        self.visit.action_finish()

    def test_another_reason_is_said(self):
        with self.assertRaises(AssertionError):
            self._refuse(reason="other")
        self._refuse(reason="other", note="Is ill")
        self.assertEqual(self.visit.signature_refusal, "Is ill")

    def test_nobody_puts_it_down_on_the_visit_of_others(self):
        wizard = self.env["aftersales.visit.refusal"].with_user(
            self._other_technician()
        )
        with self.assertRaises(AccessError):
            wizard.create({"visit_ids": self.visit.ids}).action_confirm()
        self.assertFalse(self.visit.date_signed)

    def test_a_manager_opens_signed_work(self):
        self.visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.visit._sign_technician(make_photo(kind="PNG"))
        with self.assertRaises(AccessError):
            self.visit.action_unsign()
        self.visit.with_user(self.user_manager).action_unsign()
        self.assertFalse(self.visit.date_signed)
        kept = self.visit.sudo().message_ids.attachment_ids
        self.assertEqual(len(kept), 2)
        self.visit.check_ids[0].is_ticked = False

    def test_opening_a_done_visit_again_drops_the_signature(self):
        self.visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.visit.action_finish()
        self.visit.with_user(self.user_manager).action_reopen()
        self.assertFalse(self.visit.date_signed)
        self.assertEqual(self.visit.state, "in_progress")

    def test_signatures_are_pictures(self):
        for wrong in ("", "PHNjcmlwdD4=", "%%%"):
            with self.assertRaises(UserError):
                self.visit._sign_customer("Anna", wrong)
        with self.assertRaisesRegex(UserError, "name"):
            self.visit._sign_customer("", make_photo(kind="PNG"))

    def test_a_clock_stops_with_the_signature(self):
        Time = self.env["aftersales.visit.time"].with_user(self.user_technician)
        start = fields.Datetime.now() - timedelta(hours=1)
        time = Time._start(self.visit, "work", start)
        self.visit._sign_customer("Anna", make_photo(kind="PNG"))
        self.assertTrue(time.date_end)
        self.assertAlmostEqual(self.visit.hours_work, 1.0, places=1)


@tagged("post_install", "-at_install")
class TestVisitTime(VisitWorkCommon):
    def setUp(self):
        super().setUp()
        self.visit = self._work(checklist_id=False)
        self.Time = self.env["aftersales.visit.time"].with_user(self.user_technician)
        self.now = fields.Datetime.now()

    def _time(self, start, end, **vals):
        return self.Time.create(
            {
                "visit_id": self.visit.id,
                "date_start": self.now - timedelta(hours=start),
                "date_end": end is not None and self.now - timedelta(hours=end),
                **vals,
            }
        )

    def test_one_thing_at_a_time(self):
        self.Time._start(self.visit, "travel", self.now - timedelta(hours=2))
        self.Time._start(self.visit, "work", self.now - timedelta(hours=1))
        self.assertEqual(self.visit.hours_travel, 1.0)
        other = self._work(checklist_id=False)
        self.Time._start(other, "work", self.now)
        self.assertEqual(self.visit.hours_work, 1.0)
        self.assertEqual(len(other.time_ids), 1)

    def test_finishing_stops_the_clock(self):
        self.Time._start(self.visit, "work", self.now - timedelta(hours=3))
        self.visit.action_finish()
        self.assertAlmostEqual(self.visit.hours_work, 3.0, places=1)

    def test_a_forgotten_clock_is_cut(self):
        self.Time._start(self.visit, "work", self.now - timedelta(days=3))
        self.visit.action_finish()
        self.assertEqual(self.visit.hours_work, 24.0)

    def test_typed_times(self):
        self._time(3, 1)
        self.assertEqual(self.visit.hours_work, 2.0)
        with self.assertRaises(UserError):
            self._time(30, 1)
        with self.assertRaises(UserError):
            self._time(1, -2)
        with self.assertRaises(UserError):
            self._time(2, 1, user_id=self.user_agent.id)


@tagged("post_install", "-at_install")
class TestVisitReading(VisitWorkCommon):
    def setUp(self):
        super().setUp()
        self.unit = self._unit()
        self.visit = self._work(self.unit, checklist_id=False)
        self.line = self.visit.line_ids

    def test_a_reading_of_the_unit(self):
        reading = self.visit._add_reading(self.line, 120, "hour")
        self.assertEqual(reading.asset_id, self.unit)
        self.assertEqual((reading.source, reading.visit_id), ("visit", self.visit))
        same = self.visit._add_reading(self.line, 120, "hour")
        self.assertEqual(same, reading)

    def test_a_lower_one_needs_a_reason(self):
        self.visit._add_reading(self.line, 120, "hour")
        with self.assertRaisesRegex(UserError, "reason"):
            self.visit._add_reading(self.line, 90, "hour")
        self.visit._add_reading(self.line, 90, "hour", reason="Read wrongly")
        self.assertEqual(len(self.visit.reading_ids), 2)

    def test_of_units_of_the_visit_only(self):
        other = self._visit(self._unit())
        with self.assertRaises(UserError):
            self.visit._add_reading(other.line_ids, 5)


@tagged("post_install", "-at_install")
class TestVisitFurther(VisitWorkCommon):
    def test_another_visit(self):
        visit = self._work(self._unit(), checklist_id=False)
        further = visit._make_further("visit", "Change the <b>belt</b>")
        self.assertEqual(further.state, "planned")
        self.assertEqual(visit.sudo().further_visit_ids, further)
        self.assertEqual(further.line_ids.asset_id, visit.line_ids.asset_id)
        self.assertIn("&lt;b&gt;belt", further.description)

    def test_a_case(self):
        visit = self._work(self._unit(), checklist_id=False)
        case = visit._make_further("case", "Noise\nSince yesterday")
        self.assertEqual(case.name, "Noise")
        self.assertEqual(case.asset_id, visit.line_ids.asset_id)
        self.assertEqual(visit.sudo().further_case_ids, case)

    def test_what_is_to_be_done_is_needed(self):
        visit = self._work(checklist_id=False)
        for kind, text in (("visit", " "), ("case", ""), ("unlink", "x")):
            with self.assertRaises(UserError):
                visit._make_further(kind, text)

    def test_why_it_is_not_fixed(self):
        visit = self._work(checklist_id=False)
        visit.is_fixed = "no"
        with self.assertRaisesRegex(UserError, "Say why"):
            visit.action_finish()
        visit.not_fixed_reason = "Part missing"
        visit.action_finish()
        self.assertEqual(visit.state, "done")
