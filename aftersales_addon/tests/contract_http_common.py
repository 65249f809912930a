"""Customers with a log-in, their contracts and visits."""

import base64
import re

from odoo.tests import HttpCase, new_test_user

from .contract_common import ContractCommon

CONTRACTS = "/my/contracts"
VISITS = "/my/visits"
# One white dot.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAA"
    "AABJRU5ErkJggg=="
)
SIGNATURE = base64.b64encode(PNG).decode()


class ContractPortalCase(ContractCommon, HttpCase):
    """Two customers with a log-in, each with a contract over a unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber = cls._make_partner("Weber Ltd", is_company=True)
        cls.anna = cls._make_partner("Anna Weber", parent_id=cls.weber.id)
        cls.ben = cls._make_partner("Ben Stone")
        cls.user_a = cls._make_portal_user("portal_a", cls.anna)
        cls.user_b = cls._make_portal_user("portal_b", cls.ben)
        cls.plan = cls._plan(
            [{}, {"name": "Help on site", "schedule": "request", "quota": 1}]
        )
        cls.contract_a = cls._contract(cls.plan, partner_id=cls.anna.id)
        cls.contract_b = cls._contract(
            cls.plan, name="Secret of Ben", partner_id=cls.ben.id
        )
        cls.unit_a = cls.contract_a.line_ids.asset_id
        cls.unit_b = cls.contract_b.line_ids.asset_id

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
            name=partner.name,
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

    def _post(self, path, form_path=None, files=(), **data):
        """Send a form of a page as a browser does."""
        form = self._read_form(form_path or path)
        uploads = [("photos", (name, content)) for name, content in files]
        return self.url_open(path, data={**form, **data}, files=uploads or None)

    def _token(self, document):
        return f"?access_token={document._portal_ensure_token()}"
