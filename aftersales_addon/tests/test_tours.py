from odoo.tests import HttpCase, new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTours(AftersalesCommon, HttpCase):
    """The common tasks in a real browser, each with the least rights it needs."""

    def _sell_lock(self):
        self.category.aftersales_policy_ids = self.policy_24
        lot = self._make_lots(self.lock, "SN-TOUR-1")
        self._put_in_stock(self.lock, 1, lot)
        order = self._sell([(self.lock, 1)], user_id=self.user_sale.id)
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_sms=True).button_validate()
        return order

    def test_agent_sees_whether_a_unit_is_covered(self):
        self._sell_lock().order_line.aftersales_asset_ids.user_id = self.user_agent
        self.start_tour("/odoo", "aftersales_overview", login="as_agent")

    def test_manager_makes_a_policy_for_a_category(self):
        manager = new_test_user(
            self.env,
            "as_product_manager",
            groups="aftersales_addon.aftersales_group_manager,"
            "product.group_product_manager",
        )
        self.start_tour(
            "/odoo/warranty-policies/new", "aftersales_policy", login=manager.login
        )
        policy = self.env["aftersales.warranty.policy"].search(
            [("name", "=", "Three years")]
        )
        self.assertEqual(policy.duration, 36)
        self.assertEqual(
            policy.line_ids.mapped(lambda line: (line.item, line.share)),
            [("parts", 100.0), ("labour", 100.0), ("travel", 50.0)],
        )
        self.start_tour(
            f"/odoo/product-categories/{self.category.id}",
            "aftersales_category",
            login=manager.login,
        )
        self.assertEqual(self.category.aftersales_policy_ids, policy)

    def test_salesperson_goes_from_the_order_to_the_unit(self):
        order = self._sell_lock()
        self.start_tour(f"/odoo/sales/{order.id}", "aftersales_order", login="as_sale")

    def test_agent_enters_a_unit_and_sells_an_extension(self):
        self.category.aftersales_policy_ids = self.policy_24
        self._make_policy("Extension", 12, kind="extended")
        self.start_tour(
            "/odoo/installed-products/new", "aftersales_enter_by_hand", login="as_agent"
        )
        asset = self.env["aftersales.asset"].search(
            [("serial_number", "=", "BOUGHT-ELSEWHERE")]
        )
        self.assertEqual(
            asset.warranty_ids.policy_id.mapped("name"), ["Two years", "Extension"]
        )
