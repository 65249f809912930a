from odoo import api, fields, models

from ..models.aftersales_return_policy import REMEDIES


class AftersalesRmaStartLine(models.TransientModel):
    """Delivered goods that may be chosen for a return."""

    _name = "aftersales.rma.start.line"
    _description = "Goods of a Return to Start"

    start_id = fields.Many2one(
        "aftersales.rma.start", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one("stock.move", required=True)
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=True)
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial")
    asset_id = fields.Many2one("aftersales.asset", string="Installed Product")
    delivery = fields.Char(compute="_compute_delivery", compute_sudo=True)
    date = fields.Datetime(related="move_id.date", string="Delivered On")
    uom_id = fields.Many2one(related="move_id.product_id.uom_id", string="Unit")
    available = fields.Float(
        string="Can Come Back", digits="Product Unit", readonly=True
    )
    quantity = fields.Float(string="Comes Back", digits="Product Unit")
    reason_id = fields.Many2one("aftersales.reason")
    remedy = fields.Selection(REMEDIES, string="Customer Gets")

    @api.depends("move_id")
    def _compute_delivery(self):
        for line in self:
            line.delivery = line.move_id.reference
