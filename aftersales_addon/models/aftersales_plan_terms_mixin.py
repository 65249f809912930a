from odoo import api, fields, models
from odoo.exceptions import ValidationError

UNITS = [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")]
# Visits are planned so far ahead at most: beyond that a plan is a guess.
MAX_HORIZON_MONTHS = 60
# Prices are adjusted every so many months or years at most.
MAX_ADJUSTMENT = 120
MAX_NOTICE_DAYS = 366
# Nothing is agreed on for longer; a calendar ends some day, too.
MAX_YEARS = 100
IN_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}


def is_too_long(count, unit):
    """Tell whether a time is longer than anything that is agreed on."""
    return count > MAX_YEARS * IN_A_YEAR.get(unit, 1)


class AftersalesPlanTermsMixin(models.AbstractModel):
    """What a service plan and the contracts made from it both say.

    A contract has its own copy: changing the plan changes nothing that was sold.
    """

    _name = "aftersales.plan.terms.mixin"
    _description = "Terms of a Service Plan"
    _inherit = ["aftersales.visit.terms.mixin"]

    term_count = fields.Integer(string="Term", default=12, required=True, tracking=True)
    term_unit = fields.Selection(UNITS, default="month", required=True, tracking=True)
    renewal = fields.Selection(
        [
            ("tacit", "Goes On Unless Notice Is Given"),
            ("request", "Goes On When the Customer Agrees"),
            ("none", "Ends"),
        ],
        string="At the End",
        default="tacit",
        required=True,
        tracking=True,
    )
    renewal_count = fields.Integer(
        string="Goes On For",
        default=12,
        required=True,
        help="The length of each further term.",
    )
    renewal_unit = fields.Selection(UNITS, default="month", required=True)
    notice_count = fields.Integer(
        string="Notice",
        default=1,
        required=True,
        help="How long before the end notice must be given at the latest.",
    )
    notice_unit = fields.Selection(UNITS, default="month", required=True)
    reminder_days = fields.Integer(
        string="Remind Before",
        default=30,
        required=True,
        help="So many days before the last day of notice, or before the end, the "
        "responsible person is reminded.",
    )
    price_basis = fields.Selection(
        [
            ("contract", "The Contract"),
            ("unit", "Each Installed Product"),
            ("visit", "Each Visit"),
        ],
        string="Price For",
        default="contract",
        required=True,
        tracking=True,
    )
    billing_count = fields.Integer(string="Invoiced Every", default=1, required=True)
    billing_unit = fields.Selection(UNITS, default="month", required=True)
    billing_moment = fields.Selection(
        [("advance", "In Advance"), ("arrears", "Afterwards")],
        string="When",
        default="advance",
        required=True,
        tracking=True,
    )
    billing_aligned = fields.Boolean(
        string="By Calendar",
        help="Periods are calendar months, quarters or years; the first and the last "
        "one are charged by the day. Else they run from the first day.",
    )
    indexation = fields.Selection(
        [
            ("none", "Stays"),
            ("percent", "Rises by a Percentage"),
            ("index", "Follows an Index"),
        ],
        string="The Price",
        default="none",
        required=True,
        tracking=True,
    )
    indexation_at = fields.Selection(
        [("renewal", "At Each Renewal"), ("period", "Whenever Some Time Has Passed")],
        string="Adjusted",
        default="renewal",
        required=True,
        help="Whenever some time has passed: counted from the first day of the "
        "contract, also within a term of several years.",
    )
    indexation_count = fields.Integer(string="Every", default=1, required=True)
    indexation_unit = fields.Selection(
        [("month", "Months"), ("year", "Years")], default="year", required=True
    )
    index_notice_days = fields.Integer(
        string="Announced Before",
        help="So many days before, the new prices are worked out and the customer is "
        "told by e-mail. Zero: on the day itself.",
    )
    index_percent = fields.Float(
        string="Percentage", help="Each time, of the price before."
    )
    index_id = fields.Many2one("aftersales.price.index", ondelete="restrict")
    index_cap = fields.Float(
        string="At Most",
        help="The most that the price rises by at a time, in percent. Zero: no limit.",
    )
    policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        string="Coverage",
        domain="[('kind', '=', 'contract')]",
        ondelete="restrict",
        help="What of parts, labour, way and shipping the contract pays for.",
    )
    horizon_months = fields.Integer(
        string="Planned Ahead",
        default=3,
        required=True,
        help="For so many months the visits are planned.",
    )

    @api.constrains(
        "term_count",
        "term_unit",
        "renewal",
        "renewal_count",
        "renewal_unit",
        "notice_count",
        "notice_unit",
        "reminder_days",
        "billing_count",
        "billing_unit",
        "indexation_count",
        "index_notice_days",
        "horizon_months",
    )
    def _check_terms(self):
        for record in self:
            error = record._get_terms_error()
            if error:
                raise ValidationError(error)

    def _get_terms_error(self):
        """Return what is wrong with the terms and what to do, or False."""
        self.ensure_one()
        if self.term_count <= 0:
            return self.env._("The term is one day at least: type in how long it is.")
        if self.renewal != "none" and self.renewal_count <= 0:
            return self.env._("Say for how long it goes on: one day at least.")
        if self.notice_count < 0 or self.reminder_days < 0:
            return self.env._("The time of notice cannot be negative.")
        if self.billing_count <= 0:
            return self.env._("Invoices are made every day at most: type in 1 or more.")
        if not 1 <= self.indexation_count <= MAX_ADJUSTMENT:
            return self.env._(
                "Prices are adjusted every 1 to %s months or years.", MAX_ADJUSTMENT
            )
        if not 0 <= self.index_notice_days <= MAX_NOTICE_DAYS:
            return self.env._(
                "New prices are announced 0 to %s days before.", MAX_NOTICE_DAYS
            )
        for name in ("term", "renewal", "notice", "billing"):
            if is_too_long(self[f"{name}_count"], self[f"{name}_unit"]):
                label = self.fields_get([f"{name}_count"], ["string"])
                return self.env._(
                    "“%(what)s”: %(years)s years at most.",
                    what=label[f"{name}_count"]["string"],
                    years=MAX_YEARS,
                )
        if self.reminder_days > MAX_YEARS * IN_A_YEAR["day"]:
            return self.env._(
                "Remind %s days before at most.", MAX_YEARS * IN_A_YEAR["day"]
            )
        if not 1 <= self.horizon_months <= MAX_HORIZON_MONTHS:
            return self.env._(
                "Visits are planned for 1 to %s months ahead.", MAX_HORIZON_MONTHS
            )
        return False

    @api.model
    def _get_terms_fields(self):
        """Return the names of what a contract takes over from its plan."""
        return list(self.env["aftersales.plan.terms.mixin"]._get_own_terms())

    @api.model
    def _get_own_terms(self):
        return (
            "term_count",
            "term_unit",
            "renewal",
            "renewal_count",
            "renewal_unit",
            "notice_count",
            "notice_unit",
            "reminder_days",
            "price_basis",
            "billing_count",
            "billing_unit",
            "billing_moment",
            "billing_aligned",
            "indexation",
            "indexation_at",
            "indexation_count",
            "indexation_unit",
            "index_notice_days",
            "index_percent",
            "index_id",
            "index_cap",
            "policy_id",
            "horizon_months",
            *self._get_visit_terms(),
        )
