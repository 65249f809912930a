from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import MAX_DURATION

UNITS = [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")]
USAGE_UNITS = [("hour", "Hours"), ("km", "Kilometres"), ("cycle", "Cycles")]
# What stacks under what: the law's own layer neither waits nor takes a place.
STACKING = [
    ("beside", "Beside the others, from its own start"),
    ("after", "After what covers the unit ends"),
    ("replace", "Instead of the manufacturer's warranty"),
]


class AftersalesWarrantyPolicyPromiseMixin(models.AbstractModel):
    """When a warranty begins, what limits it, and what happens to it in its life."""

    _name = "aftersales.warranty.policy.promise.mixin"
    _description = "Conditions of a Warranty Policy"

    start_event = fields.Selection(
        [
            ("delivery", "Delivery to the customer"),
            ("invoice", "First invoice"),
            ("order", "Order confirmation"),
            ("registration", "Registration by the customer"),
            ("installation", "Installation"),
        ],
        required=True,
        default="delivery",
        help="The day of this event is not counted: a warranty of 24 months that "
        "starts with a delivery on 15 March ends at the end of 15 March two years "
        "later.",
    )
    start_cap = fields.Integer(
        string="Starts at the Latest",
        help="Days after the delivery on which the warranty starts by itself when the "
        "event has not happened. 0: it waits for the event.",
    )
    stacking = fields.Selection(
        STACKING,
        required=True,
        default="beside",
        help="How the warranty stands to the others of the same unit.",
    )
    usage_limit = fields.Float(
        help="The warranty ends when the unit has been used this much since its "
        "start, even if its term is not over. 0: no limit."
    )
    usage_unit = fields.Selection(USAGE_UNITS, string="Unit of Usage")
    transfer = fields.Selection(
        [
            ("yes", "Goes with the unit"),
            ("once", "Goes with the unit once"),
            ("no", "Ends"),
        ],
        string="When the Unit Changes Hands",
        required=True,
        default="yes",
    )
    replacement_floor = fields.Integer(
        string="After a Replacement, at Least",
        help="Days that the new unit is covered when the remaining term is shorter. "
        "0: the remaining term alone.",
    )
    repair_prolongation = fields.Integer(
        string="A Repair Prolongs by",
        help="The first repair under this warranty moves its end. 0: it does not.",
    )
    repair_prolongation_unit = fields.Selection(UNITS, required=True, default="month")
    repair_suspends = fields.Boolean(
        string="Rests During Repairs",
        help="The days that the unit spends in the workshop are added to the end.",
    )

    _counts_not_negative = models.Constraint(
        "CHECK (start_cap >= 0 AND replacement_floor >= 0"
        " AND repair_prolongation >= 0 AND usage_limit >= 0)",
        "Days, prolongations and limits cannot be negative.",
    )
    _usage_unit_given = models.Constraint(
        "CHECK (usage_limit = 0 OR usage_limit IS NULL OR usage_unit IS NOT NULL)",
        "In which unit is the usage counted? Choose hours, kilometres or cycles.",
    )

    @api.onchange("kind")
    def _onchange_kind(self):
        # An extension adds to what is there; only seldom does it stand beside it.
        if self.kind == "extended" and self.start_event == "delivery":
            self.stacking = "after"
        elif self.kind == "statutory":
            self.stacking = "beside"

    @api.constrains("start_cap", "replacement_floor", "repair_prolongation")
    def _check_counts(self):
        for policy in self:
            days = max(policy.start_cap, policy.replacement_floor)
            limit = MAX_DURATION[policy.repair_prolongation_unit or "month"]
            if days > MAX_DURATION["day"] or policy.repair_prolongation > limit:
                raise ValidationError(
                    self.env._(
                        "A period in the conditions of “%s” is longer than a "
                        "century. Check the numbers.",
                        policy.name,
                    )
                )

    @api.constrains("kind", "stacking", "start_event", "start_cap")
    def _check_stacking(self):
        for policy in self:
            if policy.kind == "statutory" and policy.stacking != "beside":
                raise ValidationError(
                    self.env._(
                        "The customer's legal rights wait for nothing and replace "
                        "nothing. Let “%s” stand beside the others.",
                        policy.name,
                    )
                )
            if policy.stacking == "after" and policy.start_event != "delivery":
                raise ValidationError(
                    self.env._(
                        "“%s” starts when what covers the unit ends, so it cannot "
                        "wait for another event too. Set its start to the delivery.",
                        policy.name,
                    )
                )

    def _is_in_effect(self):
        """Tell whether units are sold under the policy at present."""
        self.ensure_one()
        return self.active

    def _prepare_options(self):
        """Return the conditions that a unit sold today keeps.

        :return: values that JSON can hold, by name; read them with
            ``aftersales.warranty.policy.version._get_option``
        """
        self.ensure_one()
        return {
            "start_cap": self.start_cap,
            "stacking": self.stacking,
            "usage_limit": self.usage_limit,
            "usage_unit": self.usage_unit,
            "transfer": self.transfer,
            "replacement_floor": self.replacement_floor,
            "repair_prolongation": self.repair_prolongation,
            "repair_prolongation_unit": self.repair_prolongation_unit,
            "repair_suspends": self.repair_suspends,
        }
