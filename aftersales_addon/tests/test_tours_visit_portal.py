from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .contract_http_common import ContractPortalCase


@tagged("post_install", "-at_install")
class TestToursVisitPortal(ContractPortalCase):
    """Customers sign contracts and move visits in a real browser, on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_move(self):
        self.contract_a.action_start()
        self.contract_a.visit_ids._write_state(state="cancelled")
        self.user_technician.tz = "UTC"
        start = fields.Datetime.now() + timedelta(days=7)
        visit = self._visit(
            contract_id=self.contract_a.id,
            units=self.unit_a,
            user_id=self.user_technician.id,
        )
        visit._set_scheduled(start, start + timedelta(hours=1))
        self.start_tour("/my/home", "aftersales_visit_portal", login=self.user_a.login)
        self.assertEqual(visit.state, "scheduled")
        self.assertNotEqual(visit.date_start, start)

    def test_sign(self):
        self.contract_a.action_offer()
        self.start_tour("/my/home", "aftersales_contract_sign", login=self.user_a.login)
        contract = self.contract_a
        self.assertEqual(
            (contract.state, contract.signed_by), ("running", "Anna Weber")
        )
        self.assertTrue(contract.signature)
        mails = self.env["mail.mail"].search([("subject", "ilike", contract.number)])
        self.assertIn("Your signed service contract", mails[0].subject)
        self.assertTrue(mails[0].attachment_ids)
