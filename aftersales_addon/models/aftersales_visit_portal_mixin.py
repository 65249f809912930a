from odoo import models


class AftersalesVisitPortalMixin(models.AbstractModel):
    """What the customer sees of a visit, and may do with it."""

    _name = "aftersales.visit.portal.mixin"
    _description = "Visit on the Portal"
