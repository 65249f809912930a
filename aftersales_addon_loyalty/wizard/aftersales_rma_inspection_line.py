from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaInspectionLine(models.TransientModel):
    _inherit = "aftersales.rma.inspection.line"

    remedy = fields.Selection(selection_add=CREDIT, ondelete={"credit": "cascade"})
