"""Customers with a log-in, their contracts and visits."""

import base64

from odoo.tests import HttpCase

from .contract_common import ContractCommon
from .portal_users_common import PNG, PortalUsers

CONTRACTS = "/my/contracts"
VISITS = "/my/visits"
SIGNATURE = base64.b64encode(PNG).decode()


class ContractPortalCase(PortalUsers, ContractCommon, HttpCase):
    """Two customers with a log-in, each with a contract over a unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_customers()
        cls.plan = cls._plan(
            [{}, {"name": "Help on site", "schedule": "request", "quota": 1}]
        )
        cls.contract_a = cls._contract(cls.plan, partner_id=cls.anna.id)
        cls.contract_b = cls._contract(
            cls.plan, name="Secret of Ben", partner_id=cls.ben.id
        )
        cls.unit_a = cls.contract_a.line_ids.asset_id
        cls.unit_b = cls.contract_b.line_ids.asset_id

    def _post(self, path, form_path=None, files=(), **data):
        """Send a form of a page as a browser does."""
        form = self._read_form(form_path or path)
        uploads = [("photos", (name, content)) for name, content in files]
        return self.url_open(path, data={**form, **data}, files=uploads or None)

    def _token(self, document):
        return f"?access_token={document._portal_ensure_token()}"
