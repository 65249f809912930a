"""Customers with a log-in, their cases, and the forms of the portal."""

import base64
import re

from odoo.tests import HttpCase, new_test_user

from .test_article import ArticleCommon

CASES = "/my/cases"
NEW = "/my/cases/new"
HELP = "/aftersales/help"
# One white dot each, and what only calls itself a picture.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAA"
    "AABJRU5ErkJggg=="
)
HTML = b"<html><script>alert(1)</script></html>"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41" + b"\x00" * 100
SCRIPT = "<script>alert(1)</script>"


class CasePortalCase(ArticleCommon, HttpCase):
    """Two customers with a log-in, each with a unit and a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber = cls._make_partner("Weber Ltd", is_company=True)
        cls.anna = cls._make_partner("Anna Weber", parent_id=cls.weber.id)
        cls.ben = cls._make_partner("Ben Stone")
        cls.user_a = cls._make_portal_user("portal_a", cls.anna)
        cls.user_b = cls._make_portal_user("portal_b", cls.ben)
        cls.unit_a = cls._deliver_one(cls.anna)
        cls.unit_b = cls._deliver_one(cls.ben)
        cls.case_a = cls._case(partner_id=cls.anna.id, asset_id=cls.unit_a.id)
        cls.case_b = cls._case(
            name="Secret of Ben", partner_id=cls.ben.id, asset_id=cls.unit_b.id
        )

    @classmethod
    def _make_partner(cls, name, **vals):
        email = f"{name.split()[0].lower()}@example.com"
        return cls.env["res.partner"].create({"name": name, "email": email, **vals})

    @classmethod
    def _make_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            email=partner.email,
        )

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _get(self, path, status=200):
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        return response

    def _read_form(self, path):
        """Open a page and return the hidden fields of its forms."""
        hidden = {}
        for tag in re.findall(r"<input[^>]*>", self._get(path).text):
            name = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if 'type="hidden"' in tag and name and value:
                hidden[name[1]] = value[1]
        return hidden

    def _ask(self, path=NEW, files=(), **post):
        """Send the form of a new case as a browser does."""
        data = {
            **self._read_form(path),
            "asset_id": self.unit_a.id,
            "name": "It is stuck",
            "description": "Since Monday\nit does not open",
            **post,
        }
        uploads = [("files", (name, content)) for name, content in files]
        return self.url_open(path, data=data, files=uploads or None)

    def _press(self, case, button, token=None, **post):
        """Press a button of a case's page."""
        # Any page has the key against forged forms.
        data = {"csrf_token": self._read_form(self.article.url)["csrf_token"], **post}
        if token:
            data["access_token"] = token
        return self.url_open(f"{CASES}/{case.id}/{button}", data=data)

    def _cases(self):
        known = self.case_a | self.case_b
        return self.env["aftersales.case"].search([("id", "not in", known.ids)])
