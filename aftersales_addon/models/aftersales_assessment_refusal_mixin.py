from odoo import api, fields, models

from ..const import READ_GROUPS


class AftersalesAssessmentRefusalMixin(models.AbstractModel):
    """A claim that is refused although a warranty is in force."""

    _name = "aftersales.assessment.refusal.mixin"
    _description = "Refusal of an Assessed Claim"

    refusal_ids = fields.One2many(
        "aftersales.refusal", "assessment_id", string="Refusals", groups=READ_GROUPS
    )
    is_refused = fields.Boolean(
        string="Refused",
        compute="_compute_is_refused",
        compute_sudo=True,
        store=True,
        readonly=True,
    )

    @api.depends("refusal_ids.active")
    def _compute_is_refused(self):
        for assessment in self:
            assessment.is_refused = any(assessment.refusal_ids.mapped("active"))

    def action_refuse(self):
        """Open the dialog that refuses the claim with its reason."""
        self.ensure_one()
        return {
            "name": self.env._("Refuse the Claim"),
            "type": "ir.actions.act_window",
            "res_model": "aftersales.refusal",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_assessment_id": self.id},
        }

    def action_withdraw_refusal(self):
        """Let the warranties pay again."""
        self.refusal_ids.filtered("active").action_withdraw()

    def _get_shares(self, product, item=None, is_applied=True):
        # sudo: whoever prices a line follows what was decided.
        is_applied = is_applied and not self.sudo().is_refused
        return super()._get_shares(product, item, is_applied)

    def _follow_refusal(self):
        """Let the documents that asked be priced again."""
        # sudo: the decision changes prices, whoever may change those by hand.
        self.sudo()._follow_change()
