from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_vendor_answer_days = fields.Integer(
        related="company_id.aftersales_vendor_answer_days", readonly=False
    )
