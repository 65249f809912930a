from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestCoverage(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24

    def _sold_on(self, moment, product=None):
        with freeze_time(moment):
            return self._assets(self._deliver(product or self.sensor))

    def _state(self, asset, moment):
        with freeze_time(moment):
            asset.invalidate_recordset()
            return asset.coverage_state

    def _found(self, states, moment):
        with freeze_time(moment):
            return self.env["aftersales.asset"].search(
                [("coverage_state", "in", states), ("product_id", "=", self.sensor.id)]
            )

    def test_w1_valid_on_the_last_day_only(self):
        asset = self._sold_on("2025-03-15 10:00")
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))
        self.assertEqual(self._state(asset, "2027-03-15 23:59"), "expiring")
        self.assertTrue(asset._assess(date(2027, 3, 15))["covered"])
        self.assertEqual(self._state(asset, "2027-03-16 00:00"), "expired")
        self.assertFalse(asset._assess(date(2027, 3, 16))["covered"])

    def _with_end(self, end, zone):
        self.company.resource_calendar_id.tz = zone
        asset = self._sold_on("2025-01-10 12:00")
        asset.warranty_ids.date_end = end
        return asset

    def test_w9_still_valid_in_los_angeles(self):
        asset = self._with_end(date(2026, 6, 30), "America/Los_Angeles")
        self.assertEqual(self._state(asset, "2026-07-01 02:30"), "expiring")
        self.assertIn(asset, self._found(["expiring"], "2026-07-01 02:30"))
        self.assertNotIn(asset, self._found(["expired"], "2026-07-01 02:30"))

    def test_w10_already_expired_in_auckland(self):
        asset = self._with_end(date(2026, 6, 30), "Pacific/Auckland")
        self.assertEqual(self._state(asset, "2026-06-30 13:00"), "expired")
        self.assertIn(asset, self._found(["expired"], "2026-06-30 13:00"))
        self.assertNotIn(asset, self._found(["expiring"], "2026-06-30 13:00"))

    def test_words_that_anyone_understands(self):
        asset = self._sold_on("2025-03-15 10:00")
        expected = {
            "2026-01-01": "Covered until 15 Mar 2027",
            "2027-03-14": "Covered until 15 Mar 2027",
            "2027-03-15": "Covered until today",
            "2027-03-16": "Expired yesterday",
            "2027-03-18": "Expired 3 days ago",
            "2027-06-01": "Expired on 15 Mar 2027",
        }
        for today, words in expected.items():
            with freeze_time(today):
                asset.invalidate_recordset()
                self.assertEqual(asset.coverage_label, words, today)

    def test_states_are_found_as_they_are_shown(self):
        today = "2026-11-22 12:00"
        covered = self._sold_on("2026-01-01 12:00")
        expiring = self._sold_on("2024-12-22 12:00")
        expired = self._sold_on("2024-11-21 12:00")
        returned = self._sold_on("2026-01-02 12:00")
        with freeze_time("2026-02-01"):
            self._return(returned.move_id)
        self.sensor.write({"aftersales_serviced": True, "aftersales_no_warranty": True})
        bare = self._sold_on("2026-01-03 12:00")
        for state, asset in {
            "covered": covered,
            "expiring": expiring,
            "expired": expired,
            "closed": returned,
            "none": bare,
        }.items():
            self.assertEqual(self._state(asset, today), state)
            self.assertEqual(self._found([state], today), asset, state)
        self.assertEqual(
            self._found(["covered", "none"], today), covered | bare, "several at once"
        )

    def test_days_left_are_found(self):
        asset = self._sold_on("2024-12-22 12:00")
        Asset = self.env["aftersales.asset"]
        with freeze_time("2026-11-22 12:00"):
            self.assertEqual(asset.coverage_days_left, 30)
            within = [("coverage_days_left", ">=", 0), ("coverage_days_left", "<=", 30)]
            self.assertIn(asset, Asset.search(within))
            self.assertNotIn(asset, Asset.search([("coverage_days_left", "<", 30)]))

    def test_warranties_are_found_by_state(self):
        asset = self._sold_on("2024-12-22 12:00")
        Warranty = self.env["aftersales.warranty"]
        with freeze_time("2026-11-22 12:00"):
            found = Warranty.search([("coverage_state", "=", "expiring")])
            self.assertIn(asset.warranty_ids, found)
            self.assertEqual(asset.warranty_ids.coverage_state, "expiring")
            asset.action_retire()
            self.assertEqual(asset.warranty_ids.coverage_state, "closed")
            found = Warranty.search([("coverage_state", "=", "closed")])
            self.assertIn(asset.warranty_ids, found)

    def test_companies_in_different_zones_in_one_search(self):
        """Each company's units expire at its own midnight."""
        other = self.env["res.company"].create({"name": "Down under"})
        other.resource_calendar_id.tz = "Pacific/Auckland"
        here = self._with_end(date(2026, 6, 30), "UTC")
        there = self.env["aftersales.asset"].create(
            {
                "product_id": self.sensor.id,
                "company_id": other.id,
                "warranty_end": date(2026, 6, 30),
            }
        )
        there.write(
            {"warranty_start": date(2025, 6, 30), "warranty_end": date(2026, 6, 30)}
        )
        found = self._found(["expired"], "2026-06-30 13:00")
        self.assertIn(there, found)
        self.assertNotIn(here, found)

    def test_the_best_layer_pays_and_none_is_hidden(self):
        legal = self._make_policy("Legal", 36, kind="statutory")
        legal.line_ids.filtered(lambda line: line.item == "labour").share = 40
        self.company.aftersales_policy_ids = legal
        asset = self._sold_on("2026-01-01 12:00")
        items = asset._assess(date(2026, 6, 1))["items"]
        self.assertEqual(items["labour"]["share"], 100)
        self.assertEqual(items["parts"]["share"], 100)
        later = asset._assess(date(2028, 6, 1))["items"]
        self.assertEqual(later["labour"]["share"], 40, "only the legal layer is left")
        self.assertEqual(len(asset.warranty_ids), 2)

    def test_before_the_delivery_nothing_is_covered(self):
        asset = self._sold_on("2026-01-10 12:00")
        answer = asset._assess(date(2026, 1, 9))
        self.assertFalse(answer["covered"])
        self.assertIn(
            "before the product was delivered",
            " ".join(check["reason"] for check in answer["checks"]),
        )
        self.assertTrue(asset._assess(date(2026, 1, 10))["covered"], "the day itself")

    def test_timeline_tells_the_life(self):
        asset = self._sold_on("2026-01-10 12:00")
        with freeze_time("2026-02-01"):
            self._return(asset.move_id)
        texts = [event["text"] for event in asset._get_timeline()]
        self.assertIn(asset.picking_id.name, texts[0])
        self.assertEqual(texts[-1], "Returned")
        self.assertIn("Returned", asset.timeline)
        self.assertIn("10 Jan 2026", asset.timeline)
