from datetime import timedelta

from odoo import fields, http
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import LIST, PortalCase


@tagged("post_install", "-at_install")
class TestExtensionPortal(PortalCase):
    """Customers extend the coverage of their own units themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_plus = cls._make_policy(
            "One more year", 12, kind="extended", stacking="after"
        )
        cls.plus = cls.env["product.product"].create(
            {
                "name": "Plus 1",
                "type": "service",
                "list_price": 30.0,
                "taxes_id": [Command.clear()],
                "aftersales_extension_policy_id": cls.policy_plus.id,
            }
        )
        cls.lock.aftersales_extension_product_ids = cls.plus

    def _orders(self):
        return self.env["sale.order"].search(
            [("order_line.product_id", "=", self.plus.id)], order="id"
        )

    def _extend(self, asset=None, product=None, **data):
        asset = asset or self.asset
        if not self.session:
            self.authenticate(None, None)
        return self.url_open(
            f"{LIST}/{asset.id}/extend",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "product_id": (product or self.plus).id,
                **data,
            },
        )

    def test_page_offers_the_extension_with_its_price(self):
        self._login(self.user_a)
        page = self._get(self.url).text
        self.assertIn('name="offers"', page)
        self.assertIn("Plus 1", page)
        self.assertIn("30.00", page)
        self.assertIn("12 months", page)

    def test_no_offer_once_the_coverage_is_over(self):
        today = fields.Date.today()
        self.asset.warranty_ids.write(
            {
                "date_start": today - timedelta(days=9),
                "date_end": today - timedelta(days=1),
            }
        )
        self._login(self.user_a)
        self.assertNotIn('name="offers"', self._get(self.url).text)
        response = self._extend()
        self.assertIn(self.url, response.url)
        self.assertFalse(self._orders())

    def test_customer_gets_a_quotation_to_sign(self):
        self._login(self.user_a)
        response = self._extend()
        order = self._orders()
        self.assertIn(f"/my/orders/{order.id}", response.url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual((order.state, order.partner_id), ("sent", self.anna))
        self.assertEqual(order.amount_total, 30.0)
        self.assertEqual(order.order_line.aftersales_covered_asset_ids, self.asset)
        order._validate_order()
        layer = self.asset.warranty_ids.filtered(lambda w: w.kind == "extended")
        self.assertEqual(layer.sale_line_id, order.order_line)
        self.assertEqual(self.asset.warranty_end, layer.date_end)

    def test_second_click_leads_to_the_same_quotation(self):
        self._login(self.user_a)
        first = self._extend()
        second = self._extend()
        self.assertEqual(first.url, second.url)
        self.assertEqual(len(self._orders()), 1)

    def test_cancelled_quotation_is_made_anew(self):
        self._login(self.user_a)
        self._extend()
        self._orders()._action_cancel()
        self._extend()
        self.assertEqual(self._orders().mapped("state"), ["cancel", "sent"])

    def test_other_customer(self):
        self._login(self.user_b)
        response = self._extend()
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._orders())

    def test_with_the_key_only(self):
        response = self._extend()
        self.assertIn("/web/login", response.url)
        self.assertFalse(self._orders())
        response = self._extend(access_token=self.asset._portal_ensure_token())
        self.assertIn(f"/my/orders/{self._orders().id}", response.url)
        self.assertEqual(response.status_code, 200)

    def test_page_opened_with_the_key_keeps_it(self):
        token = self.asset._portal_ensure_token()
        page = self._get(f"{self.url}?access_token={token}").text
        self.assertIn(f'name="access_token" value="{token}"', page)

    def test_other_quotations_are_not_shown_to_whoever_has_the_key(self):
        """A quotation over more than this unit stays with those it was sent to."""
        units = {"aftersales_covered_asset_ids": [Command.set(self.asset.ids)]}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.anna.id,
                "order_line": [
                    Command.create({"product_id": self.plus.id, **units}),
                    Command.create({"product_id": self.cable.id}),
                ],
            }
        )
        order.action_quotation_sent()
        self._extend(access_token=self.asset._portal_ensure_token())
        self.assertEqual(len(self._orders()), 2)

    def test_products_that_are_not_offered(self):
        self._login(self.user_a)
        for product_id in ("", "x", "-1", str(self.cable.id), "9" * 30, "é"):
            response = self._extend(product_id=product_id)
            self.assertEqual(response.status_code, 200)
            self.assertIn(self.url, response.url)
        self.assertFalse(self._orders())

    def test_without_the_token_against_forgery(self):
        self._login(self.user_a)
        with mute_logger("odoo.http"):
            response = self._extend(csrf_token="")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._orders())
        response = self.url_open(f"{LIST}/{self.asset.id}/extend")
        self.assertEqual(response.status_code, 405)

    def test_choice_on_the_quotation_ends_with_the_units(self):
        """The customer cannot buy more extensions than there are devices."""
        self.authenticate(None, None)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.anna.id,
                "order_line": [Command.create({"product_id": self.lock.id})],
            }
        )
        order.action_aftersales_offer_extensions()
        order.action_quotation_sent()
        line = order.order_line.filtered(lambda x: x.product_id == self.plus)
        for quantity, expected in ((1, 1), (7, 1), (0, 0)):
            self.make_jsonrpc_request(
                f"/my/orders/{order.id}/update_line_dict",
                {
                    "line_id": line.id,
                    "access_token": order._portal_ensure_token(),
                    "input_quantity": quantity,
                },
            )
            self.assertEqual(line.product_uom_qty, expected)
