from odoo import fields, models


class AftersalesCompanyVisitChangeMixin(models.AbstractModel):
    """What customers may do with their visits by themselves."""

    _name = "aftersales.company.visit.change.mixin"
    _description = "Visits that Customers Change"

    aftersales_visit_self_service = fields.Boolean(
        string="Customers Choose the Time",
        default=True,
        help="On the page of their visit customers see the free times of the "
        "technicians, choose one, move it and cancel.",
    )
    aftersales_visit_change_hours = fields.Integer(
        string="Until So Many Hours Before",
        default=24,
        help="Later than that customers are asked to call.",
    )

    _aftersales_visit_change_hours = models.Constraint(
        "CHECK (aftersales_visit_change_hours >= 0"
        " AND aftersales_visit_change_hours <= 2000)",
        "Customers change their visits until 0 to 2000 hours before.",
    )
