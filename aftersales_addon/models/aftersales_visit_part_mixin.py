from odoo import models


class AftersalesVisitPartMixin(models.AbstractModel):
    """The parts used on a visit, and their stock moves."""

    _name = "aftersales.visit.part.mixin"
    _description = "Parts of a Visit"
