from odoo import api, fields, models

from ..const import READ_GROUPS


class StockLot(models.Model):
    _inherit = "stock.lot"

    aftersales_asset_ids = fields.One2many(
        "aftersales.asset",
        "lot_id",
        string="Installed Products",
        groups=READ_GROUPS,
    )
    aftersales_asset_count = fields.Integer(
        string="Installed Product Count",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )
    aftersales_coverage_label = fields.Char(
        string="Warranty",
        compute="_compute_aftersales_coverage_label",
        groups=READ_GROUPS,
    )

    def _compute_aftersales_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                [("lot_id", "in", self.ids)], ["lot_id"], ["__count"]
            )
        )
        for lot in self:
            lot.aftersales_asset_count = counts.get(lot, 0)

    @api.depends("aftersales_asset_ids.warranty_end", "aftersales_asset_ids.state")
    @api.depends_context("lang")
    def _compute_aftersales_coverage_label(self):
        for lot in self:
            assets = lot.aftersales_asset_ids
            current = assets.filtered(lambda a: a.state == "in_use") or assets
            lot.aftersales_coverage_label = current[:1].coverage_label

    def action_aftersales_view_assets(self):
        """Open the installed products of these lots."""
        return self.env["aftersales.asset"]._get_action([("lot_id", "in", self.ids)])
