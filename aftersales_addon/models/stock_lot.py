from odoo import api, fields, models

from ..const import READ_GROUPS


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "aftersales.asset.holder.mixin"]

    _aftersales_asset_field = "lot_id"

    aftersales_asset_ids = fields.One2many(
        "aftersales.asset",
        "lot_id",
        string="Installed Products",
        groups=READ_GROUPS,
    )
    aftersales_coverage_label = fields.Char(
        string="Warranty",
        compute="_compute_aftersales_coverage_label",
        groups=READ_GROUPS,
    )

    @api.depends("aftersales_asset_ids.warranty_end", "aftersales_asset_ids.state")
    @api.depends_context("lang")
    def _compute_aftersales_coverage_label(self):
        for lot in self:
            assets = lot.aftersales_asset_ids
            current = assets.filtered(lambda a: a.state == "in_use") or assets
            lot.aftersales_coverage_label = current[:1].coverage_label
