from odoo import fields, models

from ..const import READ_GROUPS


class AftersalesPartnerResellerMixin(models.AbstractModel):
    """Contacts who sell what they buy to others."""

    _name = "aftersales.partner.reseller.mixin"
    _description = "Reseller of Products"

    aftersales_is_reseller = fields.Boolean(
        string="Reseller",
        groups=READ_GROUPS,
        help="Sells our products to others. Whoever registers a unit that was "
        "delivered to a reseller gets it without anybody looking.",
    )
