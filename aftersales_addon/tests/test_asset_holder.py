"""Figures about installed products on the platform's own documents."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

COLUMNS = [
    "aftersales_asset_count",
    "aftersales_covered_count",
    "aftersales_next_expiry",
]
# The lists of the platform that got columns.
LISTS = {
    "sale.order": "sale.view_order_tree",
    "product.template": "product.product_template_tree_view",
    "product.product": "product.product_product_tree_view",
    "res.partner": "base.view_partner_tree",
    "stock.picking": "stock.vpicktree",
}


@tagged("post_install", "-at_install")
class TestAssetHolder(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12
        cls.sensor.aftersales_policy_ids = cls.policy_24
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.firm.id}
        )

    def _figures(self, record, user=None):
        record.env.flush_all()
        record.env.invalidate_all()
        [values] = record.with_user(user or self.user_sale).read(COLUMNS)
        return tuple(values[name] for name in COLUMNS)

    def _deliver_order(self):
        """Sell a lock and two sensors to a contact and deliver them."""
        lots = self._make_lots(self.lock, "L1")
        self._put_in_stock(self.lock, 1, lots)
        self._put_in_stock(self.sensor, 2)
        order = self._sell(
            [(self.lock, 1), (self.sensor, 2)],
            partner=self.contact,
            user_id=self.user_sale.id,
        )
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        return order

    def test_figures_of_a_delivery(self):
        with freeze_time("2026-01-10"):
            order = self._deliver_order()
        picking = order.picking_ids
        lot = picking.move_ids.lot_ids
        lock_move = picking.move_ids.filtered(lambda m: m.product_id == self.lock)
        with freeze_time("2026-06-01"):
            whole = (2, 2, date(2027, 1, 10))
            lock = (1, 1, date(2027, 1, 10))
            sensors = (1, 1, date(2028, 1, 10))
            self.assertEqual(self._figures(order), whole)
            self.assertEqual(self._figures(self.firm), whole, "the whole company")
            self.assertEqual(self._figures(self.contact), whole)
            self.assertEqual(self._figures(picking, self.user_stock), whole)
            self.assertEqual(self._figures(lock_move, self.user_stock), lock)
            self.assertEqual(self._figures(lot, self.user_stock), lock)
            self.assertEqual(self._figures(self.lock), lock)
            self.assertEqual(self._figures(self.sensor.product_tmpl_id), sensors)
        with freeze_time("2027-02-01"):
            self.assertEqual(self._figures(order), (2, 1, date(2028, 1, 10)))
            self.assertEqual(self._figures(lot, self.user_stock), (1, 0, False))

    def test_what_left_the_customer_is_not_covered(self):
        lots = self._make_lots(self.lock, "L2")
        move = self._deliver(self.lock, lots=lots, partner=self.firm)
        self._return(move, lots=lots)
        picking = move.picking_id
        self.assertEqual(self._figures(picking, self.user_stock), (1, 0, False))
        self.assertEqual(self._figures(self.firm, self.user_stock), (0, 0, False))

    def test_archived_variants_count(self):
        with freeze_time("2026-01-10"):
            self._deliver(self.sensor)
        self.sensor.active = False
        with freeze_time("2026-06-01"):
            self.assertEqual(
                self._figures(self.sensor.product_tmpl_id), (1, 1, date(2028, 1, 10))
            )
        action = self.sensor.product_tmpl_id.action_aftersales_view_assets()
        self.assertEqual(action["res_id"], self._assets(self.sensor.stock_move_ids).id)

    def test_move_lines_tell_the_warranty_of_their_unit(self):
        lots = self._make_lots(self.lock, "L3", "L4")
        with freeze_time("2026-01-10"):
            move = self._deliver(self.lock, lots=lots)
        self._assets(move)[0].action_retire()
        with freeze_time("2026-06-01"):
            lines = move.move_line_ids.sorted("id").with_user(self.user_stock)
            self.assertEqual(
                lines.mapped("aftersales_coverage_label"),
                ["Retired", "Covered until 10 Jan 2027"],
            )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_only_those_who_look_after_products_read_the_figures(self):
        move = self._deliver(self.sensor, partner=self.firm)
        readers = self.user_agent | self.user_technician | self.user_sale
        for user in readers | self.user_stock:
            self.assertEqual(self._figures(self.firm, user)[0], 1, user.login)
        for name in COLUMNS:
            with self.assertRaises(AccessError):
                self.firm.with_user(self.user_internal).read([name])
        line = move.move_line_ids
        self.assertTrue(line.with_user(self.user_stock).aftersales_coverage_label)

    def test_lists_have_the_columns(self):
        self.user_sale.group_ids += self.env.ref("stock.group_stock_user")
        for model, xml_id in LISTS.items():
            view = self.env.ref(xml_id)
            arch = self._get_arch(self.user_sale, model, view)
            self.assertTrue(all(name in arch for name in COLUMNS), model)
        for model in ("res.partner", "product.template"):
            arch = self._get_arch(self.user_internal, model, self.env.ref(LISTS[model]))
            self.assertNotIn("aftersales_", arch, model)

    def _get_arch(self, user, model, view):
        return self.env[model].with_user(user).get_view(view.id, "list")["arch"]
