from odoo import fields, models


class AftersalesSettingsMixin(models.AbstractModel):
    """How long suppliers may take for their answer, among the settings."""

    _inherit = "aftersales.settings.mixin"

    aftersales_vendor_answer_days = fields.Integer(
        related="company_id.aftersales_vendor_answer_days", readonly=False
    )
