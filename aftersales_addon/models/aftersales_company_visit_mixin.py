from odoo import fields, models


class AftersalesCompanyVisitMixin(models.AbstractModel):
    """How a company plans its visits, and tells its customers of them."""

    _name = "aftersales.company.visit.mixin"
    _description = "Visits of a Company"

    aftersales_visit_join = fields.Boolean(
        string="One Visit for Several Contracts",
        help="What is due on the same day at the same address of a customer is one "
        "visit, also when several contracts promise it.",
    )
    aftersales_visit_buffer = fields.Float(
        string="Way Between Visits",
        default=0.5,
        help="In hours. Times that are proposed leave so much before and after the "
        "other visits of a technician.",
    )
    aftersales_visit_mails = fields.Boolean(
        string="Tell Customers of Appointments",
        default=True,
        help="By e-mail, with a file for their calendar: when an appointment is made, "
        "moved or cancelled.",
    )
    aftersales_visit_reminder_days = fields.Integer(
        string="Remind of Visits",
        default=2,
        help="So many days before, by e-mail. 0: never.",
    )

    _aftersales_visit_not_negative = models.Constraint(
        "CHECK (aftersales_visit_buffer >= 0 AND aftersales_visit_buffer <= 12"
        " AND aftersales_visit_reminder_days >= 0"
        " AND aftersales_visit_reminder_days <= 60)",
        "The way between visits is 0 to 12 hours, and the reminder comes 0 to 60 days "
        "before.",
    )
