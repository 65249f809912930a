"""Anybody with a product in hand asks for its warranty; nobody learns more."""

import re
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from ..models import aftersales_warranty_lookup as lookup_model
from .http_common import AftersalesHttpCommon

CHECK = "/aftersales/warranty"


@tagged("post_install", "-at_install")
class TestWarrantyCheck(AftersalesHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.write({"zip": "SW1A 1AA", "street": "Secret Lane 7", "city": "London"})
        cls.asset.partner_shipping_id = cls.anna

    def _ask(self, serial, fact, **more):
        page = self.url_open(CHECK).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        data = {"csrf_token": token, "serial": serial, "fact": fact, **more}
        return self.url_open(CHECK, data=data)

    def _main(self, response):
        return response.text.split("<main")[-1].split("</main")[0]

    def test_what_is_covered_and_until_when(self):
        self.assertTrue(self.asset.warranty_end)
        end = self.asset._format_day(self.asset.warranty_end)
        for fact in (
            self.order.name,
            self.order.name.lower(),
            f" {self.anna.email.title()} ",
            "weber@example.com",
            "SW1A 1AA",
            "sw1a1aa",
        ):
            page = self._main(self._ask(" lk-1001 ", fact))
            self.assertTrue('name="answer"' in page, fact)
            self.assertIn(self.asset.coverage_label, page)
            self.assertIn(f"covered until {end}", page)
            self.assertIn("not covered", page)  # travel
            for label in ("Parts", "Labour", "Shipping", "Travel"):
                self.assertIn(label, page)

    def test_nothing_about_a_person(self):
        page = self._main(self._ask("LK-1001", self.order.name))
        self.assertIn('name="answer"', page)
        for secret in ("Anna", "Weber", "SW1A", "Lane", "London", "@example"):
            self.assertNotIn(secret, page)
        self.assertNotIn(self.asset._portal_ensure_token(), page)
        self.assertNotIn("/my/installed-products/", page)

    def test_wrong_and_unknown_read_and_cost_the_same(self):
        answers, costs = set(), set()
        Lookup = self.env["aftersales.warranty.lookup"]
        public = self.env.ref("base.public_user")
        for serial, fact in (
            ("LK-1001", "S99999"),
            ("LK-9999", self.order.name),
            ("LK-1001", "ben@example.com"),
            ("LK-9999", self.anna.email),
            ("%", "%"),
            ("LK_1001", self.order.name),
            ("LK-1001", "%"),
        ):
            page = self._main(self._ask(serial, fact))
            self.assertIn('name="nothing"', page, (serial, fact))
            answers.add(re.sub(r'value="[^"]*"', "", page))
            self.env.invalidate_all()
            with self.subTest(serial=serial):
                count = self.cr.sql_log_count
                Lookup.with_user(public)._ask(self.company, serial, fact, "10.0.0.1")
                self.env.flush_all()
                costs.add(self.cr.sql_log_count - count)
        self.assertEqual(len(answers), 1)
        # The first one fills caches.
        self.assertLessEqual(len(costs), 2, costs)

    def test_who_has_it_now_and_who_had_it(self):
        self.asset._set_closed("returned")
        page = self._main(self._ask("LK-1001", self.order.name))
        self.assertIn(self.asset.coverage_label, page)
        self.assertNotIn('name="items"', page)

    def test_what_is_over(self):
        with freeze_time(f"{self.asset.warranty_end.year + 1}-12-01"):
            items = self.env["aftersales.warranty.lookup"]._get_items(self.asset)
        self.assertFalse([item for item in items if item["covered"]])
        self.assertIn("ended on", items[0]["text"])

    def test_another_companys_units_are_not_found(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        found = self.env["aftersales.warranty.lookup"]._ask(
            other, "LK-1001", self.order.name, "10.0.0.1"
        )
        self.assertFalse(found)
        other.aftersales_warranty_check = False
        self.assertEqual(self.url_open(f"{CHECK}?company={other.id}").status_code, 404)
        self.assertEqual(self.url_open(f"{CHECK}?company=9²").status_code, 200)

    def test_limited_tries(self):
        with patch.object(lookup_model, "MAX_PER_NUMBER", 2):
            self._ask("LK-1001", "1")
            self._ask("lk-1001", "2")
            page = self._main(self._ask("LK-1001", self.order.name))
            self.assertIn("too many questions", page)
            self.assertNotIn('name="answer"', page)
            # The same for a number that nobody knows.
            self._ask("LK-9999", "1")
            self._ask("LK-9999", "2")
            self.assertIn("too many questions", self._ask("LK-9999", "3").text)
        with patch.object(lookup_model, "MAX_PER_VISITOR", 3):
            self.assertIn("too many questions", self._ask("LK-5", "1").text)
        tries = self.env["aftersales.return.try"].search([])
        self.assertNotIn("LK-1001", str(tries.read()))

    def test_machines_and_nonsense(self):
        page = self._ask("LK-1001", self.order.name, website="x").text
        self.assertIn('name="nothing"', page)
        self.assertIn("alert-danger", self._ask("", "1").text)
        self.assertIn("alert-danger", self._ask("LK-1001", "\u200b").text)
        self._ask("x" * 500, "y" * 5000)
        # Without the key of the form nothing is answered.
        data = {"serial": "LK-1001", "fact": self.order.name}
        self.assertEqual(self.url_open(CHECK, data=data).status_code, 400)
        # Neither does an address do, which stays in logs.
        page = self.url_open(f"{CHECK}?serial=LK-1001&fact={self.order.name}").text
        self.assertNotIn('name="answer"', page)
        self.assertIn('value="LK-1001"', page)
        self.assertNotIn(f'value="{self.order.name}"', page)

    def test_switched_off(self):
        self.assertIn(CHECK, self.url_open("/aftersales/help").text)
        self.company.aftersales_warranty_check = False
        self.assertEqual(self.url_open(CHECK).status_code, 404)
        self.assertNotIn(CHECK, self.url_open("/aftersales/help").text)

    def test_the_settings_of_a_manager(self):
        manager = new_test_user(
            self.env, "check_m", groups="aftersales_addon.aftersales_group_manager"
        )
        dialog = self.env["aftersales.settings"].with_user(manager)
        dialog.create({"aftersales_warranty_check": False})
        self.assertFalse(self.company.aftersales_warranty_check)
