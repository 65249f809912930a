import re

from odoo.tests import tagged

from .rma_http_common import GUEST, RmaHttpCase


@tagged("post_install", "-at_install")
class TestToursRma(RmaHttpCase):
    """Customers return goods in a real browser, with and without an account."""

    def setUp(self):
        super().setUp()
        self.env["aftersales.reason"].create(
            {"name": "Arrived broken", "photo_required": True}
        )

    def _check(self, origin):
        rma = self._rmas()
        self.assertEqual((rma.origin, rma.state), (origin, "requested"))
        line = rma.line_ids
        self.assertEqual(
            (line.quantity, line.reason_id.name, line.description),
            (2.0, "Arrived broken", "The housing is cracked"),
        )
        attachments = self.env["ir.attachment"].search_count(
            [("res_model", "=", rma._name), ("res_id", "=", rma.id)]
        )
        self.assertEqual(attachments, 1)

    def test_portal(self):
        self.start_tour(
            self.order.access_url, "aftersales_rma_portal", login=self.user_a.login
        )
        self._check("portal")

    def test_guest(self):
        self.order.name = "S-TOUR-1"
        self.start_tour(GUEST, "aftersales_rma_guest_ask")
        mail = self.env["mail.mail"].sudo().search([("model", "=", "sale.order")])
        link = re.search(rf"{GUEST}/order/[^\"]+", mail.body_html)[0]
        self.start_tour(link, "aftersales_rma_guest")
        self._check("guest")
