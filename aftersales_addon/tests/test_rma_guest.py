"""Without an account: the order's number and its mailbox, and nothing is told."""

import re
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models import aftersales_return_try as try_model
from .rma_http_common import GUEST, RETURNS, RmaHttpCase


@tagged("post_install", "-at_install")
class TestRmaGuest(RmaHttpCase):
    def _send(self, number, email, **more):
        form = self._read_form(GUEST)
        return self._post(GUEST, {**form, "number": number, "email": email, **more})

    def _links(self):
        mails = self.env["mail.mail"].sudo()
        found = mails.search([("model", "=", "sale.order")], order="id")
        pattern = rf"{GUEST}/order/[^\"]+"
        return [re.search(pattern, mail.body_html)[0] for mail in found]

    def test_link_leads_to_the_return(self):
        self._send(self.order.name, " ANNA@example.com ")
        (link,) = self._links()
        page = self._get(link).text
        self.assertIn(self.field, page)
        self.assertNotIn("access_token", page.split("<main")[-1])
        response = self._ask(link, **{self.field: "1"})
        rma = self._rmas()
        self.assertEqual((rma.origin, rma.partner_id), ("guest", self.anna))
        self.assertIn(f"{RETURNS}/{rma.id}", response.url)
        self.assertIn("o_aftersales_portal_return", response.text)

    def test_the_same_answer_always(self):
        answers = {
            re.sub(r"(token|key)[^,>]*", "", self._send(number, email).text).split(
                'name="sent"'
            )[1][:300]
            for number, email in (
                (self.order.name, "anna@example.com"),
                (self.order.name, "ben@example.com"),
                ("S99999999", "anna@example.com"),
                ("%", "anna@example.com"),
            )
        }
        self.assertEqual(len(answers), 1)
        self.assertEqual(len(self._links()), 1)

    def test_limited_tries(self):
        with patch.object(try_model, "MAX_PER_EMAIL", 2):
            for _try in range(4):
                self.assertIn(
                    'name="sent"', self._send(self.order.name, "anna@example.com").text
                )
        self.assertEqual(len(self._links()), 2)
        with patch.object(try_model, "MAX_PER_VISITOR", 4):
            page = self._send(self.order.name, "anna@example.com").text
        self.assertIn("too many tries", page)

    def test_tries_at_the_same_moment(self):
        """Who counts before the others' tries can be seen passes no limit either."""
        Try = self.env["aftersales.return.try"]
        with patch.object(type(Try), "_count", return_value=0):
            tries = [Try._may_ask("a", "house", (3, 9)) for _try in range(5)]
            self.assertEqual(tries, [True, True, True, False, False])
            tries = [Try._may_ask(name, "house", (9, 5)) for name in "bcde"]
            self.assertEqual(tries, [True, True, False, False])
        self.assertEqual(Try.search_count([]), 5)

    def test_machines_and_nonsense(self):
        self._send(self.order.name, "anna@example.com", website="x")
        self.assertIn("alert-danger", self._send("", "anna@example.com").text)
        self.assertIn("alert-danger", self._send(self.order.name, "anna").text)
        self._send("x" * 500, "x@" + "y" * 500)
        self.assertFalse(self._links())

    def test_links_that_do_not_work(self):
        self._send(self.order.name, "anna@example.com")
        (link,) = self._links()
        for wrong in (link + "x", f"{GUEST}/order/x", f"{GUEST}/order/%C3%A9"):
            self._get(wrong, status=404)
        with freeze_time("2100-01-01"):
            tries = self.env["aftersales.return.try"]
            self.assertFalse(tries._read_key(link.rpartition("/")[2]))
        self.anna.email = "new@example.com"
        self._get(link, status=404)

    def test_switched_off(self):
        self.company.aftersales_guest_returns = False
        self._get(GUEST, status=404)

    def test_tries_are_forgotten(self):
        tries = self.env["aftersales.return.try"]
        self._send(self.order.name, "anna@example.com")
        self.assertEqual(tries.search_count([]), 1)
        self.assertNotIn("anna", str(tries.search([]).read()))
        with freeze_time("2100-01-01"):
            tries._gc_tries()
        self.assertFalse(tries.search_count([]))
