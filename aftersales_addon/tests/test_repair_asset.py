"""How a repair finds its unit, and what it does to the unit's warranties."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestRepairAsset(RepairCommon):
    @freeze_time("2026-06-01")
    def test_a_serial_of_two_products_is_told_apart_by_the_product(self):
        other = self._make_product("Other lock", "serial")
        first = self._unit("2026-01-10", "A1")
        second = self._unit("2026-01-10", "A1", product=other)
        for asset in (first, second):
            repair = self._repair(asset)
            self.assertEqual(repair.aftersales_asset_id, asset)

    @freeze_time("2026-06-01")
    def test_the_unit_in_use_goes_before_one_that_was_returned(self):
        asset = self._unit("2025-01-10", "A1")
        asset._set_closed("returned")
        self.env.flush_all()
        again = self.env["aftersales.asset"].create(
            {
                "product_id": self.lock.id,
                "lot_id": asset.lot_id.id,
                "partner_id": self.other_customer.id,
            }
        )
        self.assertEqual(self._repair(asset).aftersales_asset_id, again)

    @freeze_time("2026-06-01")
    def test_a_number_that_was_typed_in_is_found_by_the_lot(self):
        typed = self._unit("2026-01-10", product=self.sensor, serial_number="X9")
        self.sensor.tracking = "none"
        lock = self.env["aftersales.asset"].create(
            {
                "product_id": self.lock.id,
                "serial_number": "X9",
                "partner_id": self.customer.id,
            }
        )
        lot = self._make_lots(self.lock, "X9")
        repair = self._repair(None, lot_id=lot.id)
        self.assertEqual(repair.aftersales_asset_id, lock)
        self.assertNotEqual(repair.aftersales_asset_id, typed)

    @freeze_time("2026-06-01")
    def test_untracked_goods_are_found_by_customer_and_product(self):
        asset = self._unit("2026-01-10", product=self.sensor)
        self._unit("2026-01-10", product=self.sensor, partner_id=self.other_customer.id)
        repair = self._repair(None, product_id=self.sensor.id)
        self.assertEqual(repair.aftersales_asset_id, asset)

    @freeze_time("2026-06-01")
    def test_several_are_a_choice(self):
        first = self._unit("2026-01-10", product=self.sensor)
        self._unit("2026-02-10", product=self.sensor)
        repair = self._repair(None, product_id=self.sensor.id)
        self.assertFalse(repair.aftersales_asset_id)
        self.assertEqual(repair.aftersales_candidate_count, 2)
        repair.aftersales_asset_id = first
        repair.partner_id = self.customer
        self.assertEqual(repair.aftersales_asset_id, first)
        self.assertEqual(repair.aftersales_state, "partial")

    def test_the_return_tells_which_delivery_is_meant(self):
        self.sensor.aftersales_policy_ids = self._policy()
        first = self._deliver(self.sensor, 2)
        self._deliver(self.sensor, 2)
        back = self._return(first, 1, to_refund=False)
        back.picking_id.return_id = first.picking_id
        repair = self._repair(
            None, product_id=self.sensor.id, picking_id=back.picking_id.id
        )
        self.assertEqual(repair.aftersales_asset_id, self._assets(first))
        self.assertEqual(
            repair.aftersales_date_in,
            self.company._aftersales_day(back.picking_id.date_done),
        )
        self.assertEqual(self._assets(first).quantity, 2, "W16")
        self.assertTrue(self._assets(first).warranty_end, "W16")

    @freeze_time("2026-06-01")
    def test_a_unit_of_another_product_is_refused(self):
        asset = self._unit("2026-01-10")
        repair = self._repair(None, product_id=self.sensor.id)
        with self.assertRaisesRegex(ValidationError, "is not for"):
            repair.aftersales_asset_id = asset

    @freeze_time("2026-06-01")
    def test_the_unit_fills_in_the_rest(self):
        asset = self._unit("2026-01-10")
        action = asset.action_create_repair()
        model = self.env["repair.order"].with_context(**action["context"])
        repair = Form(model).save()
        self.assertEqual(repair.aftersales_asset_id, asset)
        self.assertEqual(repair.lot_id, asset.lot_id)
        self.assertEqual(repair.partner_id, self.customer)
        self.assertEqual(asset.repair_count, 1)

    @freeze_time("2026-06-30 23:30:00")
    def test_the_report_is_dated_where_the_company_works(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        asset = self._unit("2026-01-10")
        repair = self._repair(asset)
        self.assertEqual(repair.aftersales_date_reported, date(2026, 7, 1))
        with self.assertRaisesRegex(ValidationError, "day to come"):
            repair.aftersales_date_reported = "2026-07-02"

    # --- Warranties after a repair ---

    def _do(self, repair):
        repair._action_repair_confirm()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")

    def _repair_between(self, asset, day_in, day_out):
        with freeze_time(day_in):
            repair = self._repair(asset)
            repair.action_repair_start()
        with freeze_time(day_out):
            repair.action_repair_end()
        return repair

    def test_w16_a_repair_alone_changes_nothing(self):
        asset = self._unit("2025-03-15")
        self._repair_between(asset, "2026-06-01", "2026-06-21")
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))
        self.assertEqual(asset.state, "in_use")

    def test_w20_a_repair_prolongs_once(self):
        policy = self._policy(repair_prolongation=12)
        asset = self._unit("2025-03-15", policy=policy)
        first = self._repair_between(asset, "2026-06-01", "2026-06-21")
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))
        self.assertIn("12 months", first.aftersales_change_summary)
        second = self._repair_between(asset, "2026-09-01", "2026-09-05")
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))
        self.assertFalse(second.aftersales_change_ids)

    def test_w21_the_days_in_the_workshop_do_not_count(self):
        policy = self._policy(repair_suspends=True)
        asset = self._unit("2025-03-15", policy=policy)
        repair = self._repair_between(asset, "2026-06-01", "2026-06-21")
        self.assertEqual(asset.warranty_end, date(2027, 4, 4))
        repair.aftersales_date_in = "2026-06-11"
        repair._aftersales_sync_changes()
        self.assertEqual(asset.warranty_end, date(2027, 3, 25))

    def test_a_cancelled_repair_is_undone(self):
        policy = self._policy(repair_prolongation=12, repair_suspends=True)
        asset = self._unit("2025-03-15", policy=policy)
        repair = self._repair_between(asset, "2026-06-01", "2026-06-21")
        self.assertEqual(asset.warranty_end, date(2028, 4, 4))
        repair.state = "cancel"
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))
        second = self._repair_between(asset, "2026-09-01", "2026-09-01")
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))
        self.assertEqual(len(second.aftersales_change_ids), 1)

    def test_a_repair_that_nobody_covers_prolongs_nothing(self):
        policy = self._policy(repair_prolongation=12, repair_suspends=True)
        asset = self._unit("2025-03-15", policy=policy)
        with freeze_time("2026-06-01"):
            repair = self._repair(asset)
            repair.under_warranty = False
            self._do(repair)
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))

    def test_a_refused_claim_prolongs_nothing(self):
        policy = self._policy(repair_prolongation=12)
        asset = self._unit("2025-03-15", policy=policy)
        repair = self._repair_between(asset, "2026-06-01", "2026-06-21")
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))
        refusal = self.env["aftersales.refusal"].create(
            {
                "assessment_id": repair.aftersales_assessment_id.id,
                "ground": "misuse",
                "cause": "It was under water.",
            }
        )
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))
        refusal.action_withdraw()
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))

    def test_a_report_on_the_last_day_is_enough(self):
        policy = self._policy(repair_prolongation=12)
        asset = self._unit("2025-03-15", policy=policy)
        self._repair_between(asset, "2027-03-15", "2027-04-20")
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))

    def test_one_of_many_prolongs_nothing_for_the_others(self):
        policy = self._policy(repair_prolongation=12)
        asset = self._unit("2025-03-15", policy=policy, product=self.sensor, quantity=5)
        with freeze_time("2026-06-01"):
            repair = self._repair(asset)
            self._do(repair)
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))

    @freeze_time("2026-06-01")
    def test_queries_do_not_grow_with_the_repairs(self):
        policy = self._policy()
        lots = self._make_lots(self.lock, *(f"Q{n}" for n in range(52)))
        assets = self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.lock.id,
                    "lot_id": lot.id,
                    "partner_id": self.customer.id,
                    "give_warranty": False,
                }
                for lot in lots
            ]
        )
        assets._add_warranty(policy)
        repairs = self.env["repair.order"].create(
            [
                {
                    "product_id": self.lock.id,
                    "lot_id": lot.id,
                    "partner_id": self.customer.id,
                }
                for lot in lots
            ]
        )
        self.assertEqual(repairs.aftersales_asset_id, assets)
        self._check_constant(repairs, lambda r: r._aftersales_find_assets())
        self._check_constant(repairs, lambda r: r._aftersales_assess())
        repairs.aftersales_assessment_id = False
        self._check_constant(repairs, lambda r: r._aftersales_assess())

    def _check_constant(self, repairs, function):
        """Compare what the 2nd and the other 50 of 52 repairs cost."""
        counts = []
        for part in (repairs[:1], repairs[1:2], repairs[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function(part)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # 50 assessments have 250 lines, which the ORM inserts by the hundred.
        self.assertLessEqual(counts[2] - counts[1], 4, counts)
