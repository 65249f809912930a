from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "aftersales.asset.holder.mixin",
        "aftersales.partner.reseller.mixin",
        "aftersales.partner.return.mixin",
        "aftersales.partner.portal.mixin",
        "aftersales.partner.contract.mixin",
        "aftersales.partner.followup.mixin",
    ]

    # A contact shows the units of the whole company that it belongs to.
    _aftersales_asset_field = "commercial_partner_id"

    def _get_aftersales_asset_key(self):
        return self.commercial_partner_id._origin

    def _get_aftersales_count_domain(self):
        domain = super()._get_aftersales_count_domain()
        return domain & Domain("state", "=", "in_use")

    def _get_aftersales_asset_context(self):
        return {
            "search_default_in_use": True,
            "default_partner_id": self.id if len(self) == 1 else False,
        }
