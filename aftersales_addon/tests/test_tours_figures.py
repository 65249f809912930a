from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestToursFigures(CaseCommon, HttpCase):
    """The overview of managers in a real browser."""

    def test_each_figure_opens_what_stands_behind_it(self):
        self.promise.active = False
        self.team.cost_hour = 30
        self.sensor.product_tmpl_id.aftersales_policy_ids = self.policy_12
        self.env["aftersales.asset"].create(
            {
                "product_id": self.sensor.id,
                "partner_id": self.customer.id,
                "delivery_date": fields.Date.today() - timedelta(days=340),
            }
        )
        cases = self.env["aftersales.case"]
        for name in ("The sensor is warm", "The sensor is loud", "The sensor sleeps"):
            cases |= self._case(
                name=name, product_id=self.sensor.id, kind="technical", hours_worked=1
            )
        self._case(name="Nobody answers", kind="complaint")
        rated = cases[0]
        rated.action_solve()
        rated.rating_apply(1, token=rated._rating_get_access_token())
        self.customer.email = "anna@example.com"
        self.env["aftersales.nps"]._ask(self.customer, self.env.company)._answer(10)
        user = new_test_user(
            self.env, "as_boss", groups="aftersales_addon.aftersales_group_manager"
        )
        self.start_tour(
            "/odoo/aftersales-figures", "aftersales_figures", login=user.login
        )
