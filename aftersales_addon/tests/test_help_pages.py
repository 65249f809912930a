"""Help articles on the web: offered while customers write, read, and counted."""

import base64

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.aftersales_case_guest_mixin import GUEST_CASE_URL
from .case_http_common import HELP, NEW, SCRIPT, CasePortalCase
from .portal_users_common import PNG


@tagged("post_install", "-at_install")
class TestHelpPages(CasePortalCase):
    # --- Articles while writing ---

    def _suggest(self, **params):
        found = self.make_jsonrpc_request("/my/cases/suggest", params)
        return [row["name"] for row in found]

    def test_suggestions(self):
        """The form offers what fits, to each what they may see."""
        self._article("Stuck: for customers", audience="customers")
        self._article("Stuck: for us", audience="internal")
        self._article("Stuck: about Ben's", categ_ids=[Command.set(self.category.ids)])
        article, customers = "The lock does not open", "Stuck: for customers"
        self.assertNotIn(customers, self._suggest(words="stuck"))
        self._login(self.user_a)
        found = self._suggest(words="stuck", asset_id=str(self.unit_a.id))
        self.assertEqual(found[0], article)
        self.assertIn(customers, found)
        self.assertNotIn("Stuck: for us", found)
        self.assertEqual(self._suggest(reason_id=str(self.jammed.id)), [article])
        # Another customer's unit says nothing.
        self.assertFalse(self._suggest(asset_id=str(self.unit_b.id)))
        for hostile in (
            {"asset_id": "x", "reason_id": "1;2", "words": SCRIPT},
            {"asset_id": -1, "reason_id": {}, "words": None},
            {"asset_id": "9" * 30, "access_token": "é"},
        ):
            self._suggest(**hostile)
        # Without scripts in the browser, too.
        page = self._ask(look="1", name="stuck").text
        self.assertIn(article, page)
        self.assertIn("it does not open", page)
        self.assertFalse(self._cases())

    # --- Help pages ---

    def test_help(self):
        """Everybody reads what is for everybody, published."""
        customers = self._article("Stuck: for customers", audience="customers")
        internal = self._article("Stuck: for us", audience="internal")
        draft = self._article("Stuck: a draft", published=False)
        self.article.categ_ids = self.category
        page = self._get(f"{HELP}?search=stuck").text
        self.assertIn(self.article.name, page)
        self._get(self.article.url)
        for article in (customers, internal, draft):
            self.assertNotIn(article.name, page)
            with mute_logger("odoo.http"):
                self._get(article.url, 404)
        self._login(self.user_a)
        self.assertIn(customers.name, self._get(HELP).text)
        self._get(customers.url)
        self.authenticate(self.user_agent.login, self.user_agent.login)
        for article in (internal, draft):
            with mute_logger("odoo.http"):
                self._get(article.url, 404)
        self.assertNotIn(internal.name, self._get(HELP).text)
        page = self._get(f"{HELP}?category={self.category.id}&kind=faq").text
        self.assertIn(self.article.name, page)
        self.assertNotIn(customers.name, page)

    def test_help_bad_input(self):
        for query in (
            "/page/999999999",
            f"?search={SCRIPT}&category=x&kind=y",
            "?search=%00&category=-1",
            "?category=999999999999999999",
        ):
            self.assertNotIn(SCRIPT, self._get(HELP + query).text)
        with mute_logger("odoo.http"):
            for path in (
                "/x",
                "/0",
                "/-5",
                "/x-99999999999999",
                "/x-2147483647",
            ):
                self._get(HELP + path, 404)

    def test_help_files(self):
        """Pictures and files belong to their article."""
        other = self._article("Stuck: for us", audience="internal")
        files = self.env["ir.attachment"].create(
            [{"name": name, "raw": b"manual"} for name in ("a.txt", "b.txt")]
        )
        picture = base64.b64encode(PNG)
        for article, file in zip(self.article | other, files, strict=True):
            article.attachment_ids = file
            article.step_ids = [Command.create({"text": "Do", "picture": picture})]
        self.assertEqual(
            self._get(f"{self.article.url}/file/{files[0].id}").content, b"manual"
        )
        step = self.article.step_ids
        page = self._get(self.article.url).text
        self.assertIn(f"/picture/{step.id}", page)
        self._get(f"{self.article.url}/picture/{step.id}")
        with mute_logger("odoo.http"):
            self._get(f"{self.article.url}/file/{files[1].id}", 404)
            self._get(f"{self.article.url}/picture/{other.step_ids.id}", 404)
            self._get(f"{other.url}/file/{files[1].id}", 404)

    def _visits(self):
        self.env.invalidate_all()
        return self.env["aftersales.article.visit"].search([])

    def test_readers(self):
        """Readers with a session count once; machines and colleagues do not."""
        self.opener.headers["User-Agent"] = "Firefox"
        self.url_open(self.article.url, method="HEAD")
        self.assertFalse(self._visits())
        self.opener.headers["User-Agent"] = "Googlebot"
        for _number in range(2):
            self._get(self.article.url)
        self.assertFalse(self._visits())
        self.opener.headers["User-Agent"] = "Firefox"
        for _number in range(2):
            self._get(self.article.url)
        self.make_jsonrpc_request(f"{self.article.url}/seen", {})
        visit = self._visits()
        self.assertEqual(len(visit), 1)
        self.assertFalse(visit.partner_id)
        self._login(self.user_a)
        self._get(self.article.url)
        self.assertEqual(self._visits()[0].partner_id, self.anna)
        self.authenticate(self.user_agent.login, self.user_agent.login)
        self._get(self.article.url)
        self.assertEqual(len(self._visits()), 2)

    def test_solved(self):
        """The answer is kept once; a case after all is noted."""
        self.opener.headers["User-Agent"] = "Firefox"
        self._login(self.user_a)
        data = self._read_form(self.article.url)
        for answer in ("maybe", "no"):
            page = self.url_open(
                f"{self.article.url}/answer", data={**data, "answer": answer}
            )
        self.assertIn(f'href="{GUEST_CASE_URL}"', page.text)
        # Whoever is logged in comes to the form that knows their products.
        self.assertURLEqual(self._get(GUEST_CASE_URL).url, NEW)
        visit = self._visits()
        self.assertEqual((visit.solved, visit.has_case), ("no", False))
        self._ask()
        self.assertEqual(self._visits().case_id, self._cases())
