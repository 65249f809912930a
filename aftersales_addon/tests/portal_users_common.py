"""Customers with a log-in, and pages and forms as their browser opens them."""

import base64
import re

from odoo.tests import new_test_user

# One white dot, and what only calls itself a picture.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAA"
    "AABJRU5ErkJggg=="
)
HTML = b"<html><script>alert(1)</script></html>"


class PortalUsers:
    """Stands before the common ground of a test and its ``HttpCase``."""

    @classmethod
    def _make_customers(cls):
        """Anna, who works for a company, and Ben; each has a log-in."""
        cls.weber = cls._make_partner("Weber Ltd", is_company=True)
        cls.anna = cls._make_partner("Anna Weber", parent_id=cls.weber.id)
        cls.ben = cls._make_partner("Ben Stone")
        cls.user_a = cls._make_portal_user("portal_a", cls.anna)
        cls.user_b = cls._make_portal_user("portal_b", cls.ben)

    @classmethod
    def _make_partner(cls, name, **vals):
        email = f"{name.split()[0].lower()}@example.com"
        return cls.env["res.partner"].create({"name": name, "email": email, **vals})

    @classmethod
    def _make_portal_user(cls, login, partner):
        """Give a customer a log-in; what ``new_test_user`` makes up stays away."""
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=partner.email or f"{login}@example.com",
        )

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _get(self, path, status=200, **options):
        response = self.url_open(path, **options)
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
