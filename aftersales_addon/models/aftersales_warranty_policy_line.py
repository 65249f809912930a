from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import MAX_POLICY_LINES

ITEMS = [
    ("parts", "Parts"),
    ("labour", "Labour"),
    ("shipping", "Shipping"),
    ("travel", "Travel"),
    ("consumables", "Consumables"),
]


class AftersalesWarrantyPolicyLine(models.Model):
    """What a policy pays for, at what share, and for how long."""

    _name = "aftersales.warranty.policy.line"
    _description = "Warranty Policy Coverage"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "aftersales.warranty.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    sequence = fields.Integer(default=10)
    item = fields.Selection(ITEMS, required=True, default="parts")
    product_categ_id = fields.Many2one(
        "product.category",
        string="Only for",
        ondelete="restrict",
        index="btree_not_null",
        help="The line holds for goods of this category. It goes before the line "
        "without one; with 0 % it leaves such goods out.",
    )
    share = fields.Float(
        string="Covered (%)",
        default=100.0,
        required=True,
        help="The part of the price that the warranty pays. The customer pays the "
        "rest.",
    )
    duration = fields.Integer(
        string="Own Duration", help="0: as long as the policy. Never longer than it."
    )
    duration_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        default="month",
        required=True,
    )

    _item_categ_unique = models.UniqueIndex(
        "(policy_id, item, COALESCE(product_categ_id, 0))",
        "A policy covers each item of a product category in one line only.",
    )
    _share_within_range = models.Constraint(
        "CHECK (share <= 100 AND (share > 0 OR"
        " (share = 0 AND product_categ_id IS NOT NULL)))",
        "A covered share is more than 0 % and at most 100 %. "
        "Remove the line of an item that is not covered.",
    )
    _duration_not_negative = models.Constraint(
        "CHECK (duration >= 0)", "The term of an item cannot be negative."
    )

    @api.depends("item", "share", "product_categ_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        Warranty = self.env["aftersales.warranty"]
        for line in self:
            line.display_name = Warranty._format_coverage([line._get_snapshot()])

    @api.constrains("policy_id")
    def _check_number_of_lines(self):
        for policy in self.policy_id:
            if len(policy.line_ids) > MAX_POLICY_LINES:
                raise ValidationError(
                    self.env._(
                        "A policy has at most %s lines. Give the exceptions to a "
                        "category that stands above the others.",
                        MAX_POLICY_LINES,
                    )
                )

    @api.constrains("duration", "duration_unit", "policy_id")
    def _check_duration(self):
        for line in self:
            policy = line.policy_id
            if line.duration and not policy._is_longer_than(
                line.duration, line.duration_unit
            ):
                raise ValidationError(
                    self.env._(
                        "The policy “%(policy)s” ends after %(term)s, so none of its "
                        "items can be covered for %(own)s. Lengthen the policy or "
                        "shorten the item.",
                        policy=policy.name,
                        term=policy.duration_label,
                        own=policy._format_duration(line.duration, line.duration_unit),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.policy_id._check_law_at_the_end()
        return lines

    def write(self, vals):
        policies = self.policy_id
        result = super().write(vals)
        (policies | self.policy_id)._check_law_at_the_end()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed_by_law(self):
        self.policy_id._check_law_at_the_end()

    def _get_snapshot(self):
        """Return the line as it is kept with the units that are sold under it."""
        self.ensure_one()
        return {
            "item": self.item,
            "share": self.share,
            **({"categ_id": self.product_categ_id.id} if self.product_categ_id else {}),
            "duration": self.duration or self.policy_id.duration,
            "unit": (
                self.duration_unit if self.duration else self.policy_id.duration_unit
            ),
        }
