from odoo import fields, models


class AftersalesCaseSplitLine(models.TransientModel):
    """A message that may become a case of its own."""

    _name = "aftersales.case.split.line"
    _description = "Message of a Split"

    split_id = fields.Many2one(
        "aftersales.case.split", required=True, ondelete="cascade", index=True
    )
    message_id = fields.Many2one("mail.message", required=True)
    date = fields.Datetime(related="message_id.date")
    author_id = fields.Many2one(related="message_id.author_id")
    preview = fields.Char(related="message_id.preview", string="Text")
    is_chosen = fields.Boolean(string="New Case")
