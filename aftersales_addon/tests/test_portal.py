import re
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .http_common import LIST, PortalCase


@tagged("post_install", "-at_install")
class TestPortalAccess(PortalCase):
    def test_own_and_colleague(self):
        """The whole company sees what one of its people bought."""
        carls = self._deliver_lock("LK-2002", self.carl)
        bens = self._deliver_lock("LK-3003", self.ben)
        self._login(self.user_a)
        page = self._get(LIST).text
        self.assertIn("LK-1001", page)
        self.assertIn("LK-2002", page)
        self.assertNotIn("LK-3003", page)
        self.assertTrue(self._is_page_of(self._get(f"{LIST}/{carls.id}"), carls))
        other = self._get(f"{LIST}/{bens.id}", 404)
        self.assertNotIn("LK-3003", other.text)

    def test_other_customer(self):
        self._login(self.user_b)
        self._get(self.url, 404)
        self.assertNotIn("LK-1001", self._get(LIST).text)
        self._get(f"{self.url}?report_type=pdf", 404)

    def test_public(self):
        """Without a log-in the key in the address opens this one page."""
        response = self._get(self.url)
        self.assertIn("/web/login", response.url)
        self.assertNotIn("LK-1001", response.text)
        self.assertIn("/web/login", self._get(LIST).url)
        token = self.asset._portal_ensure_token()
        response = self._get(f"{self.url}?access_token={token}")
        self.assertTrue(self._is_page_of(response, self.asset))
        self.assertIn("Covered until", response.text)

    def test_wrong_token(self):
        self.asset._portal_ensure_token()
        other = self._deliver_lock("LK-3003", self.ben)
        for token in ("", "x", "%C3%A9", "%00", other._portal_ensure_token()):
            response = self._get(f"{self.url}?access_token={token}")
            self.assertIn("/web/login", response.url)
            self.assertNotIn("LK-1001", response.text)

    def test_unknown(self):
        self._login(self.user_a)
        self._get(f"{LIST}/2147483647", 404)
        self._get(f"{LIST}/99999999999999999999", status=404)
        self._get(f"{LIST}/x", status=404)

    def test_certificate(self):
        """The owner, and whoever has the key, may download; nobody else."""
        path = f"{self.url}?report_type=pdf&download=true"
        token = self.asset._portal_ensure_token()

        def is_file(response):
            return response.headers["Content-Type"] == "application/pdf" and (
                "LK-1001" in response.text
            )

        self.assertFalse(is_file(self._get(path)))
        self.assertTrue(is_file(self._get(f"{path}&access_token={token}")))
        self._login(self.user_a)
        response = self._get(path)
        self.assertTrue(is_file(response))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self._login(self.user_b)
        self._get(path, 404)

    def test_order_link(self):
        """The order opens for those who may read it; a key to a unit is no key."""
        link = f'href="{self.order.access_url}"'
        self._login(self.user_a)
        self.assertIn(link, self._get(self.url).text)
        token = self.asset._portal_ensure_token()
        for user in (None, self.user_b):
            if user:
                self._login(user)
            else:
                self.authenticate(None, None)
            page = self._get(f"{self.url}?access_token={token}").text
            self.assertIn(self.order.name, page)
            self.assertNotIn(self.order.access_url, page)

    def test_delivery_page(self):
        """The confirmation of a delivery opens the list of what it brought."""
        lots = self._make_lots(self.lock, "LK-4001", "LK-4002")
        picking = self._deliver(self.lock, 1, lots, self.anna).picking_id
        path = f"{LIST}/delivery/{self.asset._sign_delivery(picking)}"
        page = self._get(path).text
        self.assertIn("LK-4001", page)
        self.assertIn("LK-4002", page)
        self.assertNotIn("LK-1001", page)
        unit = re.search(r'href="(/my/installed-products/\d+\?[^"]+)"', page)[1]
        self.assertIn("o_aftersales_portal_asset", self._get(unit).text)
        response = self._get(f"{path}?report_type=pdf")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("LK-4002", response.text)
        for key in ("x", "%00", "%C3%A9", path.rsplit("/", 1)[1][:-3] + "AAA"):
            self.assertIn("/web/login", self._get(f"{LIST}/delivery/{key}").url)

    def test_links_of_a_delivery_are_withdrawn(self):
        """One unit after the other; the next link opens what the withdrawn did."""
        lots = self._make_lots(self.lock, "LK-4001", "LK-4002")
        picking = self._deliver(self.lock, 1, lots, self.anna).picking_id
        units = self.env["aftersales.asset"].search([("picking_id", "=", picking.id)])
        path = f"{LIST}/delivery/{units._sign_delivery(picking)}"
        units[0].with_user(self.user_agent).action_aftersales_withdraw_links()
        page = self._get(path).text
        self.assertNotIn(units[0].serial_number, page)
        self.assertIn(units[1].serial_number, page)
        units.with_user(self.user_agent).action_aftersales_withdraw_links()
        self.assertIn("/web/login", self._get(path).url)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            key = units._sign_delivery(picking)
        self.assertIn("LK-4001", self._get(f"{LIST}/delivery/{key}").text)


