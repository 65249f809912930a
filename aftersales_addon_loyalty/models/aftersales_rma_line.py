from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    remedy = fields.Selection(selection_add=CREDIT, ondelete={"credit": "set default"})
