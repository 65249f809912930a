from datetime import datetime

from odoo.tests import HttpCase, new_test_user, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestToursVisit(ContractCommon, HttpCase):
    """The office makes an appointment in a real browser."""

    def test_a_planned_visit_gets_its_appointment_in_three_clicks(self):
        tom = new_test_user(
            self.env,
            "tom",
            name="Tom",
            groups="aftersales_addon.aftersales_group_technician",
        )
        office = new_test_user(
            self.env, "office", groups="aftersales_addon.aftersales_group_user"
        )
        team = self.env["aftersales.team"].create(
            {"name": "Field", "company_id": self.company.id, "member_ids": tom.ids}
        )
        plan = self._plan(services=[{"interval_count": 1}], horizon_months=1)
        contract = self._contract(plan, team_id=team.id, running=True)
        [visit] = contract.visit_ids
        self.start_tour("/odoo/visits", "aftersales_visit_schedule", login=office.login)
        self.assertEqual((visit.state, visit.user_id), ("scheduled", tom))
        self.assertGreater(visit.date_start, datetime.now())
        self.assertEqual(
            self.company._aftersales_day(visit.date_start), visit.date_planned
        )
