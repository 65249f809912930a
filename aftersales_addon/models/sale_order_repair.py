from odoo import fields, models


class SaleOrder(models.Model):
    """Orders of repairs."""

    _inherit = "sale.order"

    aftersales_has_coverage = fields.Boolean(
        string="Has Lines Paid by Warranty",
        compute="_compute_aftersales_has_coverage",
    )

    def _compute_aftersales_has_coverage(self):
        for order in self:
            order.aftersales_has_coverage = any(
                order.order_line.mapped("aftersales_item")
            )
