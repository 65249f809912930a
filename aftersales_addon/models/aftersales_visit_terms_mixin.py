from odoo import api, fields, models

# Later than so long before, nothing can be asked of a customer.
MAX_HOURS = 2000


class AftersalesVisitTermsMixin(models.AbstractModel):
    """What a plan, and a contract made from it, say about their visits.

    Empty means: as the company has set it for all of its visits.
    """

    _name = "aftersales.visit.terms.mixin"
    _description = "Terms of Visits"

    visit_change = fields.Selection(
        [("hours", "Until Some Hours Before"), ("never", "Not by Themselves")],
        string="Customers Change Visits",
        tracking=True,
        help="Empty: as in the settings of the company.",
    )
    visit_change_hours = fields.Integer(
        string="Hours Before",
        default=24,
        help="Later than that customers are asked to call.",
    )
    visit_signature = fields.Selection(
        selection="_get_signature_selection",
        string="Signature Needed",
        tracking=True,
        help="Without it a visit is not done. Empty: as in the settings of the "
        "company.",
    )

    _visit_change_hours_bounded = models.Constraint(
        f"CHECK (visit_change_hours >= 0 AND visit_change_hours <= {MAX_HOURS})",
        "Customers change their visits until 0 to 2000 hours before.",
    )

    @api.model
    def _get_signature_selection(self):
        return self.env["res.company"]._get_visit_signatures()

    @api.model
    def _get_visit_terms(self):
        """Return the names of what a contract takes over from its plan."""
        return ("visit_change", "visit_change_hours", "visit_signature")
