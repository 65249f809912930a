from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .visit_work_common import VisitWorkCommon


@tagged("post_install", "-at_install")
class TestVisitPart(VisitWorkCommon):
    def setUp(self):
        super().setUp()
        self.unit = self._unit()
        self.visit = self._work(self.unit, checklist_id=False)
        self.line = self.visit.line_ids

    def test_parts_leave_the_van_when_the_visit_is_done(self):
        self._stock_van(self.filter, 3)
        part = self._part(self.visit, self.filter, quantity=2, line_id=self.line.id)
        self.assertEqual(self._on_hand(self.filter, self.van), 3)
        self.visit.action_finish()
        self.assertEqual(
            (part.state, self._on_hand(self.filter, self.van)), ("done", 1)
        )
        move = part.sudo().move_ids
        self.assertEqual(move.location_dest_id.usage, "production")
        self.assertEqual((move.state, move.reference), ("done", self.visit.number))
        self.assertEqual(abs(move.value), 40.0)
        self.assertEqual(part.sudo().cost, 40.0)

    def test_parts_become_no_installed_products(self):
        self.board.aftersales_policy_ids = self.policy_12
        self._stock_van(self.board, 1, self.board_lot)
        before = self.env["aftersales.asset"].search_count([])
        part = self._part(self.visit, self.board, lot_id=self.board_lot.id)
        part.action_book()
        self.assertEqual(self.env["aftersales.asset"].search_count([]), before)
        self.assertEqual(self._on_hand(self.board, self.van, self.board_lot), 0)

    def test_lots_are_asked_for(self):
        self._stock_van(self.oil, 5, self.oil_lot)
        part = self._part(self.visit, self.oil)
        with self.assertRaisesRegex(UserError, "lot or serial"):
            self.visit.action_finish()
        part.lot_id = self.oil_lot
        self.visit.action_finish()
        self.assertEqual(self._on_hand(self.oil, self.van, self.oil_lot), 4)

    def test_the_warehouse_helps_out(self):
        self._put_in_stock(self.filter, 4)
        part = self._part(self.visit, self.filter)
        part.action_book()
        self.assertEqual(part.sudo().location_id, self.stock)
        self.assertEqual(self._on_hand(self.filter, self.stock), 3)

    def test_too_little_stock_is_said_and_may_be_overruled(self):
        self._stock_van(self.filter, 1)
        part = self._part(self.visit, self.filter, quantity=2)
        with self.assertRaisesRegex(UserError, "Van 3 has 1 of 2 Units of Filter"):
            self.visit.action_finish()
        self.assertEqual(self.visit.state, "in_progress")
        part.is_forced = True
        self.visit.action_finish()
        self.assertEqual(self._on_hand(self.filter, self.van), -1)

    def test_two_parts_share_what_is_there(self):
        self._stock_van(self.filter, 1)
        for _index in range(2):
            self._part(self.visit, self.filter)
        with self.assertRaisesRegex(UserError, "has 1 of 2"):
            self.visit.action_finish()

    def test_parts_are_kept_for_the_visit(self):
        self._stock_van(self.filter, 1)
        part = self._part(self.visit, self.filter)
        part.action_reserve()
        self.assertTrue(part.is_reserved)
        other = self._work(checklist_id=False)
        later = self._part(other, self.filter)
        with self.assertRaisesRegex(UserError, "has 0 of 1"):
            later.action_book()
        self.visit.action_finish()
        self.assertEqual(part.state, "done")
        self.assertEqual(len(part.sudo().move_ids), 1)

    def test_what_was_kept_is_free_again(self):
        self._stock_van(self.filter, 1)
        visit = self._visit(user_id=self.user_technician.id)
        part = self._part(visit.with_user(self.user_technician), self.filter)
        part.action_reserve()
        visit.action_cancel()
        self.assertFalse(part.is_reserved)
        quant = self.env["stock.quant"]
        self.assertEqual(quant._get_available_quantity(self.filter, self.van), 1)

    def test_a_mistake_is_taken_back(self):
        self._stock_van(self.filter, 1)
        part = self._part(self.visit, self.filter)
        part.action_book()
        with self.assertRaisesRegex(UserError, "Take the part back"):
            part.unlink()
        with self.assertRaisesRegex(UserError, "does not change"):
            part.quantity = 5
        part.action_take_back()
        self.assertEqual(part.state, "taken_back")
        self.assertEqual(self._on_hand(self.filter, self.van), 1)
        values = part.sudo().move_ids.mapped("value")
        self.assertEqual([abs(value) for value in values], [20.0, 20.0])
        part.action_take_back()
        self.assertEqual(self._on_hand(self.filter, self.van), 1)

    def test_what_is_taken_out(self):
        kept = self._part(self.visit, self.filter, kind="removed")
        scrap = self._part(self.visit, self.filter, kind="removed", removed_to="scrap")
        back = self._part(self.visit, self.filter, kind="removed", removed_to="stock")
        self.visit.action_finish()
        self.assertFalse(kept.sudo().move_ids)
        self.assertEqual(scrap.sudo().move_ids.location_dest_usage, "inventory")
        self.assertEqual(back.sudo().move_ids.location_dest_id, self.van)
        self.assertEqual(self._on_hand(self.filter, self.van), 1)

    def test_a_serial_is_put_in_once(self):
        self._stock_van(self.board, 1, self.board_lot)
        self._part(self.visit, self.board, lot_id=self.board_lot.id)
        with self.assertRaisesRegex(ValidationError, "is on"):
            self._part(self.visit, self.board, lot_id=self.board_lot.id)
        with self.assertRaisesRegex(ValidationError, "each of them on its own"):
            self._part(
                self.visit,
                self.board,
                lot_id=self._make_lots(self.board, "B2").id,
                quantity=2,
            )

    def test_what_the_customer_pays(self):
        part = self._part(self.visit, self.filter, line_id=self.line.id)
        share = self.unit._assess(item="parts", product=self.filter)["items"]["parts"]
        self.assertEqual(part.share, share["share"])
        self.assertEqual(part.coverage_label, "Nothing: it is covered")
        loose = self._part(self.visit, self.filter)
        self.assertEqual(loose.coverage_label, "100 %")

    def test_wrong_quantities_and_goods(self):
        for quantity in (0, -1):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._part(self.visit, self.filter, quantity=quantity)
                self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "is no goods"):
            self._part(self.visit, self.fee)
        with self.assertRaisesRegex(ValidationError, "is no"):
            self._part(self.visit, self.filter, lot_id=self.oil_lot.id)
        other = self._visit(self._unit(), user_id=self.user_technician.id)
        with self.assertRaisesRegex(ValidationError, "on this visit"):
            self._part(self.visit, self.filter, line_id=other.line_ids.id)
        with self.assertRaises(UserError):
            self._part(self.visit, self.filter, state="done")

    def test_rights(self):
        part = self._part(self.visit, self.filter)
        other = self._other_technician()
        for step in ("action_book", "action_take_back", "action_reserve"):
            with self.assertRaises(AccessError):
                getattr(part.with_user(other), step)()
            with self.assertRaises(AccessError):
                getattr(part.with_user(self.user_portal), step)()

    def test_fifty_parts_take_no_more_queries_each(self):
        self._stock_van(self.filter, 200)

        def count(number):
            visit = self._work(checklist_id=False)
            for _index in range(number):
                self._part(visit, self.filter)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            visit.part_ids.action_book()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        one, many = count(1), count(50)
        self.assertLess(many, one + 50 * 6)
