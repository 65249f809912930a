from odoo import models


class AftersalesVisitPlanningMixin(models.AbstractModel):
    """Who comes, and when: skills, workload, absence, appointments."""

    _name = "aftersales.visit.planning.mixin"
    _description = "Planning of a Visit"
