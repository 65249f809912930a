from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    aftersales_part = fields.Selection(
        selection_add=[("credit", "Store credit")], ondelete={"credit": "set null"}
    )
