from odoo import fields, models


class AftersalesAssetFollowupMixin(models.AbstractModel):
    """What was planned and done after events of an installed product."""

    _name = "aftersales.asset.followup.mixin"
    _description = "Follow-ups of an Installed Product"

    aftersales_followup_count = fields.Integer(
        string="Follow-ups",
        compute="_compute_aftersales_followup_count",
        groups="aftersales_addon.aftersales_group_user_all",
    )

    # Follow-up rules look for what was installed or registered lately.
    _installed_index = models.Index("(date_installed) WHERE date_installed IS NOT NULL")
    _registered_index = models.Index(
        "(date_registered) WHERE date_registered IS NOT NULL"
    )

    def _compute_aftersales_followup_count(self):
        counts = self.env["aftersales.followup"]._count_about(self)
        for unit in self:
            unit.aftersales_followup_count = counts.get(unit.id, 0)

    def action_aftersales_view_followups(self):
        """Show what was planned and done for the product."""
        return self.env["aftersales.followup"]._open_about(self)
