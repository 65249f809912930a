"""Extended warranties for a part of a quantity: so many pieces, and no more."""

import random
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..models.aftersales_asset_customer_mixin import REPORT
from ..tools.shares import allot
from .extension_common import ExtensionCommon

# After the two years of the base, within the year of the extension.
LATER = date(2028, 6, 1)


class TestAllot(BaseCase):
    def test_best_first(self):
        self.assertEqual(allot([("a", 4), ("b", None)], 6), [("a", 4), ("b", 2)])
        self.assertEqual(allot([("a", None), ("b", 4)], 6), [("a", 6)])
        self.assertEqual(allot([("a", 4)], 6), [("a", 4)])
        self.assertEqual(allot([("a", 4)], 0), [])
        self.assertEqual(allot([("a", 0.1), ("b", 0.2), ("c", None)], 0.3)[2:], [])

    def test_never_more_than_is_claimed_or_paid_for(self):
        rng = random.Random(3)
        for _case in range(500):
            offers = [
                (n, rng.choice([None, rng.randint(0, 9)]))
                for n in range(rng.randint(0, 5))
            ]
            claimed = rng.randint(0, 30)
            parts = allot(offers, claimed)
            limits = dict(offers)
            total = sum(quantity for _payer, quantity in parts)
            if None in limits.values():
                self.assertEqual(total, claimed)
            else:
                self.assertEqual(total, min(claimed, sum(limits.values())))
            for payer, quantity in parts:
                self.assertGreater(quantity, 0)
                self.assertLessEqual(quantity, limits[payer] or claimed)


