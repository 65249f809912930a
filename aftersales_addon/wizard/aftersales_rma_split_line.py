from odoo import fields, models


class AftersalesRmaSplitLine(models.TransientModel):
    """How much of a line of a return goes to the new one."""

    _name = "aftersales.rma.split.line"
    _description = "Line of a Split"

    split_id = fields.Many2one(
        "aftersales.rma.split", required=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one("aftersales.rma.line", required=True, string="Goods")
    product_id = fields.Many2one(related="line_id.product_id")
    lot_id = fields.Many2one(related="line_id.lot_id")
    uom_id = fields.Many2one(related="line_id.uom_id")
    available = fields.Float(
        string="Can Go",
        digits="Product Unit",
        readonly=True,
        help="What has not come and is not settled yet.",
    )
    quantity = fields.Float(string="Goes to the New One", digits="Product Unit")
