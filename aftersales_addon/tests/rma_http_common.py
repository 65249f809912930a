from odoo.tests import HttpCase

from .portal_users_common import PortalUsers
from .rma_common import RmaCommon

RETURNS = "/my/returns"
GUEST = "/aftersales/return"


class RmaHttpCase(PortalUsers, RmaCommon, HttpCase):
    """Two customers with a log-in, and an order that was delivered to the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_customers()
        cls.return_policy.window_days = 0
        cls.order = cls._sell([(cls.sensor, 3)], partner=cls.anna)
        cls.move = cls.order.order_line.move_ids
        cls.path = f"/my/orders/{cls.order.id}/return"
        cls.field = f"qty_{cls.move.id}-0"

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
