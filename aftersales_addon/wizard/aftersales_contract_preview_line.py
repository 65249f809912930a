from odoo import fields, models


class AftersalesContractPreviewLine(models.TransientModel):
    """Days of a contract line that will be invoiced."""

    _name = "aftersales.contract.preview.line"
    _description = "Days That Are Invoiced Next"
    _order = "date_due, id"

    preview_id = fields.Many2one(
        "aftersales.contract.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    date_due = fields.Date(string="Invoiced On", readonly=True)
    name = fields.Text(string="Description", readonly=True)
    date_first = fields.Date(string="From", readonly=True)
    date_last = fields.Date(string="To", readonly=True)
    amount = fields.Monetary(readonly=True)
