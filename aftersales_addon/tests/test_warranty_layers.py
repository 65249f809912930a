"""Layers: start events with their caps, stacking, changes of the end, usage."""

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyLayers(AftersalesCommon):
    def _unit(self, day, *policies):
        self.lock.aftersales_policy_ids = [Command.set([p.id for p in policies])]
        self.number = getattr(self, "number", 0) + 1
        lot = self._make_lots(self.lock, f"SN-{self.number}")
        with freeze_time(f"{day} 10:00"):
            move = self._deliver(self.lock, lots=lot)
        return self.env["aftersales.asset"].search([("move_id", "=", move.id)])

    def _extension(self, months=12, **vals):
        vals = {"kind": "extended", "stacking": "after", **vals}
        return self._make_policy("More years", months, **vals)

    def _layer(self, asset, policy):
        return asset.warranty_ids.filtered(lambda w: w.policy_id == policy)

    def assert_found(self, record, state):
        """Only the search for this state of coverage finds the record."""
        states = ["waiting", "covered", "expiring", "expired", "closed"]
        if record._name == "aftersales.asset":
            states.append("none")
        found = [
            name
            for name in states
            if record.search([("id", "=", record.id), ("coverage_state", "=", name)])
        ]
        self.assertEqual(found, [state])

    # --- Start events ---

    def test_a_warranty_waits_for_its_installation(self):
        policy = self._make_policy("Installed", 12, start_event="installation")
        asset = self._unit("2026-01-10", policy)
        warranty = asset.warranty_ids
        self.assertEqual((warranty.state, warranty.date_end), ("waiting", False))
        self.assertFalse(asset.warranty_end)
        self.assertEqual(warranty.coverage_label, "Not Started")
        self.assertEqual(asset.coverage_label, "Warranty not started")
        self.assert_found(asset, "waiting")
        answer = asset._assess(date(2026, 1, 20))
        self.assertFalse(answer["covered"])
        self.assertIn(
            "starts when the product is installed", answer["checks"][1]["reason"]
        )
        asset._start_event("installation", {asset: date(2026, 2, 1)})
        self.assertEqual(warranty.date_end, date(2027, 2, 1))
        self.assertEqual(asset.warranty_end, date(2027, 2, 1))
        asset._start_event("installation", {asset: date(2026, 3, 1)})
        self.assertEqual(warranty.date_end, date(2027, 2, 1), "it starts once")

    def test_a_cap_starts_it_and_the_event_may_come_earlier(self):
        policy = self._make_policy(
            "Registered", 12, start_event="registration", start_cap=90
        )
        asset = self._unit("2026-01-10", policy)
        warranty = asset.warranty_ids
        self.assertEqual(warranty.date_start, date(2026, 4, 10))
        self.assertTrue(warranty.is_start_provisional)
        with freeze_time("2026-04-09 10:00"):
            self.env.invalidate_all()
            self.assertEqual(asset.coverage_label, "Covered from 10 Apr 2026")
            self.assert_found(asset, "waiting")
            self.assert_found(warranty, "waiting")
        with freeze_time("2026-04-10 10:00"):
            self.env.invalidate_all()
            self.assertEqual(asset.coverage_label, "Covered until 10 Apr 2027")
            self.assert_found(asset, "covered")
            self.assert_found(warranty, "covered")
        self.assertFalse(asset._assess(date(2026, 4, 9))["covered"])
        self.assertTrue(asset._assess(date(2026, 4, 10))["covered"])
        asset._start_event("registration", {asset: date(2026, 2, 1)})
        self.assertEqual(warranty.date_end, date(2027, 2, 1))
        self.assertFalse(warranty.is_start_provisional)

    def test_an_event_after_the_cap_changes_nothing(self):
        policy = self._make_policy(
            "Registered", 12, start_event="registration", start_cap=90
        )
        asset = self._unit("2026-01-10", policy)
        asset._start_event("registration", {asset: date(2026, 6, 1)})
        self.assertEqual(asset.warranty_ids.date_start, date(2026, 4, 10))

    # --- Stacking ---

    def test_w6_an_extension_is_counted_from_the_first_anchor(self):
        base = self._make_policy("Half a year", 6)
        extension = self._extension(6)
        asset = self._unit("2025-08-31", base, extension)
        layer = self._layer(asset, extension)
        self.assertEqual(layer.date_start, date(2026, 2, 28))
        self.assertEqual(layer.date_end, date(2026, 8, 31))
        self.assertEqual(layer.coverage[0]["end"], "2026-08-31")
        self.assertEqual(asset.warranty_end, date(2026, 8, 31))

    def test_several_extensions_follow_each_other(self):
        asset = self._unit("2025-08-31", self._make_policy("Half a year", 6))
        for _number in range(2):
            asset._add_warranty(self._extension(6))
        self.assertEqual(asset.warranty_end, date(2027, 2, 28))

    def test_w7_bought_after_the_base_had_ended(self):
        asset = self._unit("2026-01-31", self.policy_12)
        self.assertEqual(asset.warranty_end, date(2027, 1, 31))
        with freeze_time("2027-03-01 10:00"):
            asset._add_warranty(self._extension(12), date(2027, 3, 1))
        self.assertEqual(asset.warranty_end, date(2028, 3, 1))
        answer = asset._assess(date(2027, 2, 15))
        self.assertFalse(answer["covered"])
        self.assertIn(
            "the warranty ended on 31 Jan 2027", answer["checks"][1]["reason"]
        )
        self.assertTrue(asset._assess(date(2027, 3, 2))["covered"])

    def test_an_extension_moves_with_what_it_follows(self):
        asset = self._unit("2025-03-15", self.policy_24, extension := self._extension())
        base = self._layer(asset, self.policy_24)
        base._add_change("suspension", 20, "day", day=date(2026, 6, 21))
        self.assertEqual(base.date_end, date(2027, 4, 4))
        layer = self._layer(asset, extension)
        self.assertEqual(layer.date_start, date(2027, 4, 4))
        self.assertEqual(layer.date_end, date(2028, 4, 4))

    def test_an_extension_that_is_undone_lets_the_next_one_move_up(self):
        asset = self._unit("2025-03-15", self.policy_12)
        first = asset._add_warranty(self._extension(12)).sudo()
        second = asset._add_warranty(self._extension(24)).sudo()
        self.assertEqual(second.date_end, date(2029, 3, 15))
        first._set_closed("refunded")
        self.assertEqual(second.date_end, date(2028, 3, 15))
        first._set_open({"refunded"})
        self.assertEqual(second.date_end, date(2029, 3, 15))

    def test_an_extension_may_take_the_place_of_the_manufacturers(self):
        extension = self._extension(36, stacking="replace")
        asset = self._unit("2025-03-15", self.policy_12, extension)
        base = self._layer(asset, self.policy_12)
        self.assertEqual((base.state, base.close_reason), ("closed", "superseded"))
        self.assertEqual(asset.warranty_end, date(2028, 3, 15))

    def test_the_law_waits_for_nothing(self):
        with self.assertRaisesRegex(ValidationError, "legal rights wait for nothing"):
            self._make_policy("Law", 24, kind="statutory", stacking="after")

    def test_the_statutory_layer_is_always_named(self):
        law = self._make_policy("Legal rights", 24, kind="statutory")
        maker = self._make_policy("Maker", 36)
        asset = self._unit("2025-03-15", law, maker)
        answer = asset._assess(date(2026, 1, 1))
        self.assertEqual(
            [x["kind"] for x in answer["layers"]], ["statutory", "manufacturer"]
        )
        self.assertTrue(all(x["applies"] for x in answer["layers"]))
        self.assertEqual(answer["items"]["parts"]["kind"], "manufacturer")
        late = asset._assess(date(2027, 9, 1))
        self.assertEqual([x["applies"] for x in late["layers"]], [False, True])
        self.assertIn("Legal rights ended on", late["layers"][0]["reason"])

    # --- Changes of the end ---

    def test_w20_w21_prolongation_and_suspension_add_up(self):
        asset = self._unit("2025-03-15", self.policy_24)
        warranty = asset.warranty_ids
        change = warranty._add_change("prolongation", 12, "month", day=date(2026, 1, 1))
        self.assertEqual(warranty.date_end, date(2028, 3, 15))
        warranty._add_change("suspension", 20, "day", day=date(2026, 6, 21))
        self.assertEqual(warranty.date_end, date(2028, 4, 4))
        change._undo()
        self.assertEqual(warranty.date_end, date(2027, 4, 4))
        self.assertEqual(warranty.coverage[0]["end"], "2027-04-04")
        self.assertEqual(asset.warranty_end, date(2027, 4, 4))

    def test_w19_a_floor_is_a_day_not_a_period(self):
        asset = self._unit("2025-03-15", self.policy_24)
        asset.warranty_ids._add_change(
            "floor", day=date(2027, 2, 20), date_floor=date(2027, 5, 21)
        )
        self.assertEqual(asset.warranty_end, date(2027, 5, 21))

    def test_what_is_over_is_not_prolonged_by_a_repair_but_by_goodwill(self):
        asset = self._unit("2025-03-15", self.policy_12)
        late = date(2026, 5, 1)
        asset.warranty_ids._add_change("prolongation", 12, "month", day=late)
        self.assertEqual(asset.warranty_end, date(2026, 3, 15))
        asset.warranty_ids._add_change("goodwill", 6, "month", day=late)
        self.assertEqual(asset.warranty_end, date(2026, 9, 15))

    def test_a_corrected_delivery_day_moves_all_that_follows(self):
        extension = self._extension(12)
        asset = self._unit("2025-08-31", self.policy_12, extension)
        asset.move_id.write({"date": "2025-09-02 10:00:00"})
        self.assertEqual(asset.delivery_date, date(2025, 9, 2))
        self.assertEqual(asset.warranty_end, date(2027, 9, 2))

    # --- Usage and categories ---

    def test_w22_time_or_usage_whichever_comes_first(self):
        policy = self._make_policy("Hours", 24, usage_limit=1000, usage_unit="hour")
        asset = self._unit("2025-03-15", policy)
        day = date(2026, 1, 1)
        self.assertTrue(asset._assess(day, usage=1000)["covered"])
        over = asset._assess(day, usage=1001)
        self.assertFalse(over["covered"])
        self.assertIn(
            "is limited to 1,000 Hours; the product has run 1,001",
            [c["reason"] for c in over["checks"] if c["code"] == "usage"][0],
        )
        unknown = asset._assess(day)
        self.assertFalse(unknown["covered"])
        self.assertEqual(unknown["questions"], ["usage"])
        self.assertFalse(asset._assess(date(2027, 3, 16), usage=10)["covered"])

    def test_no_reading_is_asked_for_when_another_layer_pays_as_much(self):
        law = self._make_policy("Law", 24, kind="statutory")
        policy = self._make_policy("Hours", 24, usage_limit=1000, usage_unit="hour")
        asset = self._unit("2025-03-15", law, policy)
        answer = asset._assess(date(2026, 1, 1))
        self.assertTrue(answer["covered"])
        self.assertEqual(answer["questions"], [])

    def test_a_limit_of_usage_needs_its_unit(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._make_policy("Hours", 24, usage_limit=1000)

    def test_a_rule_for_a_category_goes_before_the_general_one(self):
        batteries = self.env["product.category"].create({"name": "Batteries"})
        cells = self.env["product.category"].create(
            {"name": "Cells", "parent_id": batteries.id}
        )
        oil = self.env["product.category"].create({"name": "Oil"})
        policy = self._make_policy(
            "With exceptions",
            24,
            line_ids=[
                Command.create({"item": "parts", "share": 100}),
                Command.create(
                    {
                        "item": "parts",
                        "product_categ_id": batteries.id,
                        "share": 50,
                        "duration": 6,
                    }
                ),
                Command.create(
                    {"item": "parts", "product_categ_id": oil.id, "share": 0}
                ),
            ],
        )
        asset = self._unit("2025-03-15", policy)
        warranty = asset.warranty_ids
        day = date(2025, 6, 1)
        cell = self._make_product("Cell", "none", categ_id=cells.id)
        grease = self._make_product("Grease", "none", categ_id=oil.id)
        self.assertEqual(warranty._covers("parts", day), 100)
        self.assertEqual(warranty._covers("parts", day, cell), 50)
        self.assertEqual(warranty._covers("parts", date(2025, 9, 16), cell), 0)
        self.assertEqual(warranty._covers("parts", day, grease), 0)
        self.assertEqual(warranty._covers("parts", day, self.sensor), 100)
        self.assertEqual(
            warranty.coverage_summary, "Parts, Parts (Batteries) 50 %, Parts (Oil) 0 %"
        )
        self.assertEqual(len(warranty.line_ids), 3)

    def test_assessing_fifty_units_costs_as_many_queries_as_one(self):
        self.lock.aftersales_policy_ids = self.policy_12
        lots = self._make_lots(self.lock, *[f"Q{n}" for n in range(51)])
        with freeze_time("2026-01-10"):
            move = self._deliver(self.lock, lots=lots)
        assets = self.env["aftersales.asset"].search([("move_id", "=", move.id)])

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._assess_many(date(2026, 2, 1))
            return self.env.cr.sql_log_count - before

        count(assets[50])
        self.assertEqual(count(assets[0]), count(assets[:50]))

    def test_a_new_extension_comes_after_the_others_unless_said_otherwise(self):
        form = Form(self.env["aftersales.warranty.policy"])
        form.name = "One more year"
        form.kind = "extended"
        self.assertEqual(form.stacking, "after")
        form.kind = "statutory"
        self.assertEqual(form.stacking, "beside")

    def test_w22_a_reading_beyond_the_limit_ends_it_in_lists_too(self):
        policy = self._make_policy("Hours", 24, usage_limit=1000, usage_unit="hour")
        asset = self._unit("2025-03-15", policy)
        warranty = asset.warranty_ids
        readings = self.env["aftersales.reading"]
        with freeze_time("2026-01-10 10:00"):
            for day, value in (("2025-12-01", 1000), ("2026-01-05", 1001)):
                readings |= readings.create(
                    {
                        "asset_id": asset.id,
                        "date": day,
                        "value": value,
                        "unit": "hour",
                    }
                )
            self.env.invalidate_all()
            self.assertEqual(asset.warranty_end, date(2026, 1, 4))
            self.assertEqual(warranty.coverage_label, "Used up on 5 Jan 2026")
            self.assert_found(asset, "expired")
            self.assert_found(warranty, "expired")
            readings[1].unlink()
            self.env.invalidate_all()
            self.assertEqual(asset.warranty_end, date(2027, 3, 15))
            self.assert_found(warranty, "covered")
