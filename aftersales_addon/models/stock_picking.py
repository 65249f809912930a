from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "aftersales.asset.holder.mixin"]

    _aftersales_asset_field = "picking_id"
