from odoo import models


class AftersalesVisitChargeMixin(models.AbstractModel):
    """What of a visit the customer pays for."""

    _name = "aftersales.visit.charge.mixin"
    _description = "Charges of a Visit"
