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

    def _desk(self):
        self.promise.active = False
        self.customer.email = "anna@example.com"
        return new_test_user(
            self.env, "as_desk", groups="aftersales_addon.aftersales_group_user_all"
        )

    def test_two_cases_that_are_one(self):
        user = self._desk()
        case = self._case(name="The lock rattles")
        self._ask(case, "It rattles at night")
        other = self._case(name="Still no answer")
        asked = self._ask(other, "Hello again")
        self.start_tour(
            "/odoo/service-cases", "aftersales_case_merge", login=user.login
        )
        self.assertEqual(other.duplicate_of_id, case)
        self.assertEqual((case.state, other.state), ("new", "cancelled"))
        self.assertEqual(asked.res_id, case.id)

    def test_one_case_that_is_two(self):
        user = self._desk()
        case = self._case(name="The lock rattles")
        self._ask(case, "It rattles at night")
        self._ask(case, "Where is my invoice?")
        self.start_tour(
            "/odoo/service-cases", "aftersales_case_split", login=user.login
        )
        other = case.related_ids
        self.assertEqual(other.name, "The invoice is missing")
        self.assertEqual(other.partner_id, self.customer)
        self.assertIn("invoice", other.description)
        self.assertNotIn("night", other.description)
