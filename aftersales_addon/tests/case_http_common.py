"""Customers with a log-in, their cases, and the forms of the portal."""

from odoo.tests import HttpCase

from .portal_users_common import PortalUsers
from .test_article import ArticleCommon

CASES = "/my/cases"
NEW = "/my/cases/new"
HELP = "/aftersales/help"
# What calls itself a film.
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41" + b"\x00" * 100
SCRIPT = "<script>alert(1)</script>"


class CasePortalCase(PortalUsers, ArticleCommon, HttpCase):
    """Two customers with a log-in, each with a unit and a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_customers()
        cls.unit_a = cls._deliver_one(cls.anna)
        cls.unit_b = cls._deliver_one(cls.ben)
        cls.case_a = cls._case(partner_id=cls.anna.id, asset_id=cls.unit_a.id)
        cls.case_b = cls._case(
            name="Secret of Ben", partner_id=cls.ben.id, asset_id=cls.unit_b.id
        )

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
