from odoo import models


class AftersalesVisitLifeMixin(models.AbstractModel):
    """The steps of a visit: appointment, way, work, done or not."""

    _name = "aftersales.visit.life.mixin"
    _description = "Life of a Visit"
