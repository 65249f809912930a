"""From each document to its follow-ups, for those who may see them."""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .followup_common import NOW, FollowupCommon

MODELS = (
    "sale.order",
    "aftersales.asset",
    "aftersales.case",
    "aftersales.rma",
    "aftersales.contract",
    "aftersales.visit",
    "repair.order",
    "res.partner",
)
BUTTON = "action_aftersales_view_followups"


@tagged("post_install", "-at_install")
class TestFollowupLinks(FollowupCommon):
    def test_every_source_has_the_way(self):
        """Where a follow-up can come from, one click leads to it."""
        sources = self.env["aftersales.followup.rule"]._get_sources().values()
        # Answers are shown on the case that they are about.
        documents = {s.model for s in sources} - {"rating.rating", "aftersales.nps"}
        self.assertEqual(documents, set(MODELS))
        for model in MODELS:
            with self.subTest(model=model):
                arch = self.env[model].get_view(view_type="form")["arch"]
                self.assertIn(BUTTON, arch)

    def test_not_for_those_who_see_no_follow_ups(self):
        sales = new_test_user(
            self.env, "fu_sales", groups="sales_team.group_sale_salesman"
        )
        order = self.env["sale.order"].with_user(sales)
        self.assertNotIn(BUTTON, order.get_view(view_type="form")["arch"])
        mine = order.create({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            mine.action_aftersales_view_followups()
        with self.assertRaises(AccessError):
            mine.read(["aftersales_followup_count"])
        with self.assertRaises(AccessError):
            order.browse(mine.id).with_user(
                self.user_portal
            ).action_aftersales_view_followups()

    def test_count_and_list(self):
        order = self._sell([(self.sensor, 1)], day="2026-03-02")
        other = self._sell([(self.sensor, 1)], day="2026-03-02")
        with freeze_time(NOW):
            for count in (1, 2):
                self._plan_rule(self._rule("order_confirmed", offset_count=count))
        orders = (order | other).with_user(self.user_agent_all)
        self.assertEqual(orders.sudo().mapped("aftersales_followup_count"), [2, 2])
        action = order.action_aftersales_view_followups()
        found = self.env["aftersales.followup"].search(action["domain"])
        self.assertEqual(set(found.mapped("res_id")), {order.id})
        self.assertEqual(len(found), 2)

    def test_on_the_order(self):
        """Who runs after-sales and sells sees the button on the order."""
        order = self._sell([(self.sensor, 1)], day="2026-03-02")
        with freeze_time(NOW):
            self._plan_rule(self._rule("order_confirmed", offset_count=1))
        user = new_test_user(
            self.env,
            "fu_both",
            groups="sales_team.group_sale_salesman_all_leads,"
            "aftersales_addon.aftersales_group_user_all",
        )
        form = Form(order.with_user(user))
        self.assertEqual(form.aftersales_followup_count, 1)

    def test_query_count(self):
        orders = self.env["sale.order"].create(
            [{"partner_id": self.customer.id} for _number in range(50)]
        )
        counts = []
        for part in (orders[:1], orders):
            self.env.invalidate_all()
            part.mapped("name")
            before = self.env.cr.sql_log_count
            part.mapped("aftersales_followup_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
