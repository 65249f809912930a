from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesAssignmentRule(models.Model):
    """Which documents a team gets: all that is filled in has to fit."""

    _name = "aftersales.assignment.rule"
    _description = "Rule of Assignment"
    _order = "team_id, sequence, id"

    team_id = fields.Many2one(
        "aftersales.team", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="One of the products is in one of these, or in a category below.",
    )
    reason_ids = fields.Many2many("aftersales.reason", string="Reasons")
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Of the customer."
    )
    lang_ids = fields.Many2many("res.lang", string="Languages", help="Of the customer.")
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses")
    amount_min = fields.Float(
        string="Value from",
        digits="Product Price",
        help="Of the goods before tax, in the currency of the company.",
    )

    _amount_not_negative = models.Constraint(
        "CHECK (amount_min >= 0)", "The value from which a rule holds is not negative."
    )

    @api.depends(
        "category_ids",
        "reason_ids",
        "country_ids",
        "lang_ids",
        "warehouse_ids",
        "amount_min",
    )
    @api.depends_context("lang")
    def _compute_display_name(self):
        number = self.env["res.lang"]._aftersales_format_number
        for rule in self:
            parts = [
                *rule.category_ids.mapped("name"),
                *rule.reason_ids.mapped("name"),
                *rule.country_ids.mapped("name"),
                *rule.lang_ids.mapped("name"),
                *rule.warehouse_ids.mapped("name"),
            ]
            if rule.amount_min:
                amount = number(rule.amount_min)
                parts.append(self.env._("from %s", amount))
            rule.display_name = ", ".join(parts) or self.env._("Everything")

    @api.constrains("warehouse_ids", "reason_ids", "team_id")
    def _check_companies(self):
        for rule in self:
            company = rule.team_id.company_id
            others = (
                rule.warehouse_ids.company_id | rule.reason_ids.company_id
            ).filtered(
                lambda c, own=company: own and c != own and c not in own.parent_ids
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "The rules of %(team)s hold in %(company)s only.",
                        team=rule.team_id.name,
                        company=company.name,
                    )
                )

    def _fits(self, facts):
        """Tell whether a document is one of those that the rule is about.

        :param dict facts: from ``_get_assignment_facts``
        """
        self.ensure_one()
        wanted = (
            (self.category_ids, "categories"),
            (self.reason_ids, "reasons"),
            (self.country_ids, "countries"),
            (self.lang_ids, "languages"),
            (self.warehouse_ids, "warehouses"),
        )
        if any(rows and not (set(rows.ids) & facts[name]) for rows, name in wanted):
            return False
        return facts["amount"] >= self.amount_min
