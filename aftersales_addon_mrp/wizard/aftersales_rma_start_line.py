from odoo import api, fields, models


class AftersalesRmaStartLine(models.TransientModel):
    """A row may stand for a kit instead of one of its components."""

    _inherit = "aftersales.rma.start.line"

    kit_line_id = fields.Many2one("sale.order.line", string="Kit")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        compute_sudo=True,
        related=None,
    )
    uom_id = fields.Many2one(
        "uom.uom", compute="_compute_product_id", compute_sudo=True, related=None
    )

    @api.depends("move_id", "kit_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.kit_line_id.product_id or line.move_id.product_id
            line.uom_id = line.product_id.uom_id
