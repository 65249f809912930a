from odoo import fields
from odoo.tests import HttpCase, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
class TestToursRmaRemedies(RmaCommon, HttpCase):
    """Exchange and advance replacement, in a real browser by an agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy.write({"allow_advance": True, "advance_days": 14})
        (cls.sensor | cls.lock).write({"invoice_policy": "delivery", "taxes_id": False})

    def _approved(self, quantity, **line_vals):
        move = self._sell([(self.sensor, quantity)]).order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": quantity, **line_vals})
        rma.action_approve()
        return rma

    def test_exchange_with_a_difference(self):
        siren = self._make_product("Siren", "none", list_price=130.0)
        siren.write({"invoice_policy": "delivery", "taxes_id": False})
        rma = self._approved(2, remedy="exchange", exchange_product_id=siren.id)
        self._receive(rma)
        self.start_tour(
            f"/odoo/aftersales.rma/{rma.id}",
            "aftersales_exchange",
            login="as_agent_all",
        )
        order = rma.sudo()._get_replacement_orders()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 260))

    def test_the_old_unit_of_an_advance_replacement_is_overdue(self):
        rma = self._approved(1, remedy="replacement", is_advance=True)
        order = rma.sudo()._get_replacement_orders()
        self._ship(order.picking_ids)
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        order.picking_ids.move_ids.date = long_ago
        self.start_tour(
            f"/odoo/aftersales.rma/{rma.id}",
            "aftersales_advance",
            login="as_agent_all",
        )
        self.assertEqual(order.invoice_status, "to invoice")
