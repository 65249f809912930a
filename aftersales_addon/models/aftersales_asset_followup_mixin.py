from odoo import models


class AftersalesAssetFollowupMixin(models.AbstractModel):
    """What was planned and done after events of an installed product."""

    _name = "aftersales.asset.followup.mixin"
    _description = "Follow-ups of an Installed Product"
    _inherit = ["aftersales.followed.mixin"]

    # Follow-up rules look for what was installed or registered lately.
    _installed_index = models.Index("(date_installed) WHERE date_installed IS NOT NULL")
    _registered_index = models.Index(
        "(date_registered) WHERE date_registered IS NOT NULL"
    )
