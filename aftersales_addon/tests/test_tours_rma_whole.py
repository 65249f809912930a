from odoo.tests import new_test_user, tagged

from .rma_http_common import RETURNS, RmaHttpCase

GROUPS = (
    "aftersales_addon.aftersales_group_user_all",
    "stock.group_stock_user",
    "account.group_account_invoice",
    "sales_team.group_sale_salesman_all_leads",
)


@tagged("post_install", "-at_install")
class TestToursRmaWhole(RmaHttpCase):
    """An agent settles returns in a real browser, a customer signs a proposal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "tour_clerk", groups=",".join(GROUPS))
        cls.siren = cls._make_product("Siren", "none", list_price=130.0)
        (cls.sensor | cls.siren).write({"taxes_id": False})
        cls.order.order_line.tax_ids = False

    def _requested(self, **vals):
        rma = self._rma(
            {"move_id": self.move.id, "quantity": 1, **vals}, partner_id=self.anna.id
        )
        rma.action_request()
        return rma

    def _start(self, rma, name):
        self.start_tour(f"/odoo/aftersales.rma/{rma.id}", name, login="tour_clerk")

    def test_from_the_approval_to_the_credit_note(self):
        invoice = self._invoice(self.order)
        rma = self._requested()
        self._start(rma, "aftersales_rma_credit_note")
        refund = rma.sudo().refund_ids
        self.assertEqual((refund.state, refund.amount_total), ("posted", 100))
        self.assertEqual(refund.reversed_entry_id, invoice)

    def test_advance_replacement(self):
        self.return_policy.write({"allow_advance": True, "advance_days": 14})
        rma = self._requested(remedy="replacement", is_advance=True)
        self._start(rma, "aftersales_rma_advance")
        self.assertEqual(rma.sudo()._get_replacement_orders().state, "sale")

    def test_proposal_is_made_and_signed(self):
        rma = self._requested()
        self._start(rma, "aftersales_rma_propose")
        self.start_tour(
            f"{RETURNS}/{rma.id}", "aftersales_rma_sign", login=self.user_a.login
        )
        proposal = rma._get_proposal()
        self.assertEqual((proposal.state, rma.state), ("accepted", "approved"))
        self.assertTrue(proposal.signature)
