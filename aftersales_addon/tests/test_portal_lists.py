"""The lists and pages of all documents of the portal are alike, and stay quick."""

import html
import re
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal_common import LISTS, PortalDocumentsCase

COUNTERS = (
    "installed_product_count",
    "service_case_count",
    "return_count",
    "service_contract_count",
    "service_visit_count",
)


@tagged("post_install", "-at_install")
class TestPortalLists(PortalDocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colleague = cls.env["res.partner"].create(
            {"name": "Carl Weber", "parent_id": cls.weber.id}
        )
        cls.user_a = cls._make_portal_user("portal_a", colleague)
        cls.user_b = cls._make_portal_user("portal_b", cls.other_customer)

    def setUp(self):
        super().setUp()
        self.authenticate("portal_a", "portal_a")

    def _more(self, model, count, **vals):
        """Make more documents of a kind, all of the customer's."""
        if model == "aftersales.asset":
            return self._assets_of(count, **vals)
        for number in range(count):
            if model == "aftersales.case":
                self._case(**vals)
            elif model == "aftersales.rma":
                self._request_return(**vals)
            else:
                unit = self._assets_of(1, prefix=f"{model}-{number}", **vals)
                if model == "aftersales.contract":
                    self._contract(units=unit, running=True, **vals)
                else:
                    self._visit(unit, **vals)
        return None

    def _assets_of(self, count, partner_id=None, prefix="MORE"):
        partner = self.env["res.partner"].browse(partner_id) or self.customer
        unit = self.env["aftersales.asset"]
        for number in range(count):
            unit = self._unit(name=f"{prefix}-{partner.id}-{number}", partner=partner)
        return unit

    def _read(self, path, **options):
        return html.unescape(self._get(path, **options).text)

    def test_choices(self):
        """Each choice that is offered works; what is not offered falls back."""
        for model, url in LISTS.items():
            with self.subTest(model=model):
                page = self._read(url)
                self.assertIn(self.documents[model].access_url, page)
                links = set(re.findall(rf'href="({url}\?[^"]+)"', page))
                names = set(re.findall(r"(sortby|filterby|groupby)=", " ".join(links)))
                self.assertEqual(names, {"sortby", "filterby", "groupby"})
                for link in links:
                    self._get(link)
                hostile = "sortby=x&filterby=y&groupby=z&search_in=w&page=-1&search=%00"
                self._get(f"{url}?{hostile}")
                self._get(f"{url}/page/99?{hostile}")

    def test_search(self):
        for model, url in LISTS.items():
            with self.subTest(model=model):
                record = self.documents[model]
                words = self._read(url)
                fields = set(re.findall(r'href="#(\w+)"', words))
                self.assertGreater(len(fields), 2)
                for field in fields:
                    self._get(f"{url}?search=a&search_in={field}")
                page = self._read(f"{url}?search=nothing-like-this&filterby=all")
                self.assertNotIn(record.access_url, page)
                self.assertIn('name="nothing"', page)
                self.assertIn(f'href="{url}?filterby=all"', page)
                known = {
                    "aftersales.asset": "PORTAL-1",
                    "aftersales.rma": self.rma.name,
                }.get(model) or record.number
                page = self._read(f"{url}?search={known}")
                self.assertIn(record.access_url, page)

    def test_groups(self):
        for model, url in LISTS.items():
            with self.subTest(model=model):
                name = "product" if model == "aftersales.asset" else "state"
                self.assertNotIn("rowgroup", self._read(url))
                page = self._read(f"{url}?groupby={name}")
                self.assertIn('scope="rowgroup"', page)
                self.assertIn(self.documents[model].access_url, page)

    def test_nothing_yet(self):
        """Who has nothing is told what to do."""
        self.authenticate("portal_b", "portal_b")
        for model, url in LISTS.items():
            with self.subTest(model=model):
                page = self._read(url)
                self.assertNotIn(self.documents[model].access_url, page)
                [_before, message] = page.split('name="nothing"')
                self.assertNotIn("Show all", message.split("</div>")[0])
                if model == "aftersales.case":
                    self.assertIn('href="/my/cases/new"', page)
                else:
                    self.assertIn("href=", message.split("</div>")[0])
                self._get(self.documents[model].access_url, 404)

    def test_pages_and_neighbours(self):
        for model, url in LISTS.items():
            with self.subTest(model=model), freeze_time("2026-03-02 12:00"):
                self._more(model, 2)
                self.env.flush_all()
                with patch.object(CustomerPortal, "_items_per_page", 2):
                    page = self._read(url)
                    self.assertIn(f"{url}/page/2?", page)
                    self._get(f"{url}/page/2")
                page = self._read(url)
                links = re.findall(rf'href="({url}/\d+)"', page)
                self.assertEqual(len(links), 3)
                page = self._read(links[1])
                for neighbour in (links[0], links[2]):
                    self.assertIn(neighbour, page)
                self.assertIn(f'href="{url}"', page)

    def test_start_page(self):
        """The five cards stand together, in one order, with their numbers."""
        page = self._read("/my")
        block = page.partition('id="portal_service_category"')[2]
        places = [block.find(f'"{counter}"') for counter in COUNTERS]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places))
        self._more("aftersales.case", 2)
        self.env.flush_all()
        found = self._ask_counters()
        self.assertEqual([found[name] for name in COUNTERS], [1, 3, 1, 1, 1])
        self.authenticate("portal_b", "portal_b")
        found = self._ask_counters()
        self.assertEqual([found[name] for name in COUNTERS], [0] * 5)

    def test_large_numbers(self):
        path = "odoo.addons.aftersales_addon.controllers.portal_list.MOST_COUNTED"
        self._more("aftersales.case", 2)
        self.env.flush_all()
        with patch(path, 2):
            found = self._ask_counters()
        self.assertEqual(found["service_case_count"], "2+")
        self.assertEqual(found["return_count"], 1)

    def _ask_counters(self):
        return self.make_jsonrpc_request("/my/counters", {"counters": COUNTERS})

    def test_branches(self):
        """A company sees what its branches have, as with orders; not the reverse."""
        branch = self.env["res.partner"].create(
            {"name": "Branch", "is_company": True, "parent_id": self.weber.id}
        )
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": branch.id, "email": "clerk@example.com"}
        )
        self._make_portal_user("portal_c", clerk)
        Order = self.env["sale.order"].with_user(self.user_a)
        order = self._sell([(self.sensor, 1)], partner=clerk)
        self.assertIn(order, Order.search([]))
        for model, url in LISTS.items():
            with self.subTest(model=model):
                before = self.env[model].search([])
                self._more(model, 1, partner_id=clerk.id)
                record = self.env[model].search([]) - before
                self.assertEqual(record.partner_id, clerk)
                self.env.flush_all()
                self.assertIn(f'"{record.access_url}"', self._read(url))
                self._get(record.access_url)
                self.authenticate("portal_c", "portal_c")
                page = self._read(url)
                self.assertIn(f'"{record.access_url}"', page)
                self.assertNotIn(f'"{self.documents[model].access_url}"', page)
                self._get(self.documents[model].access_url, 404)
                self.authenticate("portal_a", "portal_a")

    def test_query_count(self):
        """A list of fifty asks the database no more than a list of one."""
        self._ask_counters()
        for model, url in [*LISTS.items(), ("counters", "")]:
            with self.subTest(model=model):
                ask = (lambda u=url: self._get(u)) if url else self._ask_counters
                one = self._count_queries(ask)
                if url:
                    self._more(model, 49)
                many = self._count_queries(ask)
                self.assertLessEqual(many, one + 2)

    def _count_queries(self, ask):
        ask()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        ask()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPortalFormats(PortalDocumentsCase):
    """Days, times, money and numbers are written as the customer reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.company.resource_calendar_id.tz = "Europe/London"
        # Half past two in the morning of 3 March in London.
        moment = "2026-03-03 02:30:00"
        cls.case.date_reported = moment
        cls.rma.sudo().date_requested = moment
        cls.contract.date_start = "2026-03-05"
        cls.user_a = cls._make_portal_user(
            "portal_a", cls.env["res.partner"].create({"name": "Carl Weber"})
        )
        cls.user_a.partner_id.parent_id = cls.weber
        cls.env.flush_all()

    def _read(self, record, lang, tz):
        self.user_a.write({"lang": lang, "tz": tz})
        self.env.flush_all()
        self.authenticate("portal_a", "portal_a")
        return self._get(LISTS[record._name]).text + self._get(record.access_url).text

    def test_day_of_the_customer(self):
        for record in (self.case, self.rma):
            with self.subTest(model=record._name):
                page = self._read(record, "en_US", "America/Los_Angeles")
                self.assertIn("2 Mar 2026", page)
                self.assertNotIn("3 Mar 2026", page)
                page = self._read(record, "en_US", "Europe/Berlin")
                self.assertIn("3 Mar 2026", page)
                self.assertNotIn("2 Mar 2026", page)

    def test_guests(self):
        """Who comes by a link reads times where the contact lives, or we work."""
        token = self.case._portal_ensure_token()
        self.env.flush_all()
        path = f"{self.case.access_url}?access_token={token}"
        for tz, day in (("America/Los_Angeles", "2 Mar"), (False, "3 Mar")):
            self.customer.tz = tz
            self.env.flush_all()
            self.authenticate(None, None)
            self.assertIn(f"{day} 2026", self._get(path).text)

    def test_agents_read_as_the_customer(self):
        self.customer.tz = "America/Los_Angeles"
        self.user_agent.tz = "Asia/Tokyo"
        for user in (self.user_agent, self.env.ref("base.user_root")):
            record = self.case.with_user(user).sudo()
            self.assertEqual(record._format_moment(record.date_reported), "2 Mar 2026")

    def test_german(self):
        page = self._read(self.contract, "de_DE", "Europe/Berlin")
        self.assertIn("5. März 2026", html.unescape(page))
        self.assertNotIn("5 Mar 2026", page)
        page = self._read(self.asset, "de_DE", "Europe/Berlin")
        self.assertIn("25. Feb. 2026", html.unescape(page))

    def test_numbers(self):
        german = self.env["uom.uom"].with_context(lang="de_DE")
        self.assertEqual(german._aftersales_format(1234.5), "1.234,50")
        service = self.contract.service_ids[:1].with_context(lang="de_DE")
        service.write(
            {"schedule": "usage", "usage_interval": 1500, "usage_unit": "hour"}
        )
        self.assertIn("1.500", service._get_portal_text())
        amount = self.contract.currency_id.with_context(lang="de_DE").format(1234.5)
        self.assertIn("1.234,50", amount)
