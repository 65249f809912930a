from odoo import fields, models


class AftersalesFollowupPreviewLine(models.TransientModel):
    """One record that a rule would follow up."""

    _name = "aftersales.followup.preview.line"
    _description = "Record in the Test of a Follow-up Rule"
    _order = "date_planned, id"

    preview_id = fields.Many2one(
        "aftersales.followup.preview", required=True, ondelete="cascade", index=True
    )
    document_name = fields.Char(string="About", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    date_planned = fields.Datetime(string="When", readonly=True)
    reason = fields.Char(string="Would Be Skipped Because", readonly=True)
