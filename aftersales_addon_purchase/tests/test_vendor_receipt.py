"""From whom a unit was received, and until when they pay for defects."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import VendorCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestVendorReceipt(VendorCommon):
    def _receipts(self, asset):
        return asset._get_vendor_receipts()[asset]

    def test_the_term_runs_from_the_receipt_of_that_serial(self):
        early = self._make_unit("S1", received="2026-01-05")
        late = self._make_unit("S2", received="2026-02-05")
        [receipt] = self._receipts(early)
        self.assertEqual(receipt.vendor, self.vendor)
        self.assertEqual(
            (receipt.day, receipt.end), (date(2026, 1, 5), date(2027, 1, 5))
        )
        self.assertEqual(self._receipts(late)[0].end, date(2027, 2, 5))
        self.assertEqual(early.vendor_id, self.vendor)
        self.assertEqual(early.vendor_end, date(2027, 1, 5))
        self.assertEqual(early.vendor_state, "covered")
        self.assertIn("Northlight covers until", early.vendor_label)

    def test_the_last_day_is_covered_and_the_next_is_not(self):
        asset = self._make_unit("S1")
        [receipt] = self._receipts(asset)
        self.assertTrue(receipt.covers(date(2027, 1, 5)))
        self.assertFalse(receipt.covers(date(2027, 1, 6)))
        with freeze_time("2027-01-06 10:00:00"):
            asset.invalidate_recordset()
            self.assertEqual(asset.vendor_state, "expired")
            self.assertIn("covered until", asset.vendor_label)

    def test_a_receipt_keeps_the_terms_of_its_day(self):
        asset = self._make_unit("S1")
        self.terms.aftersales_duration = 36
        self.assertEqual(self._receipts(asset)[0].end, date(2027, 1, 5))
        self.terms.unlink()
        self.assertEqual(self._receipts(asset)[0].end, date(2027, 1, 5))

    def test_terms_that_were_entered_later_hold_for_older_receipts(self):
        asset = self._make_unit("S1", vendor=self.other_vendor)
        self.assertEqual(asset.vendor_state, "none")
        self.assertFalse(asset.vendor_label)
        self._make_terms(self.other_vendor, 6)
        asset.invalidate_recordset()
        self.assertEqual(asset.vendor_end, date(2026, 7, 5))

    def test_the_first_line_of_the_vendor_decides(self):
        self._make_terms(self.vendor, 24, sequence=0)
        self.assertEqual(self._make_unit("S1").vendor_end, date(2028, 1, 5))

    def test_a_lot_that_was_received_again_after_the_delivery(self):
        self.cable.aftersales_policy_ids = self.policy_24
        self._make_terms(self.vendor, 12, product=self.cable)
        lot = self._make_lots(self.cable, "L1")
        self._receive(self.vendor, self.cable, lots=lot, quantity=5, day="2026-01-05")
        first = self._deliver_on("2026-02-10", self.cable, 2, lots=lot)
        self._receive(self.vendor, self.cable, lots=lot, quantity=5, day="2026-06-05")
        second = self._deliver_on("2026-07-10", self.cable, 2, lots=lot)
        self.assertEqual(str(first.vendor_end), "2027-01-05")
        self.assertEqual(str(second.vendor_end), "2027-06-05")

    def test_a_lot_of_two_vendors_has_both(self):
        self.cable.aftersales_policy_ids = self.policy_24
        self._make_terms(self.vendor, 12, product=self.cable)
        self._make_terms(self.other_vendor, 6, product=self.cable)
        lot = self._make_lots(self.cable, "L1")
        self._receive(self.vendor, self.cable, lots=lot, quantity=5)
        self._receive(self.other_vendor, self.cable, lots=lot, day="2026-02-05")
        asset = self._deliver_on("2026-03-10", self.cable, 2, lots=lot)
        self.assertEqual(
            [(r.vendor, r.end) for r in self._receipts(asset)],
            [
                (self.other_vendor, date(2026, 8, 5)),
                (self.vendor, date(2027, 1, 5)),
            ],
        )
        self.assertFalse(asset.vendor_id, "either of them")
        self.assertIn("Beacon / Northlight", asset.vendor_label)

    def test_straight_from_the_vendor_to_the_customer(self):
        lot = self._make_lots(self.lock, "D1")
        with freeze_time("2026-03-10 10:00:00"):
            picking_type = self.warehouse.out_type_id
            picking = self.env["stock.picking"].create(
                {
                    "picking_type_id": picking_type.id,
                    "partner_id": self.vendor.id,
                    "location_id": self.suppliers.id,
                    "location_dest_id": self.customers.id,
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.lock.id,
                                "product_uom_qty": 1,
                                "partner_id": self.customer.id,
                                "location_id": self.suppliers.id,
                                "location_dest_id": self.customers.id,
                            },
                        )
                    ],
                }
            )
            picking.action_confirm()
            move = picking.move_ids
            move.move_line_ids.unlink()
            move.move_line_ids = [
                (
                    0,
                    0,
                    {
                        "picking_id": picking.id,
                        "product_id": self.lock.id,
                        "location_id": self.suppliers.id,
                        "location_dest_id": self.customers.id,
                        "lot_id": lot.id,
                        "quantity": 1,
                    },
                )
            ]
            move.picked = True
            picking.button_validate()
        asset = self._assets(move)
        self.assertTrue(asset)
        [receipt] = self._receipts(asset)
        self.assertEqual((receipt.move, receipt.end), (move, date(2027, 3, 10)))

    def _send_back(self, move, lots, day, **vals):
        """Return goods to their vendor, or receive them again."""
        source, target = move.location_dest_id, move.location_id
        with freeze_time(f"{day} 10:00:00"):
            back = self._move(
                self.lock,
                1,
                source,
                target,
                lots,
                self.vendor,
                origin_returned_move_id=move.id,
                **vals,
            )
        return back

    def test_a_serial_that_went_back_is_not_of_that_vendor_any_more(self):
        self._make_terms(self.other_vendor, 12)
        lot = self._make_lots(self.lock, "S1")
        move = self._receive(self.vendor, self.lock, lots=lot)
        self._send_back(move, lot, "2026-01-10")
        self._receive(self.other_vendor, self.lock, lots=lot, day="2026-02-05")
        asset = self._deliver_on("2026-03-10", self.lock, lots=lot)
        self.assertEqual(
            [receipt.vendor for receipt in self._receipts(asset)], [self.other_vendor]
        )

    def test_what_the_vendor_repaired_keeps_its_term(self):
        lot = self._make_lots(self.lock, "S1")
        move = self._receive(self.vendor, self.lock, lots=lot)
        away = self._send_back(move, lot, "2026-01-10")
        again = self._send_back(away, lot, "2026-02-10")
        self.assertFalse(again.aftersales_vendor_terms)
        asset = self._deliver_on("2026-03-10", self.lock, lots=lot)
        self.assertEqual(
            [(r.move, r.end) for r in self._receipts(asset)],
            [(move, date(2027, 1, 5))],
        )

    def test_goods_without_a_number(self):
        self.sensor.aftersales_policy_ids = self.policy_24
        self._make_terms(self.vendor, 12, product=self.sensor)
        self._receive(self.vendor, self.sensor, day="2026-01-05")
        self._receive(self.vendor, self.sensor, day="2026-02-05")
        asset = self._deliver_on("2026-03-10", self.sensor)
        self._receive(self.vendor, self.sensor, day="2026-04-05")
        [receipt] = self._receipts(asset)
        self.assertEqual(receipt.day, date(2026, 2, 5), "the last one before it")

    def test_why_nobody_pays(self):
        asset = self._make_unit("S1")
        day = date(2027, 1, 6)
        found, reason = asset._narrow_receipts(self._receipts(asset), day)
        self.assertFalse(found)
        self.assertIn("Northlight ended on", reason)
        self.assertIn("No receipt", asset._narrow_receipts([], day)[1])
        bare = self._make_unit("S2", vendor=self.other_vendor)
        self.assertIn(
            "Beacon gives no warranty",
            bare._narrow_receipts(self._receipts(bare), day)[1],
        )

    def test_bad_terms(self):
        for vals, error in (
            ({"aftersales_duration": 1201}, ValidationError),
            ({"aftersales_duration": -1}, IntegrityError),
            ({"aftersales_parts_share": 101}, IntegrityError),
            ({"aftersales_labour_share": -1}, IntegrityError),
        ):
            with (
                self.subTest(vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.cr.savepoint(),
            ):
                self.terms.write(vals)
                self.terms.flush_recordset()

    def test_query_counts(self):
        """For 1 and for 50 units the same; a receipt of 50 costs one write."""

        def count(function):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        counts = []
        for prefix, number in (("w", 1), ("x", 1), ("y", 50)):
            names = (f"{prefix}{n}" for n in range(number))
            lots = self._make_lots(self.lock, *names)
            move = self._receive(self.vendor, self.lock, lots=lots)
            assets = self._deliver_on("2026-03-10", self.lock, lots=lots)
            self.assertEqual(len(assets), number)
            counts.append(
                (
                    count(lambda a=assets: a.mapped("vendor_label")),
                    count(lambda m=move: m._aftersales_keep_vendor_terms()),
                )
            )
        self.assertEqual(counts[2], counts[1])
