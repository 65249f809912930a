import re
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from .rma_common import RmaCommon

TOURS = "aftersales_addon/static/tests/tours/aftersales_rma_agent.js"


@tagged("post_install", "-at_install")
class TestToursRmaAgent(HttpCase, RmaCommon):
    """The work of agents in a real browser, with their clicks counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.name = "Tour reason"
        cls.agent = new_test_user(
            cls.env,
            "tour_desk",
            password="tour_desk",
            groups="aftersales_addon.aftersales_group_user_all,"
            "sales_team.group_sale_salesman_all_leads,stock.group_stock_user",
        )
        today = fields.Date.today()
        cls.order = cls._sell([(cls.sensor, 3)], day=today, user_id=cls.agent.id)

    def _count_clicks(self, name):
        with file_open(TOURS) as file:
            text = file.read()
        tour = re.search(rf'add\("{name}".*?\n\}}\);', text, re.DOTALL)[0]
        return tour.count('run: "click"')

    def _ask(self, days):
        rma = self.env["aftersales.rma"].create(
            {
                "partner_id": self.customer.id,
                "line_ids": [
                    Command.create({"move_id": self.order.picking_ids.move_ids.id})
                ],
            }
        )
        rma.action_request()
        rma.date_requested -= timedelta(days=days)
        self.env.flush_all()
        return rma

    def test_six_clicks(self):
        self.assertLessEqual(self._count_clicks("aftersales_rma_six_clicks"), 6)
        self.start_tour(
            f"/odoo/action-sale.action_orders/{self.order.id}",
            "aftersales_rma_six_clicks",
            login="tour_desk",
        )
        rma = self.env["aftersales.rma"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((rma.state, rma.picking_ids.state), ("approved", "assigned"))
        self.assertEqual(rma.line_ids.quantity, 3)

    def test_answer_in_two_clicks(self):
        self.env["mail.template"].create(
            {
                "name": "Tour answer",
                "model_id": self.env["ir.model"]._get_id("aftersales.rma"),
                "body_html": "<p>Good day, <t t-out='object.partner_id.name'/></p>",
                "subject": "Your return",
                "partner_to": "{{ object.partner_id.id }}",
                "use_default_to": False,
                "aftersales_is_answer": True,
            }
        )
        rma = self._ask(1)
        self.start_tour(
            f"/odoo/returns/{rma.id}", "aftersales_rma_answer", login="tour_desk"
        )

    def test_late_requests_stand_out(self):
        self.env["aftersales.rma"].search([("state", "=", "requested")]).action_cancel()
        self._ask(5)
        self.start_tour(
            "/odoo/returns?view_type=kanban", "aftersales_rma_board", login="tour_desk"
        )
