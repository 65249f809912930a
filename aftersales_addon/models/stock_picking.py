from odoo import fields, models

from ..const import READ_GROUPS


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_asset_count = fields.Integer(
        string="Installed Products",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )

    def _compute_aftersales_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
            )
        )
        for picking in self:
            picking.aftersales_asset_count = counts.get(picking, 0)

    def action_aftersales_view_assets(self):
        """Open the installed products that these deliveries brought."""
        return self.env["aftersales.asset"]._get_action(
            [("picking_id", "in", self.ids)]
        )
