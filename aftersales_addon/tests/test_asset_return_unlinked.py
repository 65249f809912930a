"""Returns that do not name the delivery of their goods."""

from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAssetReturnUnlinked(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12
        cls.lot = cls._make_lots(cls.cable, "L1")

    def _take_back(self, product, quantity, lots=None, partner=None, **vals):
        partner = partner or self.customer
        return self._move(
            product, quantity, self.customers, self.stock, lots, partner, **vals
        )

    def _left(self, *moves):
        return [sum(self._assets(move).mapped("quantity")) for move in moves]

    def test_a_lot_is_taken_from_the_customer_who_sends_it(self):
        anna = self._deliver(self.cable, 5, self.lot)
        ben = self._deliver(self.cable, 5, self.lot, self.other_customer)
        self._take_back(self.cable, 5, self.lot)
        self.assertEqual(self._left(anna, ben), [0, 5])

    def test_more_than_the_last_delivery_comes_back(self):
        first = self._deliver(self.cable, 3, self.lot)
        second = self._deliver(self.cable, 5, self.lot)
        self._take_back(self.cable, 7, self.lot)
        self.assertEqual(self._left(first, second), [1, 0])

    def test_handled_again_it_takes_no_more(self):
        first = self._deliver(self.cable, 5, self.lot)
        second = self._deliver(self.cable, 5, self.lot)
        back = self._take_back(self.cable, 5, self.lot)
        self.assertEqual(self._left(first, second), [5, 0])
        (first | second | back)._aftersales_process_done()
        back._aftersales_process_done()
        self.assertEqual(self._left(first, second), [5, 0])

    def test_its_way_back_gives_the_same_unit(self):
        move = self._deliver(self.cable, 10, self.lot)
        back = self._take_back(self.cable, 4, self.lot)
        again = self._deliver(self.cable, 4, self.lot, origin_returned_move_id=back.id)
        self.assertFalse(self._assets(again))
        self.assertEqual(self._left(move), [10])

    def test_a_serials_way_back_starts_no_new_warranty(self):
        serial = self._make_lots(self.lock, "U1")
        move = self._deliver(self.lock, lots=serial)
        back = self._take_back(self.lock, 1, serial)
        self.assertEqual(self._assets(move).state, "returned")
        again = self._deliver(self.lock, lots=serial, origin_returned_move_id=back.id)
        self.assertFalse(self._assets(again))
        self.assertEqual(self._assets(move).state, "in_use")

    def test_goods_without_number_or_order(self):
        first = self._deliver(self.sensor, 5)
        second = self._deliver(self.sensor, 5)
        other = self._deliver(self.sensor, 5, partner=self.other_customer)
        self._take_back(self.sensor, 7)
        self.assertEqual(self._left(first, second, other), [0, 3, 5])

    def test_a_return_that_names_the_wrong_delivery(self):
        two = self._make_lots(self.cable, "L2")
        first = self._deliver(self.cable, 5, self.lot)
        second = self._deliver(self.cable, 5, two)
        self._return(first, 5, two)
        self.assertEqual(self._left(first, second), [5, 0])

    def test_a_repair_of_a_unit_that_is_not_listed_starts_nothing(self):
        self.category.aftersales_policy_ids = False
        serial = self._make_lots(self.lock, "U2")
        move = self._deliver(self.lock, lots=serial)
        loose = self._deliver(self.sensor, 10)
        self.category.aftersales_policy_ids = self.policy_12
        back = self._return(move, lots=serial, to_refund=False)
        again = self._deliver(self.lock, lots=serial, origin_returned_move_id=back.id)
        back = self._return(loose, 10, to_refund=False)
        more = self._deliver(self.sensor, 10, origin_returned_move_id=back.id)
        self.assertFalse(self._assets(again | more))
        (move | loose | again | more)._aftersales_process_done()
        self.assertEqual(self._left(move, loose, again, more), [1, 10, 0, 0])
