from odoo import fields, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = [
        "stock.picking",
        "aftersales.asset.holder.mixin",
        "aftersales.return.origin.mixin",
    ]

    _aftersales_asset_field = "picking_id"

    aftersales_rma_id = fields.Many2one(
        "aftersales.rma",
        string="Return",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )

    def _get_aftersales_delivered_moves(self):
        return self.move_ids
