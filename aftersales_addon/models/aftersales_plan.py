from odoo import fields, models
from odoo.fields import Command


class AftersalesPlan(models.Model):
    """A maintenance contract as a template: what is promised, for how much."""

    _name = "aftersales.plan"
    _description = "Service Plan"
    _inherit = ["aftersales.plan.terms.mixin", "mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    policy_id = fields.Many2one(check_company=True)
    service_ids = fields.One2many(
        "aftersales.plan.service", "plan_id", string="Services", copy=True
    )
    terms = fields.Html(
        translate=True, help="What the customer agrees to. Kept with each contract."
    )
    product_ids = fields.One2many(
        "product.template", "aftersales_plan_id", string="Products"
    )
    contract_count = fields.Integer(compute="_compute_contract_count")

    def _compute_contract_count(self):
        counts = dict(
            self.env["aftersales.contract"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.contract_count = counts.get(plan, 0)

    def action_view_contracts(self):
        """Show the contracts made from this plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts"),
            "res_model": "aftersales.contract",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("plan_id", "=", self.id)],
            "context": {"default_plan_id": self.id},
        }

    def _prepare_contract_vals(self):
        """Return what a new contract takes over: terms, services and title."""
        self.ensure_one()
        # sudo: whoever makes the contract may have no rights on the policy.
        plan = self.sudo()
        terms = plan._read_terms()
        return {
            **terms,
            "name": plan.name,
            "terms": plan.terms,
            "service_ids": [
                Command.create(service._prepare_contract_service_vals())
                for service in plan.service_ids
            ],
        }

    def _read_terms(self):
        """Return the terms as values for a contract."""
        self.ensure_one()
        result = {}
        for name in self._get_terms_fields():
            field = self._fields[name]
            result[name] = field.convert_to_write(self[name], self)
        return result

    def _get_summary(self):
        """Return in one line what the plan promises, for a quotation."""
        self.ensure_one()
        policies = self.env["aftersales.warranty.policy"]
        parts = [
            self.env._(
                "Term: %s", policies._format_duration(self.term_count, self.term_unit)
            )
        ]
        if self.price_basis != "visit":
            parts.append(
                self.env._(
                    "invoiced every %s",
                    policies._format_duration(self.billing_count, self.billing_unit),
                )
            )
        parts += [service._get_summary() for service in self.service_ids]
        return "; ".join(parts)
