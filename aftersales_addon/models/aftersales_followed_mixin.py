from odoo import fields, models


class AftersalesFollowedMixin(models.AbstractModel):
    """A document that can be followed up, and the way to its follow-ups."""

    _name = "aftersales.followed.mixin"
    _description = "Document with Follow-ups"

    aftersales_followup_count = fields.Integer(
        string="Follow-ups",
        compute="_compute_aftersales_followup_count",
        groups="aftersales_addon.aftersales_group_user_all",
    )

    def _compute_aftersales_followup_count(self):
        counts = self.env["aftersales.followup"]._count_about(self)
        for record in self:
            record.aftersales_followup_count = counts.get(record.id, 0)

    def action_aftersales_view_followups(self):
        """Show what was planned and done after events of these documents.

        :raises AccessError: for those who do not see all of After-Sales
        """
        self.check_access("read")
        return self.env["aftersales.followup"]._open_about(self)
