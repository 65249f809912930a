from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .visit_work_common import VisitWorkCommon, make_photo


@tagged("post_install", "-at_install")
class TestVisitCheck(VisitWorkCommon):
    def test_each_unit_has_its_checks(self):
        units = self._unit(count=2)
        visit = self._work(units)
        self.assertEqual(len(visit.check_ids), 8)
        self.assertEqual(visit.check_ids.line_id, visit.line_ids)
        self.assertEqual(visit.check_label, "0 of 8")
        visit._make_checks()
        self.assertEqual(len(visit.check_ids), 8)

    def test_checks_are_a_snapshot(self):
        visit = self._work()
        item = self.checklist.item_ids[1]
        item.write({"name": "Other", "value_max": 9.0})
        check = visit.check_ids.filtered(lambda c: c.item_id == item)
        self.assertEqual((check.name, check.value_max), ("Pressure", 2.5))
        self.checklist.item_ids.unlink()
        self.assertEqual(len(visit.check_ids), 4)

    def test_words_are_kept_in_all_languages(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.checklist.item_ids[0].with_context(lang="de_DE").name = "Gereinigt"
        check = self._work().check_ids[0]
        self.assertEqual(check.with_context(lang="de_DE").name, "Gereinigt")
        self.assertEqual(check.with_context(lang="en_US").name, "Cleaned")

    def test_what_is_missing_is_named(self):
        visit = self._work(self._unit())
        with self.assertRaisesRegex(UserError, "Cleaned"):
            visit.action_finish()
        visit.check_ids[0].is_ticked = True
        with self.assertRaisesRegex(UserError, "Pressure"):
            visit.action_finish()
        visit.check_ids[1].value = 2.0
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_a_value_outside_its_limits_needs_a_word(self):
        visit = self._work()
        self._answer(visit, 2.51)
        check = visit.check_ids[1]
        self.assertTrue(check.is_out_of_limits)
        self.assertIn("1 outside", visit.check_label)
        with self.assertRaisesRegex(UserError, "outside of 1.5 to 2.5 bar"):
            visit.action_finish()
        check.note = "Refilled"
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_the_limits_themselves_are_inside(self):
        check = self._work().check_ids[1]
        for value, outside in ((1.5, False), (2.5, False), (1.49, True)):
            check.value = value
            self.assertEqual(check.is_out_of_limits, outside, value)

    def test_zero_is_a_value_when_it_was_typed(self):
        check = self._work().check_ids[1]
        check.write({"value": 0.0})
        self.assertFalse(check.is_answered)
        check.write({"value": 0.0, "has_value": True})
        self.assertTrue(check.is_answered)
        self.assertTrue(check.is_out_of_limits)

    def test_what_does_not_apply_needs_a_reason(self):
        visit = self._work()
        self._answer(visit)
        visit.check_ids[0].write({"is_ticked": False, "is_na": True})
        with self.assertRaisesRegex(UserError, "Cleaned: say why"):
            visit.action_finish()
        visit.check_ids[0].note = "Sealed"
        visit.action_finish()
        self.assertEqual(visit.check_ids[0].result, "Does not apply")

    def test_a_visit_without_units_has_the_checklist_once(self):
        visit = self._work()
        self.assertEqual(len(visit.check_ids), 4)
        self.assertFalse(visit.check_ids.line_id)

    def test_a_visit_without_a_checklist(self):
        visit = self._work(self._unit(), checklist_id=False)
        self.assertFalse(visit.check_ids)
        self.assertIs(visit.check_label, False)
        visit.action_finish()
        self.assertEqual(visit.state, "done")

    def test_a_thousand_checks_in_few_queries(self):
        item = self.checklist.item_ids[0]
        for number in range(246):
            item.copy({"name": f"More {number}", "checklist_id": self.checklist.id})
        units = self._unit(count=4)
        visit = self._visit(
            units, user_id=self.user_technician.id, checklist_id=self.checklist.id
        )
        visit = visit.with_user(self.user_technician)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        visit.action_begin()
        self.env.flush_all()
        self.assertLess(self.cr.sql_log_count - before, 150)
        self.assertEqual(len(visit.check_ids), 1000)
        self.assertEqual(len(visit.get_work()["checks"]), 1000)

    def test_photos_are_photos(self):
        check = self._work().check_ids[2]
        check._add_photo(make_photo())
        self.assertTrue(check.is_answered)
        self.assertEqual(check.photo_ids.res_model, "aftersales.visit")
        for wrong in ("PHNjcmlwdD4=", "", "not base64 at all", "JVBERi0xLjQ="):
            with self.assertRaises(ValidationError):
                check._add_photo(wrong)
        self.assertEqual(len(check.photo_ids), 1)

    def test_files_of_others_are_refused(self):
        visit = self._work()
        secret = self.env["ir.attachment"].create(
            {
                "name": "secret.jpg",
                "datas": make_photo(),
                "res_model": "res.partner",
                "res_id": self.other_customer.id,
            }
        )
        for record in (visit, visit.check_ids[2]):
            with self.assertRaises(UserError):
                record.photo_ids = [Command.link(secret.id)]

    def test_another_technician_is_refused(self):
        visit = self._work()
        other = self._other_technician()
        check = visit.check_ids[0]
        for record in (visit, check):
            with self.assertRaises(AccessError):
                record.with_user(other).check_access("read")
        with self.assertRaises(AccessError):
            check.with_user(other).is_ticked = True
        visit.sudo().helper_ids = other
        check.with_user(other).is_ticked = True
        self.assertEqual(check.user_id, other)

    def test_what_was_asked_does_not_change(self):
        check = self._work().check_ids[1]
        with self.assertRaises(UserError):
            check.write({"value_max": 100.0})
        with self.assertRaises(AccessError):
            check.create({"visit_id": check.visit_id.id, "name": "My own"})

    def test_a_done_visit_does_not_change(self):
        visit = self._work()
        self._answer(visit)
        visit.action_finish()
        with self.assertRaisesRegex(UserError, "is over"):
            visit.check_ids[0].is_ticked = False
        with self.assertRaisesRegex(UserError, "is over"):
            visit.findings = "More"
