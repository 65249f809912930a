from odoo import fields, models

from ..const import CREDIT


class AftersalesRmaReport(models.Model):
    _inherit = "aftersales.rma.report"

    # The figures are read from the lines, where it is taken away.
    remedy = fields.Selection(
        selection_add=CREDIT, ondelete={"credit": lambda records: None}
    )
