from odoo import models


class AftersalesVisitCaseMixin(models.AbstractModel):
    """A visit as the remedy of a case."""

    _name = "aftersales.visit.case.mixin"
    _description = "Visit for a Service Case"
