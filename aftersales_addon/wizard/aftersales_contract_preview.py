from odoo import api, fields, models


class AftersalesContractPreview(models.TransientModel):
    """What of a contract will be invoiced in the coming year."""

    _name = "aftersales.contract.preview"
    _description = "What Is Invoiced Next"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date_until = fields.Date(string="Until", readonly=True)
    line_ids = fields.One2many(
        "aftersales.contract.preview.line", "preview_id", readonly=True
    )
    amount = fields.Monetary(string="In All", compute="_compute_amount")

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for preview in self:
            preview.amount = sum(preview.line_ids.mapped("amount"))
