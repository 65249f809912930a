from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaStartLine(models.TransientModel):
    _inherit = "aftersales.rma.start.line"

    remedy = fields.Selection(selection_add=CREDIT, ondelete={"credit": "set null"})
