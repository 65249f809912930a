from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaStart(models.TransientModel):
    _inherit = "aftersales.rma.start"

    remedy = fields.Selection(selection_add=CREDIT, ondelete={"credit": "set default"})
