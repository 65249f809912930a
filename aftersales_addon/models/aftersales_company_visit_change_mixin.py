from odoo import api, fields, models


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

    aftersales_visit_signature = fields.Selection(
        selection="_get_visit_signatures",
        string="Signature Needed to Finish a Visit",
        default="none",
        required=True,
        help="Without it a visit is not done. Why a customer does not sign can be "
        "noted instead. A plan may say otherwise.",
    )

    _aftersales_visit_change_hours = models.Constraint(
        "CHECK (aftersales_visit_change_hours >= 0"
        " AND aftersales_visit_change_hours <= 2000)",
        "Customers change their visits until 0 to 2000 hours before.",
    )

    @api.model
    def _get_visit_signatures(self):
        return [
            ("none", self.env._("None")),
            ("customer", self.env._("The Customer's")),
            ("technician", self.env._("The Technician's")),
            ("both", self.env._("The Customer's and the Technician's")),
        ]
