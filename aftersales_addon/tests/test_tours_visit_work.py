from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .visit_work_common import VisitWorkCommon


@tagged("post_install", "-at_install")
class TestToursVisitWork(HttpCase, VisitWorkCommon):
    """A technician's visit on the screen of a phone."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_technician.password = cls.user_technician.login
        cls.customer.write({"street": "Main Street 1", "phone": "+49 30 123456"})
        cls._stock_van(cls.board, 1, cls.board_lot)
        start = fields.Datetime.now().replace(minute=0, second=0)
        cls.visit = cls._visit(
            cls._unit(),
            user_id=cls.user_technician.id,
            checklist_id=cls.checklist.id,
            date_start=start,
            date_end=start + timedelta(hours=2),
        )
        cls.visit.action_schedule()
        cls.customer.name = "Anna"

    def test_a_visit_on_the_phone(self):
        self.start_tour(
            "/odoo/my-day", "aftersales_visit_work", login=self.user_technician.login
        )
        visit = self.visit
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.signed_by, "Anna")
        self.assertTrue(visit.is_as_signed)
        self.assertTrue(visit.technician_signature)
        self.assertEqual(visit.part_ids.lot_id, self.board_lot)
        self.assertEqual(visit.part_ids.state, "done")
        self.assertEqual(visit.reading_ids.value, 120)
        self.assertEqual(visit.is_fixed, "yes")
        self.assertEqual(set(visit.time_ids.mapped("kind")), {"work", "travel"})
        photo = visit.check_ids.photo_ids
        self.assertEqual(photo.mimetype, "image/jpeg")
        self.assertLess(photo.file_size, 200_000)

    def test_without_a_line(self):
        self.visit.with_user(self.user_technician).action_begin()
        self.start_tour(
            "/odoo/my-day",
            "aftersales_visit_offline",
            login=self.user_technician.login,
        )
        self.assertIn("Kept words", self.visit.findings)
        self.assertEqual(len(self.visit.photo_ids), 1)

    def test_a_signature_is_needed(self):
        self.company.aftersales_visit_signature = "both"
        self.visit.checklist_id = False
        self.visit.with_user(self.user_technician).action_begin()
        self.start_tour(
            "/odoo/my-day", "aftersales_visit_sign", login=self.user_technician.login
        )
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.visit.signature_refusal, "Nobody is there")
        self.assertTrue(self.visit.technician_signature)

    def test_two_write_at_once(self):
        self.visit.with_user(self.user_technician).action_begin()
        self.start_tour(
            "/odoo/my-day",
            "aftersales_visit_conflict",
            login=self.user_technician.login,
        )
        self.assertIn("My words", self.visit.findings)

    def test_it_cannot_be_done(self):
        self.start_tour(
            "/odoo/my-day",
            "aftersales_visit_not_done",
            login=self.user_technician.login,
        )
        self.assertEqual(self.visit.state, "scheduled")
