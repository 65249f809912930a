from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAssetReturn(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12
        cls.serial = cls._make_lots(cls.lock, "R1")

    def test_w14_claim_for_more_than_is_left(self):
        move = self._deliver(self.sensor, 10)
        self._return(move, 3)
        asset = self._assets(move)
        answer = asset._assess(item="parts", quantity=8)
        self.assertEqual(answer["quantity_covered"], 7)
        self.assertEqual(answer["quantity_uncovered"], 1)
        failed = [c["reason"] for c in answer["checks"] if not c["passed"]]
        self.assertEqual(len(failed), 1)
        self.assertIn("only 7 of those delivered", failed[0])

    def test_w15_each_delivery_has_its_own_term(self):
        with freeze_time("2026-01-10 10:00"):
            first = self._deliver(self.sensor, 5)
        with freeze_time("2026-02-10 10:00"):
            second = self._deliver(self.sensor, 5)
        with freeze_time("2026-03-01 10:00"):
            self._return(first, 3)
        self.assertEqual(
            self._assets(first | second).mapped(lambda a: (a.quantity, a.warranty_end)),
            [(2.0, date(2027, 1, 10)), (5.0, date(2027, 2, 10))],
        )

    def test_w16_a_repair_changes_nothing(self):
        move = self._deliver(self.lock, lots=self.serial)
        asset = self._assets(move)
        end = asset.warranty_end
        back = self._return(move, lots=self.serial, to_refund=False)
        self.assertEqual((asset.state, asset.quantity), ("in_use", 1.0))
        again = self._deliver(
            self.lock, lots=self.serial, origin_returned_move_id=back.id
        )
        self.assertFalse(self._assets(again), "the same unit is not new")
        self.assertEqual((asset.state, asset.quantity), ("in_use", 1.0))
        self.assertEqual(asset.warranty_end, end)

    def test_w17_sold_returned_and_sold_to_another(self):
        with freeze_time("2024-01-10 10:00"):
            first = self._deliver(self.lock, lots=self.serial)
        with freeze_time("2024-02-01 10:00"):
            self._return(first, lots=self.serial)
        with freeze_time("2024-03-05 10:00"):
            second = self._deliver(
                self.lock, lots=self.serial, partner=self.other_customer
            )
        closed, current = self._assets(first), self._assets(second)
        self.assertEqual(closed.state, "returned")
        self.assertEqual(closed.date_closed, date(2024, 2, 1))
        self.assertEqual(closed.warranty_ids.state, "closed")
        self.assertFalse(closed._assess(date(2024, 4, 1))["covered"])
        self.assertEqual(current.partner_id, self.other_customer)
        self.assertEqual(current.warranty_ids.date_end, date(2025, 3, 5))
        self.assertTrue(current._assess(date(2025, 3, 5))["covered"])

    def test_a_returns_return_reopens_with_the_old_dates(self):
        with freeze_time("2026-01-10 10:00"):
            move = self._deliver(self.lock, lots=self.serial)
        with freeze_time("2026-02-10 10:00"):
            back = self._return(move, lots=self.serial)
        asset = self._assets(move)
        self.assertEqual(asset.state, "returned")
        with freeze_time("2026-03-10 10:00"):
            again = self._deliver(
                self.lock, lots=self.serial, origin_returned_move_id=back.id
            )
        self.assertEqual(asset.state, "in_use")
        self.assertEqual(asset.warranty_ids.state, "open")
        self.assertEqual(asset.warranty_end, date(2027, 1, 10))
        self.assertFalse(self._assets(again))

    def test_quantities_go_back_and_forth(self):
        move = self._deliver(self.sensor, 10)
        asset = self._assets(move)
        back = self._return(move, 4)
        self.assertEqual(asset.quantity, 6)
        self._deliver(self.sensor, 3, origin_returned_move_id=back.id)
        self.assertEqual(asset.quantity, 9)
        last = self._return(move, 9)
        self.assertEqual((asset.quantity, asset.state), (0, "returned"))
        self._deliver(self.sensor, 2, origin_returned_move_id=last.id)
        self.assertEqual((asset.quantity, asset.state), (2, "in_use"))

    def test_refund_after_a_repair_counts_once(self):
        move = self._deliver(self.sensor, 10)
        repair = self._return(move, 4, to_refund=False)
        way_back = self._deliver(self.sensor, 4, origin_returned_move_id=repair.id)
        self.assertEqual(self._assets(move).quantity, 10)
        self._return(way_back, 4)
        self.assertEqual(self._assets(move).quantity, 6)

    def test_lots_are_counted_apart(self):
        lots = self._make_lots(self.cable, "L1", "L2")
        move = self._deliver(self.cable, 5, lots)
        self._return(move, 2, lots[1])
        self.assertEqual(
            self._assets(move).mapped(lambda a: (a.lot_id.name, a.quantity)),
            [("L1", 5.0), ("L2", 3.0)],
        )

    def test_serial_returned_without_naming_its_delivery(self):
        move = self._deliver(self.lock, lots=self.serial)
        back = self._move(
            self.lock, 1, self.customers, self.stock, self.serial, self.customer
        )
        self.assertEqual(self._assets(move).state, "returned")
        self.assertIn(back, self._assets(move).return_move_ids)

    def test_another_serial_sent_instead_is_a_new_unit(self):
        move = self._deliver(self.lock, lots=self.serial)
        back = self._return(move, lots=self.serial)
        other = self._make_lots(self.lock, "R2")
        swap = self._deliver(self.lock, lots=other, origin_returned_move_id=back.id)
        self.assertEqual(self._assets(swap).lot_id, other)
        self.assertEqual(self._assets(move).state, "returned")

    def test_resale_of_a_unit_that_only_came_for_a_repair(self):
        first = self._deliver(self.lock, lots=self.serial)
        self._return(first, lots=self.serial, to_refund=False)
        second = self._deliver(self.lock, lots=self.serial, partner=self.other_customer)
        self.assertEqual(self._assets(first).state, "transferred")
        self.assertEqual(self._assets(second).state, "in_use")
        self.assertEqual(self._assets(second).partner_id, self.other_customer)

    def test_lowered_order_takes_from_the_oldest_delivery(self):
        self._put_in_stock(self.sensor, 10)
        order = self._sell([(self.sensor, 10)])
        line = order.order_line
        for quantity in (4, 6):
            picking = order.picking_ids.filtered(lambda p: p.state != "done")
            picking.move_ids.quantity = quantity
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True)._action_done()
        self._move(
            self.sensor,
            5,
            self.customers,
            self.stock,
            None,
            self.customer,
            sale_line_id=line.id,
        )
        assets = line.aftersales_asset_ids.sorted("id")
        self.assertEqual(
            assets.mapped(lambda a: (a.quantity, a.state)),
            [(0.0, "returned"), (5.0, "in_use")],
        )

    def test_the_platforms_return_wizard(self):
        self._put_in_stock(self.sensor, 6)
        order = self._sell([(self.sensor, 6)])
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True)._action_done()
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model=picking._name
            )
        ).save()
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.with_context(skip_sms=True)._action_done()
        self.assertEqual(order.order_line.aftersales_asset_ids.quantity, 4)
        self.assertEqual(order.order_line.qty_delivered, 4)

    def test_a_retired_unit_is_left_alone(self):
        move = self._deliver(self.sensor, 5)
        asset = self._assets(move)
        asset.with_user(self.user_agent_all).action_retire()
        self._return(move, 2)
        self.assertEqual((asset.state, asset.quantity), ("retired", 5))
        asset.with_user(self.user_agent_all).action_reactivate()
        self.assertEqual(asset.state, "in_use")
        self.assertEqual(asset.warranty_ids.state, "open")

    def test_changes_are_told_in_the_chatter(self):
        move = self._deliver(self.sensor, 5)
        self._return(move, 2)
        bodies = self._assets(move).message_ids.mapped("body")
        self.assertTrue(any("2 Units returned" in body for body in bodies), bodies)

    def test_a_corrected_delivery_is_followed(self):
        move = self._deliver(self.sensor, 10)
        self._return(move, 3)
        self._put_in_stock(self.sensor, 5)
        move.move_line_ids.with_user(self.user_stock).quantity = 8
        asset = self._assets(move)
        self.assertEqual((asset.quantity_delivered, asset.quantity), (8, 5))
        self.assertIn("corrected from 10 to 8", asset.message_ids[:1].body)
        move.move_line_ids.quantity = 12
        self.assertEqual((asset.quantity_delivered, asset.quantity), (12, 9))

    def test_a_corrected_serial_is_followed(self):
        move = self._deliver(self.lock, lots=self.serial)
        asset = self._assets(move)
        right = self._make_lots(self.lock, "R9")
        self._put_in_stock(self.lock, 1, right)
        move.move_line_ids.with_user(self.user_stock).lot_id = right
        self.assertEqual(self._assets(move), asset, "still the same unit")
        self.assertEqual((asset.lot_id, asset.serial_number), (right, "R9"))
        self.assertEqual(asset.state, "in_use")

    def test_past_moves_close_on_their_own_day(self):
        """Taken in years later, a unit left its customer when it did."""
        with freeze_time("2024-01-10 10:00"):
            move = self._deliver(self.lock, lots=self.serial)
        with freeze_time("2024-02-01 10:00"):
            back = self._return(move, lots=self.serial)
        self._assets(move).unlink()
        with freeze_time("2026-05-05 10:00"):
            (move | back)._aftersales_process_done()
        self.assertEqual(self._assets(move).date_closed, date(2024, 2, 1))

    def test_a_retired_unit_that_came_back_stays_away(self):
        move = self._deliver(self.lock, lots=self.serial)
        asset = self._assets(move)
        asset.with_user(self.user_agent_all).action_retire()
        self._return(move, lots=self.serial)
        asset.with_user(self.user_agent_all).action_reactivate()
        self.assertEqual((asset.state, asset.quantity), ("returned", 0))
        self.assertFalse(asset._assess()["covered"])

    def test_a_retired_serial_in_use_elsewhere_is_not_reactivated(self):
        move = self._deliver(self.lock, lots=self.serial)
        asset = self._assets(move)
        asset.action_retire()
        self._return(move, lots=self.serial)
        self._deliver(self.lock, lots=self.serial, partner=self.other_customer)
        with self.assertRaisesRegex(UserError, "work with that unit"):
            asset.with_user(self.user_agent_all).action_reactivate()

    def test_serials_sent_crosswise_change_places(self):
        one, two = self._make_lots(self.lock, "X1", "X2")
        first = self._deliver(self.lock, lots=two)
        second = self._deliver(self.lock, lots=one, partner=self.other_customer)
        anna, ben = self._assets(first), self._assets(second)
        anna._correct_lot(one)
        self.assertEqual((anna.serial_number, ben.serial_number), ("X1", "X2"))
        self.assertEqual((anna.is_serial, ben.is_serial), (True, True))
        self.assertEqual((anna.state, ben.state), ("in_use", "in_use"))

    def test_a_lot_corrected_to_another_share_of_the_delivery(self):
        lots = self._make_lots(self.cable, "L1", "L2")
        move = self._deliver(self.cable, 5, lots)
        self._put_in_stock(self.cable, 5, lots[0])
        line = move.move_line_ids.filtered(lambda ml: ml.lot_id == lots[1])
        line.with_user(self.user_stock).lot_id = lots[0]
        kept = self._assets(move).filtered(lambda a: a.state == "in_use")
        self.assertEqual((kept.lot_id, kept.quantity), (lots[0], 10))

    def test_a_corrected_day_of_delivery_is_followed(self):
        with freeze_time("2026-03-10 10:00"):
            move = self._deliver(self.sensor, 5)
        move.date = "2026-01-10 10:00:00"
        asset = self._assets(move)
        self.assertEqual(asset.delivery_date, date(2026, 1, 10))
        self.assertEqual(asset.warranty_end, date(2027, 1, 10))
        self.assertEqual(asset.warranty_ids.line_ids[:1].date_end, date(2027, 1, 10))

    def test_a_return_that_turns_out_to_be_a_refund(self):
        move = self._deliver(self.sensor, 5)
        back = self._return(move, 2, to_refund=False)
        self.assertEqual(self._assets(move).quantity, 5)
        back.to_refund = True
        self.assertEqual(self._assets(move).quantity, 3)
