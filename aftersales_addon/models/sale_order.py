from odoo import fields, models

from ..const import READ_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_asset_count = fields.Integer(
        string="Installed Products",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )

    def _compute_aftersales_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                [("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]
            )
        )
        for order in self:
            order.aftersales_asset_count = counts.get(order, 0)

    def action_aftersales_view_assets(self):
        """Open the installed products that were sold with these orders."""
        return self.env["aftersales.asset"]._get_action(
            [("sale_order_id", "in", self.ids)]
        )
