from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaDisposition(models.Model):
    _inherit = "aftersales.rma.disposition"

    remedy = fields.Selection(selection_add=CREDIT, ondelete={"credit": "set default"})
