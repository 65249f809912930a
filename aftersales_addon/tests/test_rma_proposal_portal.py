"""Customers answer proposals on the page of their return: their own, once."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .rma_http_common import RETURNS, RmaHttpCase
from .test_rma_proposal import SIGNATURE, ProposalCommon


@tagged("post_install", "-at_install")
class TestRmaProposalPortal(RmaHttpCase, ProposalCommon):
    def setUp(self):
        super().setUp()
        self.rma = self._requested(1, partner=self.anna)
        self.proposal = self._propose(self.rma, "repair", 40)
        self.url = f"{RETURNS}/{self.rma.id}"
        self.answer_url = f"{self.url}/proposal/{self.proposal.id}"

    def _sign(self, url=None, name="Anna Weber", signature=SIGNATURE, token=""):
        url = f"{url or self.answer_url}/accept{token}"
        return self.make_jsonrpc_request(url, {"name": name, "signature": signature})

    def test_accept(self):
        self._login(self.user_a)
        page = self._get(self.url).text
        for text in ("Repair Against Payment", "We propose this", "48.00", "You pay"):
            self.assertIn(text, page)
        self.assertIn("please answer it below", page)
        self.assertIn("Our proposal waits for you", self._get(RETURNS).text)
        answer = self._sign()
        self.assertTrue(answer["force_refresh"])
        self.assertEqual(
            (self.rma.state, self.proposal.state, self.proposal.signed_by),
            ("approved", "accepted", "Anna Weber"),
        )
        self.assertTrue(self.proposal.signature)
        message = self.rma.sudo().message_ids.filtered(
            lambda m: "accepted and signed" in (m.body or "")
        )
        self.assertEqual(message.author_id, self.anna)
        page = self._get(self.url).text
        self.assertIn('name="proposal_accepted"', page)
        self.assertNotIn('name="proposal_accept"', page)
        # Pressed twice: the same answer, once only.
        self.assertTrue(self._sign(name="Somebody")["force_refresh"])
        self.assertEqual(self.proposal.signed_by, "Anna Weber")
        orders = self.env["sale.order"].search([("origin", "=", self.rma.name)])
        self.assertEqual(len(orders), 1)

    def test_another_customer(self):
        self._login(self.user_b)
        self.assertIn("error", self._sign())
        own = self._requested(1, partner=self.ben)
        mine = self._propose(own, "repair", 1)
        foreign = f"{RETURNS}/{own.id}/proposal/{self.proposal.id}"
        self.assertIn("error", self._sign(foreign))
        form = self._read_form(f"{RETURNS}/{own.id}")
        for url in (self.answer_url, foreign):
            self._post(f"{url}/decline", {**form, "reason": "x"})
        self.assertEqual({self.proposal.state, mine.state}, {"open"})

    def test_by_the_link_only(self):
        self.assertIn("error", self._sign())
        self.assertIn("error", self._sign(token="?access_token=x"))
        odd = {"name": "x", "signature": SIGNATURE, "access_token": ["x"]}
        answer = self.make_jsonrpc_request(f"{self.answer_url}/accept", odd)
        self.assertIn("error", answer)
        self.assertEqual(self.proposal.state, "open")
        token = f"?access_token={self.rma._portal_ensure_token()}"
        page = self._get(self.url + token).text
        self.assertIn(f"/proposal/{self.proposal.id}/accept?access_token=", page)
        answer = self._sign(token=token)
        self.assertIn(self.rma.access_token, answer["redirect_url"])
        self.assertEqual(self.proposal.state, "accepted")

    def test_decline(self):
        form = self._read_form(
            f"{self.url}?access_token={self.rma._portal_ensure_token()}"
        )
        self.assertEqual(self.url_open(f"{self.answer_url}/decline").status_code, 405)
        self._post(f"{self.answer_url}/decline", {**form, "reason": "Too dear"})
        self.assertEqual(
            (self.proposal.state, self.proposal.decline_reason, self.rma.state),
            ("declined", "Too dear", "requested"),
        )
        self._login(self.user_a)
        self.assertIn("declined already", self._sign()["error"])

    def test_bad_signatures(self):
        self._login(self.user_a)
        for vals in ({"name": ""}, {"signature": ""}, {"signature": "PGh0bWw+"}):
            self.assertIn("error", self._sign(**vals))
        self.assertEqual(self.proposal.state, "open")

    def test_expired(self):
        with freeze_time(f"{self.proposal.date_valid + timedelta(days=2)} 12:00"):
            self._login(self.user_a)
            page = self._get(self.url).text
            self.assertIn('name="proposal_closed"', page)
            self.assertNotIn('name="proposal_accept"', page)
            self.assertIn("was valid until", self._sign()["error"])
        self.assertEqual(self.rma.state, "requested")

    def test_withdrawn(self):
        self._login(self.user_a)
        self.proposal.action_withdraw()
        self.assertNotIn('name="proposal"', self._get(self.url).text)
        self.assertIn("does not hold any more", self._sign()["error"])

    def test_nothing_is_half_done(self):
        self._login(self.user_a)
        with patch.object(
            type(self.rma), "_create_receipts", side_effect=UserError("No warehouse")
        ):
            self.assertEqual(self._sign()["error"], "No warehouse")
        self.assertEqual((self.proposal.state, self.rma.state), ("open", "requested"))
