import base64
import re

from odoo.tests import HttpCase, new_test_user

from .rma_common import RmaCommon

RETURNS = "/my/returns"
GUEST = "/aftersales/return"
# One white dot each, and what only calls itself a picture.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAA"
    "AABJRU5ErkJggg=="
)
HTML = b"<html><script>alert(1)</script></html>"


class RmaHttpCase(RmaCommon, HttpCase):
    """Two customers with a log-in, and an order that was delivered to the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber = cls._make_partner("Weber Ltd", is_company=True)
        cls.anna = cls._make_partner("Anna Weber", parent_id=cls.weber.id)
        cls.ben = cls._make_partner("Ben Stone")
        cls.user_a = cls._make_portal_user("portal_a", cls.anna)
        cls.user_b = cls._make_portal_user("portal_b", cls.ben)
        cls.return_policy.window_days = 0
        cls.order = cls._sell([(cls.sensor, 3)], partner=cls.anna)
        cls.move = cls.order.order_line.move_ids
        cls.path = f"/my/orders/{cls.order.id}/return"
        cls.field = f"qty_{cls.move.id}-0"

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
        """Open a form and return its hidden fields."""
        page = self._get(path).text
        hidden = {}
        for tag in re.findall(r"<input[^>]*>", page):
            name = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if 'type="hidden"' in tag and name and value:
                hidden[name[1]] = value[1]
        return hidden

    def _ask(self, path=None, photos=(), **post):
        """Send the form of a return as a browser does."""
        path = path or self.path
        data = self._read_form(path)
        if "csrf_token" not in data:
            # Nothing is offered there: it is sent all the same.
            data["csrf_token"] = self._read_form("/my/account")["csrf_token"]
        data = {
            **data,
            "reason_id": self.reason.id,
            "remedy": "refund",
            **post,
        }
        return self._post(path, data, photos)

    def _post(self, path, data, photos=()):
        files = [("photos", (name, content)) for name, content in photos]
        return self.url_open(path, data=data, files=files or None)

    def _rmas(self):
        return self.env["aftersales.rma"].search(
            [("commercial_partner_id", "in", (self.weber | self.ben).ids)]
        )
