"""What people read about a unit: quantities, and what became of it."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAssetWording(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12

    def test_quantities_are_written_as_people_write_them(self):
        asset = self._assets(self._deliver(self.sensor, 1000000))
        self.assertEqual(asset.display_name, "1,000,000 × Sensor")
        lang = self.env["res.lang"]._activate_lang("de_DE")
        german = asset.with_context(lang=lang.code)
        self.assertEqual(german.display_name, "1.000.000 × Sensor")
        unit = self.sensor.uom_id
        self.assertEqual(unit._aftersales_format(2.5), "2.50")
        self.assertEqual(unit._aftersales_format(3), "3")
        self.assertEqual(unit._aftersales_format(-999), "-999")
        self.assertEqual(unit._aftersales_format(-1000), "-1,000")
        self.assertEqual(unit._aftersales_format(-0.0), "0")

    def test_the_chatter_and_the_checks_write_them_alike(self):
        move = self._deliver(self.sensor, 3000000)
        asset = self._assets(move)
        move.move_line_ids.quantity = 2000000
        self.assertIn("from 3,000,000 to 2,000,000 Units", asset.message_ids[:1].body)
        self._return(move, 1000000)
        self.assertIn("1,000,000 Units returned", asset.message_ids[:1].body)
        answer = asset._assess(quantity=1500000)
        [check] = [c for c in answer["checks"] if c["code"] == "quantity"]
        self.assertIn("Claimed: 1,500,000, but only 1,000,000 of", check["reason"])

    def test_a_replacement_happened_when_its_unit_was_delivered(self):
        lots = self._make_lots(self.lock, "OLD", "NEW")
        with freeze_time("2026-01-10 10:00"):
            old = self._assets(self._deliver(self.lock, lots=lots[0]))
        with freeze_time("2026-06-10 10:00"):
            move = self._deliver(self.lock, lots=lots[1])
            new = self._assets(move)
            old._replace_with(new, date(2026, 6, 10))
            move.picking_id.date_done = "2026-06-03 10:00:00"
        self.assertEqual(new.replacement_date, date(2026, 6, 3))
        self.assertEqual((old.state, old.date_closed), ("replaced", date(2026, 6, 3)))
        self.assertEqual(new.warranty_end, date(2027, 1, 10))

    def test_a_delivery_corrected_to_nothing_is_no_return(self):
        move = self._deliver(self.sensor, 4)
        asset = self._assets(move)
        move.move_line_ids.with_user(self.user_stock).quantity = 0
        self.assertEqual((asset.quantity, asset.quantity_delivered), (0, 0))
        self.assertEqual(asset.warranty_ids.state, "closed")
        self.assertEqual(asset.coverage_label, "Not Delivered")
        self.assertIn("Not Delivered", str(asset.timeline))
        tiles = self.env["aftersales.asset"].get_overview()["tiles"]
        self.assertEqual(tiles["returned_this_month"], 0)
        move.move_line_ids.with_user(self.user_stock).quantity = 4
        self.assertEqual((asset.state, asset.quantity), ("in_use", 4))
        self.assertEqual(asset.warranty_ids.state, "open")

    def test_large_quantities_of_returns(self):
        """Goods are counted in words that people use: never 2e+06."""
        vals = {"product_id": self.sensor.id, "quantity": 2_000_000.0}
        unit = {"uom_id": self.sensor.uom_id.id}
        for model in ("aftersales.rma.line", "aftersales.rma.mismatch"):
            record = self.env[model].new({**vals, **unit})
            self.assertIn("2,000,000 × ", record.display_name)
        entry = self.env["aftersales.provision.entry"].new(
            {**vals, "rate_amount": 1.0, "kind": "issued"}
        )
        self.assertIn("2,000,000 × (", entry._explain_share())
