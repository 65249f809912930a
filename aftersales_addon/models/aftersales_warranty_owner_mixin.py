from odoo import fields, models


class AftersalesWarrantyOwnerMixin(models.AbstractModel):
    """What a warranty says about a change of hands."""

    _name = "aftersales.warranty.owner.mixin"
    _description = "Warranty at a Change of Hands"

    transfer_count = fields.Integer(
        string="Passed On",
        readonly=True,
        help="How often the warranty went to another owner with its unit.",
    )

    def _is_lost_on_transfer(self):
        """Tell whether the warranty ends when its unit is passed on."""
        self.ensure_one()
        rule = self.version_id._get_option("transfer")
        if rule == "once":
            return self.transfer_count > 0
        return rule == "no"
