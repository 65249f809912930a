from odoo import fields, models

from ..models.aftersales_warranty_policy_line import ITEMS


class AftersalesAssessmentGoodwillLine(models.TransientModel):
    """What is granted for one item."""

    _name = "aftersales.assessment.goodwill.line"
    _description = "Goodwill for an Item"

    wizard_id = fields.Many2one(
        "aftersales.assessment.goodwill",
        required=True,
        index=True,
        ondelete="cascade",
    )
    item = fields.Selection(ITEMS, required=True, readonly=True)
    share = fields.Float(string="Warranty (%)", readonly=True, digits=(5, 2))
    granted_share = fields.Float(
        string="In All (%)",
        digits=(5, 2),
        help="The least that is paid, warranty and goodwill together. 0: as the "
        "warranty says.",
    )

    _share_range = models.Constraint(
        "CHECK (granted_share >= 0 AND granted_share <= 100)",
        "A share is between 0 % and 100 %.",
    )
