import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import AftersalesHttpCommon

LIST = "/my/installed-products"

# What a customer may read of a unit and its warranties over RPC, beside the fields
# that every record has.
ASSET_FIELDS = {
    "access_token",
    "access_url",
    "access_warning",
    "commercial_partner_id",
    "company_id",
    "coverage_days_left",
    "coverage_label",
    "coverage_line_ids",
    "coverage_state",
    "date_closed",
    "delivery_date",
    "is_serial",
    "lot_id",
    "partner_id",
    "partner_shipping_id",
    "picking_id",
    "product_id",
    "product_image",
    "product_tmpl_id",
    "product_tracking",
    "quantity",
    "quantity_delivered",
    "sale_order_id",
    "serial_number",
    "state",
    "timeline",
    "uom_id",
    "user_id",
    "warranty_count",
    "warranty_end",
    "warranty_ids",
}


class PortalCase(AftersalesHttpCommon):
    def setUp(self):
        super().setUp()
        self.url = f"{LIST}/{self.asset.id}"

    def _get(self, path, status=200):
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        return response

    def _is_page_of(self, response, asset):
        return "o_aftersales_portal_asset" in response.text and (
            asset.serial_number in response.text
        )


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
        other = self._get(f"{LIST}/{bens.id}")
        self.assertTrue(other.url.endswith("/my"))
        self.assertNotIn("LK-3003", other.text)

    def test_other_customer(self):
        self._login(self.user_b)
        response = self._get(self.url)
        self.assertTrue(response.url.endswith("/my"))
        self.assertNotIn("LK-1001", self._get(LIST).text)
        self.assertNotIn(b"%PDF", self._get(f"{self.url}?report_type=pdf").content)

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
        self.assertTrue(self._get(f"{LIST}/2147483647").url.endswith("/my"))
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
        self.assertFalse(is_file(self._get(path)))

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
class TestPortalRights(PortalCase):
    def test_fields(self):
        """Customers read no internal facts over RPC."""
        assets = self.asset.with_user(self.user_a)
        names = set(assets.fields_get())
        for mixin in ("mail.thread", "mail.activity.mixin"):
            names -= set(self.env[mixin].fields_get())
        base = {"create_date", "create_uid", "write_date", "write_uid"}
        self.assertEqual(names - base - ASSET_FIELDS, set())
        for name in (
            "note",
            "sale_line_id",
            "move_id",
            "promised_policy_ids",
            "activity_ids",
            "message_follower_ids",
        ):
            with self.assertRaises(AccessError):
                assets.read([name])
        # All the rest can be read, or the page of a neighbour would break.
        assets.read(sorted(names))
        assets.warranty_ids.read()

    def test_notes(self):
        """What colleagues note among themselves stays with them."""
        self.asset.message_post(body="Between us", subtype_xmlid="mail.mt_note")
        self.asset.message_post(body="For you", subtype_xmlid="mail.mt_comment")
        messages = (
            self.env["mail.message"]
            .with_user(self.user_a)
            .search(
                [("model", "=", "aftersales.asset"), ("res_id", "=", self.asset.id)]
            )
        )
        bodies = " ".join(messages.mapped("body"))
        self.assertIn("For you", bodies)
        self.assertNotIn("Between us", bodies)

    def test_others_cannot_read(self):
        for records in (self.asset, self.asset.warranty_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.user_b).read(["state"])
        with self.assertRaises(AccessError):
            self.asset.with_user(self.user_b).get_portal_url()

    def test_methods(self):
        """What changes a unit is refused to the customer who has it."""
        asset = self.asset.with_user(self.user_a)
        with self.assertRaises(AccessError):
            asset.action_retire()
        self.asset.action_retire()
        with self.assertRaises(AccessError):
            asset.action_reactivate()
        with self.assertRaises(AccessError):
            asset.write({"serial_number": "X"})
        with self.assertRaises(AccessError):
            asset.warranty_ids.write({"date_end": "2099-01-01"})
        with self.assertRaises(AccessError):
            self.asset.with_user(self.user_b).action_send_certificate()


@tagged("post_install", "-at_install")
class TestPortalMessages(PortalCase):
    def _post(self, **kwargs):
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "aftersales.asset",
                "thread_id": self.asset.id,
                "post_data": {
                    "body": "It rattles",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                **kwargs,
            },
        )

    def _get_message(self):
        return self.env["mail.message"].search(
            [("model", "=", "aftersales.asset"), ("body", "ilike", "It rattles")]
        )

    def test_customer_writes(self):
        """The person in charge is told, follower or not."""
        self.asset.user_id = self.user_agent
        self.asset.message_unsubscribe(self.user_agent.partner_id.ids)
        self._login(self.user_a)
        self._post()
        message = self._get_message()
        self.assertEqual(message.author_id, self.anna)
        self.assertIn(self.user_agent.partner_id, message.notified_partner_ids)

    def test_salesperson_of_customer(self):
        """Nobody is in charge of the unit: the customer's salesperson is told."""
        self.asset.user_id = False
        self.weber.user_id = self.user_sale
        self._login(self.user_a)
        self._post()
        notified = self._get_message().notified_partner_ids
        self.assertIn(self.user_sale.partner_id, notified)

    def test_by_token(self):
        self.asset.user_id = self.user_agent
        self._post(token=self.asset._portal_ensure_token())
        message = self._get_message()
        self.assertEqual(message.author_id, self.anna)
        self.assertIn(self.user_agent.partner_id, message.notified_partner_ids)

    @mute_logger("odoo.http")
    def test_others_cannot_write(self):
        self._login(self.user_b)
        with self.assertRaises(Exception):  # noqa: B017
            self._post()
        self.assertFalse(self._get_message())


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCase):
    def test_tour(self):
        self.assertGreater(self.asset.warranty_end, fields.Date.today())
        self.start_tour(
            "/my", "aftersales_portal_installed_product", login=self.user_a.login
        )
