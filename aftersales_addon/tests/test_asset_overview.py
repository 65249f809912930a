from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged, users
from odoo.tools.safe_eval import safe_eval

from odoo.addons.aftersales_addon.models.aftersales_asset_overview_mixin import TILES

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00")
class TestAssetOverview(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Asset = cls.env["aftersales.asset"]
        cls.before = cls.Asset.get_overview()["tiles"]

    @classmethod
    def _unit(cls, serial, end=None, **vals):
        """Enter a unit whose only warranty, if any, ends on a day."""
        asset = cls.Asset.create(
            {
                "product_id": cls.sensor.id,
                "serial_number": serial,
                "partner_id": cls.customer.id,
                "delivery_date": "2024-01-01",
                **vals,
            }
        )
        if end:
            warranty = asset._add_warranty(cls.policy_12)
            warranty.sudo().date_end = end
        return asset

    def _counts(self, env=None):
        tiles = (env or self.env)["aftersales.asset"].get_overview()["tiles"]
        return {name: tiles[name] - self.before[name] for name in tiles}

    def test_tiles_count_each_state(self):
        self._unit("far", "2027-06-15")
        self._unit("in 90", "2026-09-13")
        self._unit("in 91", "2026-09-14")
        self._unit("in 30", "2026-07-15")
        self._unit("today", "2026-06-15")
        self._unit("yesterday", "2026-06-14")
        self._unit("none")
        self._unit("back", "2027-06-15")._set_closed("returned")
        self._unit("retired", "2027-06-15").action_retire()
        with freeze_time("2026-05-31 12:00"):
            self._unit("back in May", "2027-06-15")._set_closed("returned")
        self.assertEqual(
            self._counts(),
            {
                "covered": 5,
                "expiring": 2,
                "expiring_90": 3,
                "expired": 1,
                "no_warranty": 1,
                "returned_this_month": 1,
            },
        )

    def test_a_tile_opens_the_list_that_it_counts(self):
        arch = self.Asset.get_view(
            self.env.ref("aftersales_addon.aftersales_asset_view_search").id, "search"
        )["arch"]
        tree = etree.fromstring(arch)
        for name, domain in TILES.items():
            [node] = tree.xpath(f"//filter[@name='{name}']")
            self.assertEqual(safe_eval(node.get("domain")), domain, name)

    def test_lists_show_the_most_urgent_and_the_newest_first(self):
        self._unit("later", "2026-07-02", delivery_date="2026-06-15")
        self._unit("sooner", "2026-06-16")
        data = self.Asset.get_overview()
        names = [row["serial_number"] for row in data["expiring"]]
        self.assertLess(names.index("sooner"), names.index("later"))
        self.assertEqual(data["delivered"][0]["serial_number"], "later")
        self.assertEqual(
            data["delivered"][0]["coverage_label"], "Covered until 2 Jul 2026"
        )

    def test_everybody_counts_what_they_may_see(self):
        self._unit("mine", "2027-01-01", user_id=self.user_agent.id)
        self._unit("nobody's", "2027-01-01")
        self._unit("other's", "2027-01-01", user_id=self.user_sale.id)
        agent = self._counts(self.env(user=self.user_agent))["covered"]
        all_documents = self._counts(self.env(user=self.user_agent_all))["covered"]
        self.assertEqual(all_documents - agent, 1)

    @users("as_agent", "as_technician", "as_sale", "as_stock")
    def test_every_reader_can_search(self):
        self._unit("A_1")
        self._unit("AX1")
        Asset = self.env["aftersales.asset"]

        def find(text):
            return {row["serial_number"] for row in Asset.get_overview_matches(text)}

        self.assertEqual(find(" a_1 "), {"A_1"}, "an exact number is the only answer")
        self.assertEqual(find("AX"), {"AX1"})
        self.assertEqual(find("Anna"), {"A_1", "AX1"})
        self.assertEqual(find("Sensor"), {"A_1", "AX1"})
        self.assertFalse(find(""))
        self.assertFalse(find("no such thing"))

    def test_an_empty_company_gets_first_steps(self):
        company = self.env["res.company"].create({"name": "New"})
        self.user_manager.write(
            {"company_ids": [(4, company.id)], "company_id": company.id}
        )
        env = self.env(
            user=self.user_manager, context={"allowed_company_ids": company.ids}
        )
        data = env["aftersales.asset"].get_overview()
        self.assertFalse(data["has_assets"])
        self.assertTrue(data["is_manager"])
        self.assertEqual(set(data["tiles"].values()), {0})

    def test_one_unit_opens_as_a_form_and_many_as_a_list(self):
        asset = self._unit("one", partner_id=self.other_customer.id)
        action = self.other_customer.action_aftersales_view_assets()
        self.assertEqual(action["res_id"], asset.id)
        self._unit("two", partner_id=self.other_customer.id)
        action = self.other_customer.action_aftersales_view_assets()
        self.assertFalse(action.get("res_id"))
        self.assertEqual(self.Asset.search_count(action["domain"]), 2)

    def test_the_cost_does_not_grow_with_the_units(self):
        self._unit("first", "2026-06-20")

        def queries():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Asset.get_overview()
            return self.env.cr.sql_log_count - start

        queries()
        few = queries()
        for number in range(9):
            self._unit(f"more {number}", date(2026, 6, 21))
        self.env.flush_all()
        self.assertLessEqual(queries(), few)
