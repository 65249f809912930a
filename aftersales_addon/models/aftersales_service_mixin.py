from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .aftersales_plan_terms_mixin import MAX_YEARS, UNITS, is_too_long

VISIT_KINDS = [
    ("maintenance", "Maintenance"),
    ("inspection", "Inspection"),
    ("repair", "Repair"),
    ("installation", "Installation"),
    ("training", "Training"),
]


class AftersalesServiceMixin(models.AbstractModel):
    """A service that is promised: what is done, how often, and how."""

    _name = "aftersales.service.mixin"
    _description = "Promised Service"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(VISIT_KINDS, default="maintenance", required=True)
    schedule = fields.Selection(
        [
            ("calendar", "At Regular Times"),
            ("usage", "After So Much Use"),
            ("request", "On Request"),
        ],
        default="calendar",
        required=True,
    )
    interval_count = fields.Integer(string="Every", default=6)
    interval_unit = fields.Selection(UNITS, default="month", string="Interval")
    at_start = fields.Boolean(
        string="First One at the Start",
        help="The first visit is due on the first day. Else after the first interval.",
    )
    mode = fields.Selection(
        [
            ("fixed", "From the Plan"),
            ("floating", "From the Last Visit"),
        ],
        string="The Next One Counts",
        default="fixed",
        required=True,
        help="From the plan: always from the first day. From the last visit: from the "
        "day on which it was done.",
    )
    shift = fields.Selection(
        [
            ("next", "Next Working Day"),
            ("previous", "Working Day Before"),
            ("nearest", "Nearest Working Day"),
            ("none", "As It Falls"),
        ],
        string="On Free Days",
        default="next",
        required=True,
        help="Moves this visit only; those after it stay where they are.",
    )
    usage_interval = fields.Float(string="Use Between Visits")
    usage_unit = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.warranty.policy"]
            ._fields["usage_unit"]
            ._description_selection(self.env)
        )
    )
    quota = fields.Integer(
        help="So many visits are in the price; further ones are charged. Zero: all "
        "of them."
    )
    quota_period = fields.Selection(
        [("year", "Each Year of the Contract"), ("term", "Each Term")],
        default="year",
        required=True,
    )
    duration = fields.Float(
        string="Expected Duration", default=1.0, help="In hours, for each unit."
    )
    checklist_id = fields.Many2one(
        "aftersales.checklist", ondelete="restrict", index="btree_not_null"
    )
    skill_ids = fields.Many2many("aftersales.skill", string="Skills Needed")
    product_id = fields.Many2one(
        "product.product",
        string="Charged As",
        domain="[('type', '=', 'service')]",
        ondelete="restrict",
        help="The product on the invoice of a visit that the price does not include.",
    )
    price_unit = fields.Float(
        string="Price of a Visit", digits="Product Price", help="Without taxes."
    )

    @api.constrains(
        "schedule",
        "interval_count",
        "interval_unit",
        "usage_interval",
        "usage_unit",
        "quota",
        "duration",
    )
    def _check_service(self):
        for service in self:
            error = service._get_service_error()
            if error:
                raise ValidationError(error)

    def _get_service_error(self):
        """Return what is wrong with the service and what to do, or False."""
        self.ensure_one()
        regular = self.schedule == "calendar"
        if regular and (self.interval_count <= 0 or not self.interval_unit):
            return self.env._("“%s”: say how often, once a day at most.", self.name)
        if regular and is_too_long(self.interval_count, self.interval_unit):
            return self.env._(
                "“%(service)s”: once in %(years)s years at least.",
                service=self.name,
                years=MAX_YEARS,
            )
        by_use = self.schedule == "usage"
        if by_use and (self.usage_interval <= 0 or not self.usage_unit):
            return self.env._(
                "“%s”: say after how much use, and in which unit.", self.name
            )
        if self.quota < 0 or self.duration < 0 or self.price_unit < 0:
            return self.env._(
                "“%s”: quota, duration and price cannot be negative.", self.name
            )
        return False

    @api.model
    def _get_service_fields(self):
        """Return the names of what the service of a contract takes from the plan."""
        return (
            "name",
            "sequence",
            "kind",
            "schedule",
            "interval_count",
            "interval_unit",
            "at_start",
            "mode",
            "shift",
            "usage_interval",
            "usage_unit",
            "quota",
            "quota_period",
            "duration",
            "checklist_id",
            "skill_ids",
            "product_id",
            "price_unit",
        )
