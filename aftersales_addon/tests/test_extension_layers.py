from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .extension_common import ExtensionCommon


@tagged("post_install", "-at_install")
class TestExtensionLayers(ExtensionCommon):
    """Whom a sold extension covers, and from when until when."""

    def _sold(self, lines, day="2026-03-01"):
        with freeze_time(f"{day} 10:00:00"):
            order = self._quote(lines)
            order.action_confirm()
        return order

    def test_starts_with_the_end_of_the_base(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        self.assertFalse(self._layers(self._line(order, self.plus_1)))
        asset = self._ship(order, ["S1"], "2026-03-15")
        layer = self._layers(self._line(order, self.plus_1))
        self.assertRecordValues(
            layer,
            [
                {
                    "asset_id": asset.id,
                    "kind": "extended",
                    "state": "open",
                    "date_start": date(2028, 3, 15),
                    "date_end": date(2029, 3, 15),
                }
            ],
        )
        self.assertEqual(asset.warranty_end, date(2029, 3, 15))

    def test_w6_month_ends_are_counted_from_the_first_day(self):
        """W6: 2025-08-31, base 6 months + extension 6 months: 2026-08-31."""
        self.policy_24.duration = 6
        self.policy_plus_1.duration = 6
        order = self._sold([(self.lock, 1), (self.plus_1, 1)], "2025-08-01")
        self._ship(order, ["S1"], "2025-08-31")
        layer = self._layers(self._line(order, self.plus_1))
        self.assertEqual(layer.date_end, date(2026, 8, 31))

    def test_w7_bought_after_the_base_had_ended(self):
        """W7: it starts with its purchase; what lies between is not covered."""
        self.policy_24.duration = 12
        with freeze_time("2026-01-31 10:00:00"):
            move = self._deliver(self.lock, lots=self._make_lots(self.lock, "S1"))
        asset = self._assets(move)
        self.assertEqual(asset.warranty_end, date(2027, 1, 31))
        units = {"aftersales_covered_asset_ids": [Command.set(asset.ids)]}
        order = self._sold([(self.plus_1, 1, units)], "2027-03-01")
        layer = self._layers(order.order_line)
        self.assertEqual(
            (layer.date_start, layer.date_end), (date(2027, 3, 1), date(2028, 3, 1))
        )
        self.assertFalse(asset._assess(date(2027, 2, 15))["covered"])
        self.assertTrue(asset._assess(date(2027, 3, 2))["covered"])

    def test_several_are_stacked_in_their_order(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1), (self.plus_2, 1)])
        self._ship(order, ["S1"], "2026-03-15")
        one = self._layers(self._line(order, self.plus_1))
        two = self._layers(self._line(order, self.plus_2))
        self.assertEqual(one.date_end, date(2029, 3, 15))
        self.assertEqual((two.base_id, two.date_end), (one, date(2031, 3, 15)))

    def test_in_place_of_the_manufacturers(self):
        self.policy_plus_2.stacking = "replace"
        self.policy_plus_2.duration = 60
        order = self._sold([(self.lock, 1), (self.plus_2, 1)])
        asset = self._ship(order, ["S1"], "2026-03-15")
        self.assertEqual(
            asset.warranty_ids.sorted("id").mapped("state"), ["closed", "open"]
        )
        self.assertEqual(asset.warranty_end, date(2031, 3, 15))
        order.action_cancel()
        self.assertEqual(
            asset.warranty_ids.sorted("id").mapped("close_reason"), [False, "refunded"]
        )
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(
            asset.warranty_ids.sorted("id").mapped("close_reason"),
            ["superseded", False],
        )
        self.assertEqual(asset.warranty_end, date(2031, 3, 15))

    def test_four_of_ten_over_backorders(self):
        order = self._sold([(self.lock, 10), (self.plus_1, 4)])
        line = self._line(order, self.plus_1)
        self._ship(order, ["A1", "A2", "A3"], "2026-03-10")
        self.assertEqual(len(self._layers(line)), 3)
        self._ship(order, ["B1", "B2", "B3", "B4"], "2026-03-20")
        self.assertEqual(
            self._layers(line).asset_id.mapped("serial_number"),
            ["A1", "A2", "A3", "B1"],
        )
        self._ship(order, ["C1", "C2", "C3"], "2026-03-30")
        self.assertEqual(len(self._layers(line)), 4)

    def test_terms_are_those_of_the_sale(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        self.policy_plus_1.duration = 3
        self._ship(order, ["S1"], "2026-03-15")
        layer = self._layers(self._line(order, self.plus_1))
        self.assertEqual(layer.date_end, date(2029, 3, 15))

    def test_quantity_without_serial_numbers(self):
        self.sensor.aftersales_policy_ids = self.policy_24
        order = self._sold([(self.sensor, 10), (self.plus_1, 10)])
        self._put_in_stock(self.sensor, 10)
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        line = self._line(order, self.plus_1)
        self.assertEqual(self._layers(line).asset_id.quantity, 4)
        rest = order.sudo().picking_ids - picking
        rest.move_ids.write({"quantity": 6, "picked": True})
        rest.with_context(skip_sms=True).button_validate()
        self.assertEqual(
            sorted(self._layers(line).asset_id.mapped("quantity")), [4.0, 6.0]
        )

    def test_line_set_to_nothing_and_back(self):
        order = self._sold([(self.lock, 3), (self.plus_1, 3)])
        self._ship(order, ["S1", "S2", "S3"], "2026-03-15")
        line = self._line(order, self.plus_1)
        line.product_uom_qty = 1
        refunded = ("closed", "refunded")
        self.assertEqual(
            self._states(line),
            [("S1", "open", False), ("S2", *refunded), ("S3", *refunded)],
        )
        line.product_uom_qty = 0
        self.assertEqual({state for _n, state, _r in self._states(line)}, {"closed"})
        line.product_uom_qty = 3
        self.assertEqual({state for _n, state, _r in self._states(line)}, {"open"})
        self.assertEqual(len(self._layers(line)), 3, "The same, not new ones")
        self.assertEqual(
            set(self._layers(line).mapped("date_end")), {date(2029, 3, 15)}
        )

    def test_bought_in_addition_later(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 1)])
        self._ship(order, ["S1", "S2"], "2026-03-15")
        line = self._line(order, self.plus_1)
        with freeze_time("2028-05-01 10:00:00"):
            line.product_uom_qty = 2
        first, second = self._layers(line)
        self.assertEqual(first.date_end, date(2029, 3, 15))
        # Its base had ended: it starts with its own purchase.
        self.assertEqual(second.date_end, date(2029, 5, 1))

    def test_cancelled_order_and_its_return(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1), (self.plus_2, 1)])
        asset = self._ship(order, ["S1"], "2026-03-15")
        for _again in range(2):
            order.action_cancel()
            self.assertEqual(asset.warranty_end, date(2028, 3, 15))
            self.assertEqual(
                self._states(self._line(order, self.plus_1)),
                [("S1", "closed", "refunded")],
            )
            order.action_draft()
            order.action_confirm()
            self.assertEqual(asset.warranty_end, date(2031, 3, 15))
        self.assertEqual(len(asset.warranty_ids), 3)

    def test_the_next_moves_up_when_one_is_undone(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1), (self.plus_2, 1)])
        asset = self._ship(order, ["S1"], "2026-03-15")
        two = self._layers(self._line(order, self.plus_2))
        self._line(order, self.plus_1).product_uom_qty = 0
        self.assertEqual(
            (two.date_start, two.date_end), (date(2028, 3, 15), date(2030, 3, 15))
        )
        self._line(order, self.plus_1).product_uom_qty = 1
        self.assertEqual(
            (two.date_start, two.date_end), (date(2029, 3, 15), date(2031, 3, 15))
        )
        self.assertEqual(asset.warranty_end, date(2031, 3, 15))

    @mute_logger("odoo.models.unlink")
    def test_exchanged_unit_takes_over_the_place(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        asset = self._ship(order, ["S1"], "2026-03-15")
        self._return(
            asset.move_id, lots=asset.lot_id, sale_line_id=asset.sale_line_id.id
        )
        line = self._line(order, self.plus_1)
        self.assertEqual(self._states(line), [("S1", "closed", "returned")])
        lot = self._make_lots(self.lock, "S2")
        self._deliver(self.lock, lots=lot, sale_line_id=asset.sale_line_id.id)
        self.assertEqual(
            self._states(line), [("S1", "closed", "returned"), ("S2", "open", False)]
        )

    def test_chatter_tells(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        asset = self._ship(order, ["S1"], "2026-03-15")
        order.action_cancel()
        self.assertIn("One more year", asset.message_ids[0].body)
        self.assertIn("its sale was undone", asset.message_ids[0].body)

    def test_order_starts_what_waits_for_it(self):
        self.policy_24.start_event = "order"
        order = self._sold([(self.lock, 1)], "2026-03-01")
        asset = self._ship(order, ["S1"], "2026-03-15")
        self.assertEqual(asset.warranty_ids.date_start, date(2026, 3, 1))
        self.assertEqual(asset.warranty_ids.date_end, date(2028, 3, 1))


@tagged("post_install", "-at_install")
class TestExtensionQueries(ExtensionCommon):
    """A delivery of many costs no query for each of them."""

    def _count_delivery(self, prefix, count, with_extension):
        lines = [(self.lock, count)]
        if with_extension:
            lines.append((self.plus_1, count))
        order = self._quote(lines)
        order.action_confirm()
        names = [f"{prefix}{n}" for n in range(count)]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._ship(order, names)
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        layers = self._layers(self._line(order, self.plus_1)) if with_extension else ()
        self.assertEqual(len(layers), count if with_extension else 0)
        return queries

    def test_delivery(self):
        for warm in (True, False):
            self._count_delivery(f"warm{warm}", 1, warm)
        extra = {
            count: self._count_delivery(f"with{count}-", count, True)
            - self._count_delivery(f"without{count}-", count, False)
            for count in (1, 50)
        }
        # What remains is two for each 100 units: the ORM writes so many rows at once
        # when it creates the warranties, and when it dates their units. Measured, 11
        # queries more for 1 unit and for 50, 13 for 200, 29 for 1,000.
        self.assertLessEqual(extra[50] - extra[1], 1)
        self.assertLessEqual(extra[1], 12)
