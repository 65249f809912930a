import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .visit_work_common import VisitWorkCommon, make_photo


@tagged("post_install", "-at_install")
class TestVisitSave(VisitWorkCommon):
    """What a phone sends: once, in order, and nothing forced."""

    def setUp(self):
        super().setUp()
        self.unit = self._unit()
        self.visit = self._work(self.unit)
        self.line = self.visit.line_ids
        self.keys = 0

    def _save(self, *changes, key=None, visit=None):
        self.keys += 1
        visit = visit or self.visit
        return visit.save_work(list(changes), key or f"key-{self.keys}")["answers"]

    def _check(self, index, **values):
        item = self.checklist.item_ids[index]
        return {
            "op": "check",
            "line_id": self.line.id,
            "item_id": item.id,
            "values": values,
        }

    def test_the_same_key_is_done_once(self):
        change = {"op": "time_start", "kind": "work", "at": ""}
        first = self._save(change, key="one")
        second = self._save(change, key="one")
        self.assertEqual(first, [{"ok": True}])
        self.assertEqual(second, first)
        self.assertEqual(len(self.visit.time_ids), 1)
        self.assertEqual(self.visit.save_count, 1)

    def test_a_key_belongs_to_its_visit(self):
        other = self._work()
        self._save({"op": "work", "values": {"findings": "A"}}, key="one")
        self._save({"op": "work", "values": {"findings": "B"}}, key="one", visit=other)
        self.assertIn("B", other.findings)

    def test_all_of_a_visit(self):
        self._stock_van(self.filter, 2)
        self._stock_van(self.board, 1, self.board_lot)
        start = fields.Datetime.now() - timedelta(hours=2)
        answers = self._save(
            self._check(0, is_ticked=True),
            self._check(1, value=2.0, has_value=True),
            {**self._check(2), "op": "check_photo", "data": make_photo()},
            {"op": "photo", "data": "data:image/jpeg;base64," + make_photo("blue")},
            {"op": "reading", "line_id": self.line.id, "value": "12,5"},
            {"op": "part", "scan": "4006381333931", "quantity": 2},
            {"op": "part", "scan": "BOARD-1", "line_id": self.line.id},
            {
                "op": "time",
                "kind": "work",
                "start": start.isoformat() + "Z",
                "end": (start + timedelta(hours=1)).isoformat() + "Z",
            },
            {"op": "work", "values": {"findings": "Fine\nnow", "is_fixed": "yes"}},
            {"op": "further", "kind": "visit", "text": "New belt"},
            {"op": "sign", "who": "technician", "image": make_photo(kind="PNG")},
            {
                "op": "sign",
                "who": "customer",
                "name": "Anna",
                "image": "data:image/png;base64," + make_photo(kind="PNG"),
            },
            {"op": "step", "step": "finish"},
        )
        self.assertEqual(answers, [{"ok": True}] * 13)
        self.assertEqual(self.visit.state, "done")
        self.assertTrue(self.visit.is_as_signed)
        self.assertEqual(self.visit.reading_ids.value, 12.5)
        self.assertEqual(self.visit.hours_work, 1.0)
        self.assertEqual(self._on_hand(self.filter, self.van), 0)
        self.assertEqual(self.visit.part_ids.mapped("state"), ["done", "done"])
        self.assertEqual(self.visit.is_fixed, "yes")
        self.assertIn("Fine", self.visit.findings)

    def test_begun_without_a_line(self):
        """The checks are told before the visit begins, and answered by their item."""
        visit = self._visit(
            self.unit, user_id=self.user_technician.id, checklist_id=self.checklist.id
        ).with_user(self.user_technician)
        rows = visit.get_work()["checks"]
        self.assertEqual(len(rows), 4)
        self.assertFalse(visit.check_ids)
        change = {
            "op": "check",
            "line_id": rows[0]["line_id"],
            "item_id": rows[0]["item_id"],
            "values": {"is_ticked": True},
        }
        answers = self._save({"op": "step", "step": "begin"}, change, visit=visit)
        self.assertEqual(answers, [{"ok": True}] * 2)
        self.assertTrue(visit.check_ids[0].is_ticked)
        again = self._save({"op": "step", "step": "begin"}, visit=visit)
        self.assertEqual(again, [{"ok": True}])

    def test_what_is_refused_keeps_nothing_else_from_being_done(self):
        answers = self._save(
            {"op": "part", "scan": "nothing has this number"},
            self._check(0, is_ticked=True),
            {"op": "step", "step": "finish"},
        )
        self.assertIn("Nothing has the number", answers[0]["error"])
        self.assertEqual(answers[1], {"ok": True})
        self.assertIn("Pressure", answers[2]["error"])
        self.assertTrue(self.visit.check_ids[0].is_ticked)
        self.assertEqual(self.visit.state, "in_progress")

    def test_what_somebody_else_has_changed_is_not_overwritten(self):
        change = {
            "op": "work",
            "values": {"findings": "Mine"},
            "base": {"findings": ""},
        }
        self.visit.sudo().findings = "<p>Theirs</p>"
        self.assertEqual(self._save(change), [{"conflict": {"findings": "Theirs"}}])
        self.assertIn("Theirs", self.visit.findings)
        change["base"] = {"findings": "Theirs"}
        self.assertEqual(self._save(change), [{"ok": True}])
        self.assertIn("Mine", self.visit.findings)

    def test_what_was_typed_comes_back_as_it_was(self):
        for text in (
            "a\nb",
            "a\n\nb\n- c\n* d",
            "see https://x.example/a?b=1&c=2 and me@x.example",
            "1 < 2 & 3 > 2 <b>x</b>",
            "a  b   c",
            "<a href='x'>y</a>",
        ):
            with self.subTest(text=text):
                self._save({"op": "work", "values": {"findings": text}})
                self.visit.invalidate_recordset()
                self.assertEqual(self.visit.get_work()["findings"], text)

    def test_rounding_and_spaces_are_no_conflict(self):
        self._save(
            self._check(1, value=2.12345678, has_value=True),
            {"op": "work", "values": {"findings": "going on "}},
        )
        answers = self._save(
            {
                **self._check(1, value=2.2, has_value=True),
                "base": {"value": 2.12345678, "has_value": True},
            },
            {
                "op": "work",
                "values": {"findings": "going on further"},
                "base": {"findings": "going on "},
            },
        )
        self.assertEqual(answers, [{"ok": True}] * 2)

    def test_a_check_that_somebody_else_has_answered(self):
        self.visit.check_ids[1].value = 1.7
        change = {
            **self._check(1, value=2.0, has_value=True),
            "base": {"value": 0, "has_value": False},
        }
        answers = self._save(change)
        self.assertEqual(answers[0]["conflict"], {"value": 1.7, "has_value": True})
        self.assertEqual(self.visit.check_ids[1].value, 1.7)

    @mute_logger("odoo.sql_db")
    def test_hostile_changes(self):
        other = self._work(self._unit())
        part = self._part(other, self.filter)
        for change in (
            "text",
            {"op": "change"},
            {"op": "unlink"},
            {"op": "check", "values": {"is_ticked": True}},
            self._check(0, visit_id=5),
            self._check(1, value="nan"),
            self._check(1, value=1e300),
            {"op": "check", "id": other.check_ids[0].id, "values": {"is_ticked": 1}},
            {"op": "remove_part", "id": part.id},
            {"op": "remove_time", "id": "x"},
            {"op": "reading", "line_id": other.line_ids.id, "value": 5},
            {"op": "reading", "line_id": self.line.id, "value": -5},
            {"op": "part", "scan": "4006381333931", "quantity": -1},
            {"op": "part", "scan": "4006381333931", "line_id": other.line_ids.id},
            {"op": "photo", "data": "PHN2Zy8+"},
            {"op": "photo", "data": "%%%"},
            {"op": "step", "step": "cancel"},
            {"op": "step", "step": "set_off\x00"},
            {"op": "time_start", "kind": "holiday"},
            {"op": "time_start", "kind": "work", "at": "1999-01-01T00:00:00Z"},
            {"op": "work", "values": {"state": "done"}},
            {"op": "work", "values": {"is_fixed": "perhaps"}},
            {"op": "further", "kind": "visit", "text": "x", "day": "2001-01-01"},
        ):
            with self.subTest(change=change):
                answers = self._save(change)
                self.assertIn("error", answers[0])
        self.assertTrue(part.exists())
        self.assertFalse(self.visit.part_ids)
        self.assertFalse(self.visit.reading_ids)

    def test_a_photo_that_is_small_as_a_file_only(self):
        """It is refused with a word, and keeps nothing else from being taken in."""
        huge = make_photo(size=(30000, 30000), kind="PNG", mode="1")
        self.assertLess(len(huge), 500_000)
        answers = self._save(
            {"op": "photo", "data": huge},
            {"op": "work", "values": {"findings": "Kept"}},
        )
        self.assertIn("too large", answers[0]["error"])
        self.assertEqual(answers[1], {"ok": True})
        self.assertFalse(self.visit.photo_ids)
        # Nor does a customer send one with a case.
        content = base64.b64decode(huge)
        Case = self.env["aftersales.case"]
        self.assertEqual(Case._guess_ending(content), ("", False))

    def test_html_is_text(self):
        self._save({"op": "work", "values": {"findings": "<img src=x onerror=a()>"}})
        self.assertNotIn("<img", self.visit.findings)
        self.assertIn("<img src=x", self.visit.get_work()["findings"])

    def test_no_list_and_no_key(self):
        for changes, key in (({}, "a"), ([], ""), ([{}] * 201, "b"), (None, "c")):
            with self.assertRaises(UserError):
                self.visit.save_work(changes, key)

    def test_rights(self):
        other = self._other_technician()
        for method, args in (("get_work", ()), ("save_work", ([], "key"))):
            with self.assertRaises(AccessError):
                getattr(self.visit.with_user(other), method)(*args)
        visit = self.visit.with_user(self.user_portal)
        with self.assertRaises(UserError):
            visit.save_work([{"op": "step", "step": "finish"}], "key")
        for method, args in (
            ("get_work", ()),
            ("get_my_work", ()),
            ("get_parts", ("x",)),
        ):
            with self.assertRaises(UserError):
                getattr(visit, method)(*args)
        with self.assertRaises(AccessError):
            self.visit.with_user(self.user_internal).get_work()

    def test_my_list(self):
        today = self.company._aftersales_today()
        late = self._visit(
            user_id=self.user_technician.id, date_planned=today - timedelta(days=9)
        )
        far = self._visit(
            user_id=self.user_technician.id, date_planned=today + timedelta(days=30)
        )
        others = self._visit(user_id=self.user_agent.id)
        helped = self._visit(helper_ids=self.user_technician.ids)
        rows = self.visit.get_my_work()
        ids = [row["id"] for row in rows["visits"]]
        self.assertEqual(rows["today"], str(today))
        for visit, seen in (
            (late, True),
            (far, False),
            (others, False),
            (helped, True),
            (self.visit, True),
        ):
            self.assertEqual(visit.id in ids, seen)

    def test_parts_are_found_by_name_and_number(self):
        found = self.visit.get_parts("Control bo")
        self.assertEqual([row["id"] for row in found], self.board.ids)
        self.assertFalse(self.visit.get_parts("Maintenance Fee"))

    def test_old_keys_are_forgotten(self):
        self._save(key="old")
        save = self.env["aftersales.visit.save"].search([("key", "=", "old")])
        self.env.cr.execute(
            "UPDATE aftersales_visit_save SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=61), save.id],
        )
        save.invalidate_recordset()
        save._gc_saves()
        self.assertFalse(save.exists())

    def test_the_screen_takes_no_more_queries_for_more_units(self):
        def count(units):
            visit = self._work(units)
            for unit_line in visit.line_ids:
                self._part(visit, self.filter, line_id=unit_line.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            visit.get_work()
            return self.cr.sql_log_count - before

        count(self._unit())
        one, many = count(self._unit()), count(self._unit(count=50))
        self.assertLess(many, one + 60)
