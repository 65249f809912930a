from odoo import models


class AftersalesVisitWorkMixin(models.AbstractModel):
    """What is done on a visit: checklist, readings, time, findings, signatures."""

    _name = "aftersales.visit.work.mixin"
    _description = "Work of a Visit"
