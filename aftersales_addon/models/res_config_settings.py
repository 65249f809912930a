from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_policy_ids = fields.Many2many(
        related="company_id.aftersales_policy_ids", readonly=False
    )
    aftersales_terms_on_quotation = fields.Boolean(
        related="company_id.aftersales_terms_on_quotation", readonly=False
    )
    aftersales_certificate_on_delivery = fields.Boolean(
        related="company_id.aftersales_certificate_on_delivery", readonly=False
    )
