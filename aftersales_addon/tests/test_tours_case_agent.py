from odoo.tests import HttpCase, new_test_user, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestToursCaseAgent(CaseCommon, HttpCase):
    """A case in a real browser, from its arrival to its end."""

    def test_from_arrival_to_a_repair_under_warranty_and_closing(self):
        user = new_test_user(
            self.env,
            "as_desk",
            groups="stock.group_stock_user,stock.group_production_lot,"
            "aftersales_addon.aftersales_group_user",
        )
        self.promise.active = False
        self.customer.email = "anna@example.com"
        asset = self._deliver_one()
        case = self._case(
            name="The lock rattles", asset_id=asset.id, kind="technical", user_id=False
        )
        case.user_id = False
        self.start_tour("/odoo/service-desk", "aftersales_case_agent", login=user.login)
        self.assertEqual(case.user_id, user)
        self.assertEqual(case.repair_ids.aftersales_asset_id, asset)
        self.assertEqual(case.repair_ids.state, "done")
        self.assertEqual(case.resolution, "repair")
        self.assertEqual(case.state, "closed")
