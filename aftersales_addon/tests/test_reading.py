"""Readings of counters: plausible, kept, and what they say on a day."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestReading(RepairCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._policy(usage_limit=1000, usage_unit="hour")

    def _asset(self, day="2025-03-15", **vals):
        return self._unit(day, policy=self.hours, **vals)

    def _read(self, asset, day, value, **vals):
        return self.env["aftersales.reading"].create(
            {
                "asset_id": asset.id,
                "value": value,
                **vals,
                **({"date": day} if day else {}),
            }
        )

    @freeze_time("2026-03-15")
    def test_w22_in_time_and_within_the_hours(self):
        asset = self._asset()
        answer = asset._assess()
        self.assertFalse(answer["covered"])
        self.assertEqual(answer["questions"], ["usage"])
        self._read(asset, "2026-03-15", 1000)
        answer = asset._assess()
        self.assertTrue(answer["covered"])
        self.assertFalse(answer["questions"])
        self._read(asset, "2026-03-15", 1001)
        answer = asset._assess()
        self.assertFalse(answer["covered"])
        self.assertFalse(answer["questions"])

    @freeze_time("2026-06-01")
    def test_the_latest_reading_at_or_before_the_day_holds(self):
        asset, other = self._asset(), self._unit("2025-03-15", "SN-2")
        self._read(asset, "2026-01-01", 300)
        self._read(asset, "2026-03-01", 500)
        for day, usage in (
            ("2026-03-01", 500),
            ("2026-02-28", 300),
            ("2026-05-01", 500),
            ("2025-12-01", 300),  # only later ones: no more than the first of them
        ):
            with self.subTest(day=day):
                found = (asset | other)._get_usage(date.fromisoformat(day))
                self.assertEqual(found, {asset: {"hour": usage}, other: {}})

    @freeze_time("2026-06-01")
    def test_a_new_counter_goes_on_from_the_old_one(self):
        asset = self._asset()
        self._read(asset, "2026-01-01", 700)
        swap = self._read(asset, "2026-02-01", 0, is_replacement=True, value_old=800)
        last = self._read(asset, "2026-03-01", 150)
        self.assertEqual((swap.usage, last.usage), (800, 950))
        self.assertEqual(asset._get_usage(date(2026, 4, 1))[asset], {"hour": 950})
        self._read(asset, "2026-05-01", 250)
        self.assertFalse(asset._assess()["covered"], "1050 hours in all")
        # One in between moves what comes after it.
        self._read(asset, "2026-01-15", 20, is_replacement=True, value_old=720)
        self._read(asset, "2026-01-20", 60)
        swap.value_old = 100
        self.assertEqual(last.usage, 720 + 80 + 150)

    @freeze_time("2026-06-01")
    def test_the_old_counter_showed_what_was_read_last(self):
        asset = self._asset()
        self._read(asset, "2026-01-01", 700)
        swap = self._read(asset, "2026-02-01", 5, is_replacement=True)
        self.assertEqual((swap.value_old, swap.usage), (700, 700))

    @freeze_time("2026-06-01")
    def test_what_runs_backwards_needs_a_reason(self):
        asset = self._asset()
        self._read(asset, "2026-01-01", 300)
        self._read(asset, "2026-03-01", 500)
        for day, value in (("2026-04-01", 499), ("2026-02-01", 501)):
            with (
                self.assertRaisesRegex(ValidationError, "reason"),
                self.cr.savepoint(),
            ):
                self._read(asset, day, value)
        low = self._read(asset, "2026-04-01", 450, reason="Read wrongly in March")
        self.assertEqual(asset._get_usage(date(2026, 5, 1))[asset], {"hour": 450})
        with (
            self.assertRaisesRegex(ValidationError, "reason"),
            self.cr.savepoint(),
        ):
            low.reason = False
        self._read(asset, "2026-02-01", 300)
        self.assertEqual(len(asset.reading_ids), 4)

    @freeze_time("2026-06-30 23:30:00")
    def test_no_reading_of_a_day_to_come(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        asset = self._asset()
        self.assertEqual(self._read(asset, False, 1).date, date(2026, 7, 1))
        with self.assertRaisesRegex(ValidationError, "day to come"):
            self._read(asset, "2026-07-02", 2)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_nonsense(self):
        asset = self._asset()
        self._read(asset, "2026-01-01", 5)
        for vals in (
            {"value": -1},
            {"value": 2e12},
            {"value": 5},
            {"value": 6, "is_replacement": True, "value_old": -1},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._read(asset, "2026-01-01", **vals)
                self.env.flush_all()

    @freeze_time("2026-06-01")
    def test_a_limit_counts_from_the_start_of_its_warranty(self):
        asset = self._unit("2025-03-15")
        self._read(asset, "2025-12-01", 700)
        later = self._policy(
            "More hours", kind="extended", usage_limit=1000, usage_unit="hour"
        )
        warranty = asset._add_warranty(later, date(2026, 1, 1))
        self.assertEqual(warranty.usage_start, 700)
        self._read(asset, "2026-05-01", 1700)
        self.assertTrue(warranty._assess_layer(date(2026, 6, 1), 1700)["applies"])
        self._read(asset, "2025-12-24", 750)
        self.assertEqual(warranty.usage_start, 750)
        self.assertFalse(warranty._assess_layer(date(2026, 6, 1), 1751)["applies"])

    @freeze_time("2026-06-01")
    def test_each_measure_is_on_its_own(self):
        asset = self._asset()
        self._read(asset, "2026-01-01", 300)
        self._read(asset, "2026-02-01", 20, unit="cycle")
        usage = asset._get_usage(date(2026, 3, 1))[asset]
        self.assertEqual(usage, {"hour": 300, "cycle": 20})

    @freeze_time("2026-03-15")
    def test_the_unit_tells_when_the_limit_is_reached(self):
        asset = self._asset()
        self.assertEqual(asset.usage_unit, "hour")
        self.assertFalse(asset.usage_forecast_date)
        self._read(asset, "2025-12-05", 400)
        self._read(asset, "2026-03-15", 500)
        self.assertIn("500 h", asset.usage_label)
        # 100 hours in 100 days
        self.assertEqual(asset.usage_forecast_date, date(2027, 7, 28))
        self._read(asset, "2026-03-15", 1001)
        self.assertIn("passed", asset.usage_forecast)

    @freeze_time("2026-03-15")
    def test_a_reading_answers_a_repair_that_waits_for_it(self):
        asset = self._asset()
        repair = self._repair(asset, [(self.part, 1)])
        self.assertEqual(repair.aftersales_state, "question")
        self.assertFalse(repair.under_warranty)
        repair.action_create_sale_order()
        self.assertEqual(self._line(repair, self.part).price_subtotal, 200.0)
        action = asset.with_user(self.user_stock).action_add_reading()
        model = self.env["aftersales.reading"].with_user(self.user_stock)
        with Form(model.with_context(**action["context"])) as form:
            form.value = 640
        self.assertEqual(form.record.unit, "hour")
        self.assertEqual(repair.aftersales_state, "partial")
        self.assertEqual(self._line(repair, self.part).price_subtotal, 0.0)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_readings_are_not_changed_by_those_who_take_them(self):
        reading = self._read(self._asset(), "2026-01-01", 5)
        for user in (self.user_agent, self.user_technician, self.user_stock):
            reading.with_user(user).read(["value"])
            with self.assertRaises(AccessError):
                reading.with_user(user).value = 1
            with self.assertRaises(AccessError):
                reading.with_user(user).unlink()
        reading.with_user(self.user_manager).value = 6
        self.assertEqual(reading.usage, 6)

    @freeze_time("2026-06-01")
    def test_one_query_for_all_units(self):
        assets = self.env["aftersales.asset"].create(
            [{"product_id": self.sensor.id, "quantity": n + 1} for n in range(51)]
        )
        self.env["aftersales.reading"].create(
            [
                {"asset_id": asset.id, "date": "2026-01-01", "value": asset.id}
                for asset in assets
            ]
        )
        for units in (assets[:1], assets[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                usage = units._get_usage(date(2026, 2, 1))
            self.assertEqual(usage, {unit: {"hour": unit.id} for unit in units})