@tagged("post_install", "-at_install")
class TestPortalList(PortalCase):
    def test_counter(self):
        self._login(self.user_a)
        self._deliver_lock("LK-2002", self.carl)
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["installed_product_count"]}
        )
        self.assertEqual(counts["installed_product_count"], 2)
        self.assertIn(f'href="{LIST}"', self._get("/my").text)

    def test_hostile_arguments(self):
        self._login(self.user_a)
        for query in (
            "sortby=<script>alert(1)</script>",
            "filterby=x&groupby=x&search_in=x",
            "filterby=__class__&sortby=__class__",
            "page=99999",
            "page=%C2%B2",
            "page=-1",
            "search=%25%27%22--&search_in=order",
            "search=%00",
            "search=%00&search_in=product",
            "date_begin=x&date_end=y",
        ):
            page = self._get(f"{LIST}?{query}").text
            self.assertNotIn("<script>alert(1)", page)
        self._get(f"{LIST}/page/99999999999999999999")
        for query in (
            "report_type=exe",
            "report_type=html",
            "pid=x&hash=y",
            "access_token=%C3%A9",
            "error=<script>alert(1)</script>",
        ):
            response = self._get(f"{self.url}?{query}")
            self.assertTrue(self._is_page_of(response, self.asset))
            self.assertNotIn("<script>alert(1)", response.text)

    def test_search(self):
        self.lock.default_code = "DL-9"
        other = self._make_product("Siren", "serial")
        other.aftersales_policy_ids = self.policy_24
        self._deliver(other, 1, self._make_lots(other, "SI-1"), self.anna)
        self._login(self.user_a)
        for query, found in (
            ("search=LK-1001", True),
            ("search=LK-1001&search_in=serial", True),
            ("search=LK-1001&search_in=product", False),
            ("search=door&search_in=product", True),
            ("search=DL-9", True),
            (f"search={self.order.name}&search_in=order", True),
            (f"search={self.order.name}&search_in=serial", False),
        ):
            page = self._get(f"{LIST}?{query}").text
            table = page.partition("<table")[2]
            self.assertEqual("LK-1001" in table, found, query)
            self.assertNotIn("SI-1", table, query)

    def test_filters(self):
        today = self.company._aftersales_today()
        days = {"LK-1001": 400, "LK-EXPIRING": 10, "LK-EXPIRED": -10}
        for name in ("LK-EXPIRING", "LK-EXPIRED"):
            self._deliver_lock(name, self.anna)
        for warranty in self.env["aftersales.warranty"].search([]):
            end = today + timedelta(days=days.get(warranty.serial_number, 0))
            warranty.write({"date_start": today - timedelta(days=99), "date_end": end})
        self._login(self.user_a)
        for name, expected in (
            ("all", set(days)),
            ("covered", {"LK-1001", "LK-EXPIRING"}),
            ("expiring", {"LK-EXPIRING"}),
            ("expired", {"LK-EXPIRED"}),
        ):
            page = self._get(f"{LIST}?filterby={name}").text
            self.assertEqual({n for n in days if n in page}, expected, name)

    def test_sorting_and_grouping(self):
        first = self._make_product("Alarm", "serial")
        first.aftersales_policy_ids = self.policy_12
        self._deliver(first, 1, self._make_lots(first, "ZZ-1"), self.anna)
        self._login(self.user_a)
        for query, order in (
            ("sortby=product", ["ZZ-1", "LK-1001"]),
            ("sortby=serial", ["LK-1001", "ZZ-1"]),
            ("sortby=end", ["ZZ-1", "LK-1001"]),
            ("sortby=date", ["ZZ-1", "LK-1001"]),
            ("sortby=serial&groupby=product", ["ZZ-1", "LK-1001"]),
        ):
            table = self._get(f"{LIST}?{query}").text.split("<table")[-1]
            self.assertLess(table.index(order[0]), table.index(order[1]), query)

    def test_previous_and_next(self):
        self._deliver_lock("LK-2002", self.anna)
        self._login(self.user_a)
        self._get(LIST)
        self.assertIn("record_pager", self._get(self.url).text)

    def test_query_count(self):
        """A page with fifty units asks the database no more than one with one."""
        self._login(self.user_a)
        self._get(LIST)
        self.env.flush_all()

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get(LIST)
            return self.env.cr.sql_log_count - before

        one = count()
        names = [f"LK-{number}" for number in range(49)]
        self._deliver(self.lock, 1, self._make_lots(self.lock, *names), self.anna)
        self.env.flush_all()
        self.assertLessEqual(count(), one + 2)


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCase):
    def test_tour(self):
        self.assertGreater(self.asset.warranty_end, fields.Date.today())
        self.start_tour(
            "/my", "aftersales_portal_installed_product", login=self.user_a.login
        )
