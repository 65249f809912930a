"""Customers see and ask for returns themselves: their own, and no others."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import aftersales_rma_request_input_mixin as request_mixin
from .portal_users_common import HTML, PNG
from .rma_http_common import RETURNS, RmaHttpCase


@tagged("post_install", "-at_install")
class TestRmaPortal(RmaHttpCase):
    def _request(self, **vals):
        rma = self._rma((self.move, 2), partner_id=self.anna.id, **vals)
        rma.action_request()
        return rma

    def test_own_returns_only(self):
        rma = self._request()
        url = f"{RETURNS}/{rma.id}"
        self._login(self.user_a)
        self.assertIn(rma.name, self._get(RETURNS).text)
        page = self._get(url).text
        self.assertIn("o_aftersales_portal_return", page)
        self.assertIn("We are looking at your request.", page)
        self._login(self.user_b)
        self.assertNotIn(rma.name, self._get(RETURNS).text)
        self._get(url, 404)
        self._get(self.path, 404)

    def test_without_an_account(self):
        rma = self._request()
        url = f"{RETURNS}/{rma.id}"
        self.assertIn("/web/login", self._get(url).url)
        self.assertIn("/web/login", self._get(self.path).url)
        for token in ("x", "%C3%A9"):
            self.assertIn("/web/login", self._get(f"{url}?access_token={token}").url)
        page = self._get(f"{url}?access_token={rma._portal_ensure_token()}")
        self.assertIn("o_aftersales_portal_return", page.text)

    def test_counter_search_and_filters(self):
        self._request()
        self._login(self.user_a)
        for query, found in (
            ("?search=Sensor&search_in=goods", True),
            ("?search=Nothing", False),
            ("?filterby=open&sortby=state", True),
            ("?filterby=refused", False),
            ("?filterby=x&sortby=x&search_in=x&page=-1", True),
        ):
            page = self._get(f"{RETURNS}{query}").text
            self.assertEqual(RETURNS + "/" in page.split("o_portal_wrap")[-1], found)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["return_count"]}
        )
        self.assertEqual(counters["return_count"], 1)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_rights_beyond_the_page(self):
        """Over RPC customers read their own returns, and do nothing with them."""
        rma = self._request()
        own, foreign = rma.with_user(self.user_a), rma.with_user(self.user_b)
        self.assertEqual(own.read(["name", "state"])[0]["state"], "requested")
        for step in ("action_approve", "action_cancel", "action_refund"):
            with self.assertRaises(UserError), self.cr.savepoint():
                getattr(own, step)()
        for name in ("notices", "request_key", "note"):
            with self.assertRaises(AccessError):
                own.read([name])
        for name, value in (("tracking_ref", "1"), ("state", "approved")):
            with self.assertRaises(UserError):
                own.write({name: value})
        with self.assertRaises(AccessError):
            foreign.read(["name"])
        self.assertEqual(rma.state, "requested")

    def test_steps_with_dates(self):
        rma = self._request()
        rma.action_approve()
        steps = rma._get_portal_steps()
        self.assertEqual(
            [step["state"] for step in steps], ["done", "done", "todo", "todo", "todo"]
        )
        self._receive(rma, 1)
        goods = rma._get_portal_steps()[2]
        self.assertEqual((goods["state"], goods["text"]), ("part", "1 of 2"))
        self.assertTrue(goods["date"])
        self.assertEqual(rma._get_portal_label(), "Partly received")

    def test_rejection_tells_why(self):
        rma = self._request()
        rma.action_reject("Worn for months")
        self._login(self.user_a)
        page = self._get(f"{RETURNS}/{rma.id}").text
        self.assertIn("Worn for months", page)
        self.assertNotIn('name="cancel"', page)

    def test_instructions_slip_and_tracking_once_approved(self):
        self.return_policy.instructions = "<p>Use the first box</p>"
        rma = self._request()
        self._login(self.user_a)
        url = f"{RETURNS}/{rma.id}"
        page = self._get(url).text
        self.assertNotIn("Use the first box", page)
        self.assertNotIn('name="slip"', page)
        rma.action_approve()
        rma.tracking_ref_out = "OUT-1"
        page = self._get(url).text
        for text in ("Use the first box", 'name="slip"', "You pay for the way back"):
            self.assertIn(text, page)
        self.reason.shipping_payer = "company"
        page = self._get(url).text
        for text in ("We pay for the way back", "OUT-1"):
            self.assertIn(text, page)
        slip = self._get(f"{url}?report_type=pdf")
        self.assertEqual(slip.headers["Content-Type"], "application/pdf")
        form = self._read_form(url)
        self._post(f"{url}/tracking", {**form, "tracking_ref": " DHL 1\x07 "})
        self.assertEqual(rma.tracking_ref, "DHL 1")

    def test_cancel(self):
        rma = self._request()
        rma.action_approve()
        url = f"{RETURNS}/{rma.id}"
        self._login(self.user_b)
        self._post(f"{url}/cancel", self._read_form("/my/account"))
        self.assertEqual(rma.state, "approved")
        self._login(self.user_a)
        self.assertEqual(self.url_open(f"{url}/cancel").status_code, 405)
        with mute_logger("odoo.http"):
            refused = self._post(f"{url}/cancel", {"csrf_token": "x"})
        self.assertEqual(refused.status_code, 400)
        self._post(f"{url}/cancel", self._read_form(url))
        self.assertEqual(rma.state, "cancelled")
        self.assertEqual(rma.sudo().picking_ids.state, "cancel")

    def test_no_cancel_once_goods_came(self):
        rma = self._request()
        rma.action_approve()
        form_url = f"{RETURNS}/{rma.id}"
        self._login(self.user_a)
        form = self._read_form(form_url)
        self._receive(rma, 1)
        self._post(f"{form_url}/cancel", form)
        self.assertEqual(rma.state, "approved")

    def test_list_takes_no_query_for_each_return(self):
        Rma = self.env["aftersales.rma"]

        def count(number):
            Rma.search([("partner_id", "=", self.anna.id)]).state = "draft"
            order = self._sell([(self.sensor, number)], partner=self.anna)
            for _index in range(number):
                rma = self._rma((order.order_line.move_ids, 1), partner_id=self.anna.id)
                rma.action_request()
            self.env.flush_all()
            self._get(RETURNS)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = self._get(RETURNS).text
            self.assertIn(rma.name, page)
            return self.cr.sql_log_count - before

        self._login(self.user_a)
        one = count(1)
        self.assertLessEqual(count(50), one + 8)


@tagged("post_install", "-at_install")
class TestRmaRequest(RmaHttpCase):
    def setUp(self):
        super().setUp()
        self._login(self.user_a)

    def test_order_page_leads_to_the_form(self):
        page = self._get(self.order.access_url).text
        self.assertIn(self.path, page)
        form = self._get(self.path).text
        self.assertIn(self.field, form)
        self.assertIn("of 3", " ".join(form.split()))

    def test_request_makes_one_return(self):
        response = self._ask(
            photos=[("a.png", PNG), ("b.png", PNG)],
            description="Too small",
            **{self.field: "2"},
        )
        rma = self._rmas()
        self.assertEqual(len(rma), 1)
        self.assertIn(f"{RETURNS}/{rma.id}", response.url)
        self.assertEqual(
            (rma.state, rma.origin, rma.partner_id), ("requested", "portal", self.anna)
        )
        line = rma.line_ids
        self.assertEqual(
            (line.move_id, line.quantity, line.reason_id, line.description),
            (self.move, 2.0, self.reason, "Too small"),
        )
        photos = self.env["ir.attachment"].search(
            [("res_model", "=", rma._name), ("res_id", "=", rma.id)]
        )
        self.assertEqual(photos.mapped("mimetype"), ["image/png"] * 2)

    def test_pressed_twice(self):
        form = self._read_form(self.path)
        data = {**form, "reason_id": self.reason.id, "remedy": "refund"}
        for _press in range(2):
            response = self._post(self.path, {**data, self.field: "1"})
            self.assertIn(RETURNS, response.url)
        self.assertEqual(len(self._rmas()), 1)

    def test_absurd_quantities(self):
        words = ("-1", "1e9", "abc", "nan", "4", "9" * 20, "0.00001", "٣")
        for text in (*words, "0", ""):
            page = self._ask(**{self.field: text}).text
            self.assertIn('name="errors"', page, text)
        self.assertFalse(self._rmas())

    def test_fields_that_are_not_the_customers(self):
        foreign = self._sell([(self.sensor, 1)], partner=self.ben)
        other = f"qty_{foreign.order_line.move_ids.id}-0"
        page = self._ask(**{self.field: "1", other: "1"}).text
        self.assertIn("not part of the delivery", page)
        for name, value in (
            ("reason_id", "999999"),
            ("reason_id", "x"),
            ("remedy", "x"),
            ("description", "x" * 2001),
        ):
            page = self._ask(**{self.field: "1", name: value}).text
            self.assertIn('name="errors"', page)
        self.assertFalse(self._rmas())
        foreign_path = f"/my/orders/{foreign.id}/return"
        self._get(foreign_path, 404)
        form = self._read_form(self.path)
        self._post(foreign_path, {**form, other: "1", "reason_id": self.reason.id})
        self.assertFalse(self._rmas())

    def test_photos_by_content(self):
        bad = self._ask(photos=[("x.jpg", HTML)], **{self.field: "1"}).text
        self.assertIn("Send photos only", bad)
        with patch.object(request_mixin, "MAX_PHOTO_SIZE", 10):
            large = self._ask(photos=[("x.png", PNG)], **{self.field: "1"}).text
        self.assertIn("10 MB at most", large)
        many = self._ask(photos=[("x.png", PNG)] * 11, **{self.field: "1"}).text
        self.assertIn("At most 10 photos", many)
        self.reason.photo_required = True
        none = self._ask(**{self.field: "1"}).text
        self.assertIn("Add a photo", none)
        self.assertFalse(self._rmas())
        self._ask(photos=[("x.png", PNG)], **{self.field: "1"})
        self.assertEqual(len(self._rmas()), 1)

    def test_policy_wants_photos(self):
        self.return_policy.photo_required = True
        self.assertIn("Add a photo", self._ask(**{self.field: "1"}).text)
        self.assertFalse(self._rmas())

    def test_fee_is_told_before(self):
        self.return_policy.write({"fee_type": "percent", "fee_percent": 15})
        self.assertIn("Restocking fee: 15 %", self._get(self.path).text)

    def test_only_remedies_of_the_policy(self):
        self.return_policy.allow_exchange = False
        self.assertNotIn('value="exchange"', self._get(self.path).text)
        page = self._ask(remedy="exchange", **{self.field: "1"}).text
        self.assertIn('name="errors"', page)
        self.assertFalse(self._rmas())

    def test_not_twice_the_same_goods(self):
        self._ask(**{self.field: "3"})
        page = self._get(self.path).text
        self.assertNotIn(f'name="{self.field}"', page)
        self.assertIn("asked for in a return already", page)
        self._ask(**{self.field: "1"})
        self.assertEqual(len(self._rmas()), 1)

    def test_over_return_that_was_overlooked(self):
        """The check of the request itself has the last word, and leaves nothing."""
        rows = self.env["aftersales.rma"]._get_request_rows(self.move, self.anna)
        values = {
            "lines": [
                {
                    "row": rows[0],
                    "quantity": 4.0,
                    "reason": self.reason,
                    "remedy": "refund",
                    "photos": [],
                }
            ],
            "description": "",
            "photos": [],
        }
        rma, error = self.env["aftersales.rma"]._receive_request(
            self.company, self.anna, values, "", "portal"
        )
        self.assertFalse(rma)
        self.assertIn("cannot come back", error)
        self.assertFalse(self._rmas())

    def test_too_late_tells_the_rule(self):
        self.return_policy.window_days = 1
        page = self._get(self.path).text
        self.assertNotIn(f'name="{self.field}"', page)
        self.assertIn("a return could be asked for until", page)
        self.return_policy.write({"window_days": 0, "is_final_sale": True})
        self.assertIn("not taken back", self._get(self.path).text)

    def test_archived_product_comes_back_too(self):
        self.sensor.active = False
        self._ask(**{self.field: "1"})
        self.assertEqual(len(self._rmas()), 1)

    def test_cancelled_order(self):
        self.order.sudo().state = "cancel"
        self.assertIn('name="nothing"', self._get(self.path).text)
        self.assertNotIn(self.path, self._get(self.order.access_url).text)
        self._ask(**{self.field: "1"})
        self.assertFalse(self._rmas())

    def test_goods_that_were_not_delivered(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.anna.id,
                "order_line": [(0, 0, {"product_id": self.sensor.id})],
            }
        )
        order.action_confirm()
        page = self._get(f"/my/orders/{order.id}/return").text
        self.assertIn("Not delivered yet", page)

    def test_installed_product(self):
        self.lock.aftersales_policy_ids = self.policy_24
        order = self._sell([(self.lock, 2)], partner=self.anna)
        asset = self._assets(order.order_line.move_ids)[0]
        path = f"{asset.access_url}/return"
        self.assertIn(path, self._get(asset.access_url).text)
        self._ask(path, **{f"qty_{asset.move_id.id}-{asset.lot_id.id}": "1"})
        line = self._rmas().line_ids
        self.assertEqual((line.asset_id, line.lot_id), (asset, asset.lot_id))
        self._login(self.user_b)
        self._get(path, 404)

    def test_approved_by_itself(self):
        self.return_policy.approve_limit = 1000
        self._ask(**{self.field: "1"})
        rma = self._rmas()
        self.assertEqual(rma.state, "approved")
        self.assertTrue(rma.picking_ids)