@tagged("post_install", "-at_install")
class TestExtensionQuantity(ExtensionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sensor.aftersales_policy_ids = cls.policy_24

    def _sold(self, lines, day="2026-03-01"):
        with freeze_time(f"{day} 10:00:00"):
            order = self._quote(lines)
            order.action_confirm()
        return order

    def _deliver_order(self, order, quantity, day="2026-03-15"):
        move = order.sudo().picking_ids.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        self._put_in_stock(move.product_id, quantity)
        move.write({"quantity": quantity, "picked": True})
        with freeze_time(f"{day} 10:00:00"):
            move.picking_id.with_context(
                skip_sms=True, skip_backorder=True, cancel_backorder=False
            ).button_validate()
        return self._assets(move)

    def _four_of_ten(self):
        order = self._sold([(self.sensor, 10), (self.plus_1, 4)])
        return order, self._deliver_order(order, 10)

    def _limits(self, order):
        layers = self._layers(self._line(order, self.plus_1))
        return layers.filtered(lambda w: w.state == "open").mapped("quantity_limit")

    def test_four_of_ten(self):
        """Ten pieces are delivered, four of them with an extension; six are claimed."""
        order, asset = self._four_of_ten()
        self.assertEqual(self._limits(order), [4])
        answer = asset.with_user(self.user_agent)._assess(LATER, quantity=6)
        self.assertTrue(answer["covered"])
        self.assertEqual(answer["quantity_covered"], 4)
        self.assertEqual(answer["quantity_uncovered"], 2)
        self.assertEqual(answer["items"]["parts"]["share"], 100)
        failed = [c["reason"] for c in answer["checks"] if not c["passed"]]
        self.assertIn("“One more year” was bought for 4; 6 claimed.", failed)
        extended = [x for x in answer["layers"] if x["kind"] == "extended"]
        self.assertIn("for 4 of 10", extended[0]["reason"])

    def test_the_customer_reads_for_how_many(self):
        order, asset = self._four_of_ten()
        layer = self._layers(self._line(order, self.plus_1))
        self.assertIn("for 4 of 10", layer.coverage_summary)
        html = self.env["ir.actions.report"]._render_qweb_html(REPORT, asset.ids)[0]
        self.assertIn("for 4 of 10", html.decode())

    def test_the_base_covers_all(self):
        _order, asset = self._four_of_ten()
        answer = asset._assess(date(2027, 6, 1), quantity=6)
        self.assertEqual(answer["quantity_covered"], 6)
        self.assertFalse([c for c in answer["checks"] if c["code"] == "layer_quantity"])
        answer = asset._assess(LATER, quantity=4)
        self.assertEqual(answer["quantity_uncovered"], 0)
        self.assertFalse([c for c in answer["checks"] if c["code"] == "layer_quantity"])

    def test_the_extension_stands_beside_the_base(self):
        """Both pay for parts while both run: the part of the one is no failure."""
        self.policy_plus_1.stacking = "beside"
        _order, asset = self._four_of_ten()
        answer = asset._assess(date(2026, 6, 1), quantity=6)
        self.assertEqual(answer["quantity_covered"], 6)
        self.assertTrue(answer["items"]["parts"]["whole"])
        self.assertFalse([c for c in answer["checks"] if c["code"] == "layer_quantity"])

    def test_each_item_by_its_own_quantity(self):
        """Labour of the base is over: the extension pays for four, parts for all."""
        labour = self.policy_24.line_ids.filtered(lambda line: line.item == "labour")
        labour.write({"duration": 12, "duration_unit": "month"})
        self.policy_plus_1.stacking = "beside"
        self.policy_plus_1.duration = 36
        _order, asset = self._four_of_ten()
        answer = asset._assess(date(2027, 6, 1), quantity=6)
        self.assertEqual(answer["quantity_covered"], 6)
        self.assertEqual(answer["items"]["parts"]["share"], 100)
        self.assertEqual(answer["items"]["labour"]["share"], 66.67)
        self.assertEqual(answer["items"]["labour"]["quantity"], 4)

    def test_prices_of_what_is_covered(self):
        _order, asset = self._four_of_ten()
        assessment = self.env["aftersales.assessment"]._get_answers(
            [{"asset": asset, "date": LATER, "quantity": 6.0}]
        )
        vals = self.env["aftersales.assessment"]._prepare_vals(
            {"asset": asset, "date": LATER, "quantity": 6.0}, assessment[0]
        )
        self.assertEqual((vals["quantity"], vals["quantity_covered"]), (6, 4))
        self.assertEqual(vals["state"], "partial")

    def test_the_first_delivered_are_covered(self):
        order = self._sold([(self.sensor, 10), (self.plus_1, 4)])
        first = self._deliver_order(order, 3)
        self.assertEqual(self._limits(order), [0], "all three")
        second = self._deliver_order(order, 7, "2026-03-20")
        limits = {
            w.asset_id: w.quantity_limit
            for w in self._layers(self._line(order, self.plus_1))
        }
        self.assertEqual(limits, {first: 0, second: 1})
        self.assertEqual(first._assess(LATER, quantity=3)["quantity_covered"], 3)
        self.assertEqual(second._assess(LATER, quantity=7)["quantity_covered"], 1)

    @mute_logger("odoo.models.unlink")
    def test_returns(self):
        """What is left is covered first: the extension was paid and not credited."""
        order, asset = self._four_of_ten()
        self._return(asset.move_id, 3)
        self.assertEqual(asset.quantity, 7)
        self.assertEqual(asset._assess(LATER, quantity=6)["quantity_covered"], 4)
        self._return(asset.move_id, 5)
        self.assertEqual(asset.quantity, 2)
        self.assertEqual(self._limits(order), [0])
        self.assertEqual(asset._assess(LATER)["quantity_covered"], 2)
        answer = asset._assess(LATER, quantity=3)
        self.assertEqual((answer["quantity_covered"], answer["covered"]), (2, True))

    @mute_logger("odoo.models.unlink")
    def test_returns_of_the_first_delivery(self):
        """Extensions that came back unpaid go on with the next of the same line."""
        order = self._sold([(self.sensor, 10), (self.plus_1, 4)])
        first = self._deliver_order(order, 3)
        second = self._deliver_order(order, 7, "2026-03-20")
        self._return(first.move_id, 2)
        self.assertEqual(second._assess(LATER)["quantity_covered"], 3)
        self.assertEqual(first._assess(LATER)["quantity_covered"], 1)

    def test_fewer_and_more_are_sold_later(self):
        order, asset = self._four_of_ten()
        line = self._line(order, self.plus_1)
        for sold, limits in ((2, [2]), (0, []), (10, [0]), (4, [4])):
            line.product_uom_qty = sold
            self.assertEqual(self._limits(order), limits)
            covered = asset._assess(LATER)["quantity_covered"]
            self.assertEqual(covered, sold)
        self.assertEqual(len(self._layers(line)), 1, "The same, not new ones")

    def test_chosen_for_what_the_customer_has(self):
        asset = self._assets(self._deliver(self.sensor, 10))
        chosen = {"aftersales_covered_asset_ids": [Command.set(asset.ids)]}
        order = self._quote([(self.plus_1, 4, chosen)])
        order.action_confirm()
        self.assertEqual(self._limits(order), [4])

    def test_serials_that_are_chosen_are_all_covered(self):
        lots = self._make_lots(self.lock, "S1", "S2")
        assets = self._assets(self._deliver(self.lock, lots=lots))
        chosen = {"aftersales_covered_asset_ids": [Command.set(assets.ids)]}
        order = self._quote([(self.plus_1, 1, chosen)])
        with self.assertRaisesRegex(UserError, "not clear which"):
            order.action_confirm()

    def test_a_serial_is_covered_as_a_whole(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 1.5)])
        self._ship(order, ["S1", "S2"], "2026-03-15")
        self.assertEqual(self._limits(order), [0, 0])

    def test_lots(self):
        self.cable.aftersales_policy_ids = self.policy_24
        order = self._sold([(self.cable, 10), (self.plus_1, 4)])
        lot = self._make_lots(self.cable, "L1")
        self._put_in_stock(self.cable, 10, lot)
        move = order.sudo().picking_ids.move_ids
        move.write({"quantity": 10, "picked": True})
        move.move_line_ids.lot_id = lot
        move.picking_id.with_context(skip_sms=True).button_validate()
        self.assertEqual(self._limits(order), [4])

    # --- Replacements ---

    def _replace_three(self, asset, **vals):
        new = self._assets(self._deliver(self.sensor, 3))
        asset._apply_replacements([(asset, new, date(2026, 9, 1), False, False)])
        return new

    def test_a_replaced_part_takes_its_share_along(self):
        order, asset = self._four_of_ten()
        new = self._replace_three(asset)
        self.assertEqual((asset.quantity, new.quantity), (7, 3))
        self.assertEqual(new._assess(LATER)["quantity_covered"], 3)
        self.assertEqual(asset._assess(LATER)["quantity_covered"], 1)
        self._line(order, self.plus_1).product_uom_qty = 2
        self.assertEqual(new._assess(LATER)["quantity_covered"], 2)
        self.assertEqual(asset._assess(LATER)["quantity_covered"], 0)
        self._line(order, self.plus_1).product_uom_qty = 4
        new.with_user(self.user_agent).action_undo_replacement()
        self.assertEqual(asset._assess(LATER)["quantity_covered"], 4)

    def test_came_back_before_it_is_replaced(self):
        _order, asset = self._four_of_ten()
        self._return(asset.move_id, 3)
        new = self._assets(self._deliver(self.sensor, 3))
        asset._apply_replacements([(asset, new, date(2026, 9, 1), False, True)])
        self.assertEqual(new._assess(LATER)["quantity_covered"], 3)
        self.assertEqual(asset._assess(LATER)["quantity_covered"], 1)

    def test_replaced_twice_and_still_covered(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        unit = self._ship(order, ["S1"], "2026-03-15")
        for name, day in (("S2", "2026-06-01"), ("S3", "2026-09-01")):
            with freeze_time(f"{day} 10:00:00"):
                lots = self._make_lots(self.lock, name)
                new = self._assets(self._deliver(self.lock, lots=lots))
            unit._replace_with(new, date.fromisoformat(day))
            unit = new
        line = self._line(order, self.plus_1)
        line._aftersales_sync_extensions()
        self.assertTrue(unit._assess(LATER)["covered"])
        line.product_uom_qty = 0
        self.assertFalse(unit._assess(LATER)["covered"])
        line.product_uom_qty = 1
        self.assertTrue(unit._assess(LATER)["covered"])

    # --- A unit that comes back without a credit for its extension ---

    @mute_logger("odoo.models.unlink")
    def test_a_paid_extension_goes_on_with_another_unit(self):
        """Two are paid for and two units are left: both are covered, until one of
        the extensions is credited."""
        order = self._sold([(self.lock, 3), (self.plus_1, 2)])
        first, second, third = self._ship(order, ["S1", "S2", "S3"], "2026-03-15")
        self.assertFalse(third._assess(LATER)["covered"])
        self._return(
            first.move_id, lots=first.lot_id, sale_line_id=first.sale_line_id.id
        )
        self.assertTrue(second._assess(LATER)["covered"])
        self.assertTrue(third._assess(LATER)["covered"])
        layer = self._layers(self._line(order, self.plus_1))[-1:]
        self.assertEqual(layer.date_end, date(2029, 3, 15), "as if sold with it")
        self.assertIn("was not credited", third.message_ids[0].body)
        self._line(order, self.plus_1).product_uom_qty = 1
        self.assertTrue(second._assess(LATER)["covered"])
        self.assertFalse(third._assess(LATER)["covered"])

    # --- Cost ---

    @mute_logger("odoo.models.unlink")
    def test_queries_of_parts(self):
        """Many deliveries with a part each cost no query for each of them."""

        def count(number):
            lines = []
            for _n in range(number):
                lines += [(self.sensor, 10), (self.plus_1, 4)]
            order = self._quote(lines)
            order.action_confirm()
            self._put_in_stock(self.sensor, 10 * number)
            moves = order.sudo().picking_ids.move_ids
            moves.write({"quantity": 10, "picked": True})
            moves.picking_id.with_context(skip_sms=True).button_validate()
            assets = self._assets(moves)
            self.assertEqual(len(assets), number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answers = assets._assess_many(quantity=6.0)
            self.assertEqual(len(answers), number)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(50), count(1))
