"""Customers see their contracts and visits, and nobody else's."""

import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .contract_http_common import CONTRACTS, SIGNATURE, VISITS, ContractPortalCase


@tagged("post_install", "-at_install")
class TestContractPortal(ContractPortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract_a.action_start()
        cls.contract_b.action_start()
        # What is planned by itself is tested elsewhere.
        cls.env["aftersales.visit"].search([]).state = "cancelled"
        service = cls.contract_a.service_ids[0]
        cls.visit_a = cls._visit(contract_id=cls.contract_a.id, units=cls.unit_a)
        cls.visit_a.line_ids.service_id = service
        cls.visit_b = cls._visit(contract_id=cls.contract_b.id, units=cls.unit_b)
        cls.url = cls.contract_a.access_url
        cls.visit_url = cls.visit_a.access_url

    def test_home(self):
        self._login(self.user_a)
        counters = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["service_contract_count", "service_visit_count"]},
        )
        self.assertEqual(counters["service_contract_count"], 1)
        self.assertTrue(counters["service_visit_count"])
        page = self._get("/my/home").text
        self.assertIn(CONTRACTS, page)
        self.assertIn(VISITS, page)

    def test_lists(self):
        """One's own, found by every search; odd arguments fall back."""
        self._login(self.user_a)
        for url, own, others in (
            (CONTRACTS, self.contract_a, self.contract_b),
            (VISITS, self.visit_a, self.visit_b),
        ):
            serial = self.unit_a.serial_number
            for query in (
                "",
                "?sortby=x&filterby=x&groupby=x&search_in=x&page=x",
                "/page/99999999999999999999?filterby=all",
                f"?search={own.number}&search_in=number",
                f"?search={serial}&search_in=product",
                f"?search={serial}",
                "?search=%00&sortby=%00",
            ):
                page = self._get(url + query).text
                self.assertIn(f'href="{own.access_url}"', page, query)
                self.assertNotIn(f'href="{others.access_url}"', page, query)
            for query in ("?search=nothing%20of%20ours", "?filterby=over&search=%25x"):
                page = self._get(url + query).text
                self.assertNotIn(f'href="{own.access_url}"', page, query)
                self.assertIn("this search", page)
        self.logout()
        self.assertIn("/web/login", self._get(CONTRACTS).url)

    def test_contract(self):
        with freeze_time(self.contract_a.date_start):
            self._login(self.user_a)
            page = self._get(self.url).text
        for text in (
            "Every 6 months",
            "Whenever you ask for it",
            "unless you give notice by",
            self.unit_a.serial_number,
            "100.00",
            self.visit_url,
            "Every month, in advance",
        ):
            self.assertIn(text, page)
        self.assertNotIn("Secret", page)

    def test_others(self):
        """Another customer finds nothing; a guest can log in."""
        draft = self._contract(self.plan, partner_id=self.anna.id)
        self._login(self.user_b)
        for url in (self.url, self.visit_url, f"{CONTRACTS}/2147483647"):
            self._get(url, 404)
        self._login(self.user_a)
        self._get(draft.access_url, 404)
        self._get(draft.access_url + self._token(draft), 404)
        self.logout()
        for url in (self.url, self.visit_url):
            self.assertIn("/web/login", self._get(url).url)
            self.assertIn("/web/login", self._get(f"{url}?access_token=%C3%A9").url)
        wrong = self._token(self.contract_b)
        self.assertIn("/web/login", self._get(self.url + wrong).url)

    def test_by_the_link(self):
        """The key opens its own document, and shows no way to others."""
        page = self._get(self.url + self._token(self.contract_a)).text
        self.assertIn(self.unit_a.serial_number, page)
        self.assertNotIn(f'href="{self.unit_a.access_url}"', page)
        self.assertNotIn(f'href="{self.visit_url}"', page)
        page = self._get(self.visit_url + self._token(self.visit_a)).text
        self.assertIn(self.unit_a.serial_number, page)
        self.assertNotIn(f'href="{self.url}"', page)

    def test_rules(self):
        """Over RPC, too: one's own only, and no draft that was not offered."""
        draft = self._contract(self.plan, partner_id=self.anna.id)
        contracts = self.env["aftersales.contract"].with_user(self.user_a)
        self.assertEqual(contracts.search([]), self.contract_a.with_user(self.user_a))
        visits = self.env["aftersales.visit"].with_user(self.user_a)
        self.assertNotIn(self.visit_b.id, visits.search([]).ids)
        self.assertNotIn(draft.id, contracts.search([]).ids)
        for record in (draft, self.contract_b, self.visit_b):
            with self.assertRaises(AccessError):
                record.with_user(self.user_a).read(["number"])
        own = self.contract_a.with_user(self.user_a)
        for step in (lambda: own.write({"name": "x"}), own.action_start):
            with self.assertRaises(AccessError):
                step()
        with self.assertRaises(AccessError):
            own.read(["note"])
        draft.sudo().date_offered = "2026-01-01 10:00:00"
        self.assertIn(draft.id, contracts.search([]).ids)

    def test_another_company(self):
        """What another company of ours has with the customer is not mixed in."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.cr.execute(
            "UPDATE aftersales_contract SET company_id = %s WHERE id = %s",
            (other.id, self.contract_a.id),
        )
        self.cr.execute(
            "UPDATE aftersales_visit SET company_id = %s WHERE id = %s",
            (other.id, self.visit_a.id),
        )
        self.env.invalidate_all()
        self._login(self.user_a)
        self.assertNotIn(f'href="{self.url}"', self._get(CONTRACTS).text)
        for url in (self.url, self.visit_url):
            self._get(url, 404)

    def test_customer_writes(self):
        """What a customer writes reaches whoever is responsible."""
        for document in (self.contract_a, self.visit_a):
            message = document.with_user(self.user_a).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            told = message.sudo().notified_partner_ids
            self.assertIn(self.user_agent.partner_id, told)

    def test_visit(self):
        self.visit_a.write({"user_id": self.user_technician.id})
        self.user_technician.name = "Tina Longname"
        self.visit_a._set_scheduled(
            self._utc("2026-10-01 07:00:00"), self._utc("2026-10-01 09:00:00")
        )
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        self._login(self.user_a)
        page = html.unescape(self._get(self.visit_url).text)
        self.assertIn("Thursday, 1 October 2026", page)
        self.assertIn("9:00", page)
        self.assertIn("Tina", page)
        self.assertNotIn("Longname", page)
        self.assertIn("Maintenance", page)

    def test_query_count(self):
        """Lists and pages cost the same, however much there is."""
        self._login(self.user_a)
        counts = {}
        for number in (0, 50):
            for _index in range(number):
                self._contract(self.plan, units=self.unit_a, partner_id=self.anna.id)
                self._visit(contract_id=self.contract_a.id, units=self.unit_a)
            offered = self.env["aftersales.contract"].search([])
            offered.sudo().date_offered = "2026-01-01 10:00:00"
            for url in (CONTRACTS, VISITS, self.url):
                self._get(url)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self._get(url)
                counts.setdefault(url, []).append(self.cr.sql_log_count - before)
        for url, (few, many) in counts.items():
            self.assertLessEqual(many, few + 3, url)


@tagged("post_install", "-at_install")
class TestContractSignature(ContractPortalCase):
    def setUp(self):
        super().setUp()
        self.contract = self.contract_a
        self.contract.sudo().date_offered = "2026-01-01 10:00:00"
        self.url = self.contract.access_url

    def _sign(self, token="", url=None, **vals):
        data = {"name": "Anna Weber", "signature": SIGNATURE, **vals}
        return self.make_jsonrpc_request(f"{url or self.url}/sign{token}", data)

    def test_sign(self):
        self._login(self.user_a)
        page = self._get(self.url).text
        self.assertIn("Waiting for your signature", page)
        self.assertIn('name="contract_sign"', page)
        self.assertTrue(self._sign()["force_refresh"])
        contract = self.contract
        self.assertEqual(
            (contract.state, contract.signed_by), ("running", "Anna Weber")
        )
        self.assertTrue(contract.signature)
        message = contract.message_ids.filtered(lambda m: "Signed by" in (m.body or ""))
        self.assertEqual(message.author_id, self.anna)
        page = self._get(self.url).text
        self.assertIn('name="signed"', page)
        self.assertNotIn('name="contract_sign"', page)
        # Pressed twice: the same answer, once only.
        self.assertTrue(self._sign(name="Somebody")["force_refresh"])
        self.assertEqual(contract.signed_by, "Anna Weber")

    def test_another_customer(self):
        self._login(self.user_b)
        self.assertIn("error", self._sign())
        foreign = self._sign(url=self.contract_b.access_url)
        self.assertIn("error", foreign)
        self.assertEqual({self.contract.state, self.contract_b.state}, {"draft"})

    def test_by_the_link(self):
        self.assertIn("error", self._sign())
        self.assertIn("error", self._sign("?access_token=x"))
        self.assertIn("error", self._sign(access_token=["x"]))
        token = self._token(self.contract)
        self.assertIn("/sign?access_token=", self._get(self.url + token).text)
        answer = self._sign(token)
        self.assertIn(self.contract.access_token, answer["redirect_url"])
        self.assertEqual(self.contract.state, "running")

    def test_bad_signatures(self):
        self._login(self.user_a)
        for vals in ({"name": ""}, {"signature": ""}, {"signature": "PGh0bWw+"}):
            self.assertIn("error", self._sign(**vals))
        self.assertEqual(
            (self.contract.state, self.contract.signed_by), ("draft", False)
        )

    def test_taken_back(self):
        """What was offered and taken back cannot be signed any more."""
        self._login(self.user_a)
        self.contract.sudo().state = "cancelled"
        self.assertIn("cannot be signed any more", self._sign()["error"])
        self.assertFalse(self.contract.date_signed)

    def test_facts(self):
        """Nobody types a signature in."""
        with self.assertRaises(UserError):
            self.contract.with_user(self.user_agent).signed_by = "Anna"
