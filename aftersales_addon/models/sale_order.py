from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "aftersales.asset.holder.mixin"]

    _aftersales_asset_field = "sale_order_id"
