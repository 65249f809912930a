from odoo import api, fields, models
from odoo.fields import Command


class AftersalesAssessmentGoodwill(models.TransientModel):
    """Grant more than the warranties pay, item by item."""

    _name = "aftersales.assessment.goodwill"
    _description = "Grant Goodwill"

    assessment_id = fields.Many2one(
        "aftersales.assessment", required=True, readonly=True
    )
    asset_id = fields.Many2one(related="assessment_id.asset_id")
    reason = fields.Char(
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="Why we pay more than we have to. People read it beside the figures.",
    )
    line_ids = fields.One2many(
        "aftersales.assessment.goodwill.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("assessment_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.reason = wizard.assessment_id.goodwill_reason
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "item": line.item,
                            "share": line.share,
                            "granted_share": line.granted_share,
                        }
                    )
                    for line in wizard.assessment_id.line_ids
                ),
            ]

    def action_grant(self):
        """Grant what was entered and price the lines of the document by it."""
        self.ensure_one()
        self.assessment_id._set_goodwill(
            {line.item: line.granted_share for line in self.line_ids}, self.reason
        )
        return {"type": "ir.actions.act_window_close"}
