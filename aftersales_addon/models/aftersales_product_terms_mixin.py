from markupsafe import Markup

from odoo import fields, models

from ..const import READ_GROUPS


class AftersalesProductTermsMixin(models.AbstractModel):
    """What customers are shown of a product's warranty before they buy."""

    _name = "aftersales.product.terms.mixin"
    _description = "Warranty Shown to Customers of a Product"

    aftersales_customer_terms = fields.Html(
        string="Warranty Shown to Customers",
        compute="_compute_aftersales_customer_terms",
        sanitize=False,
        groups=READ_GROUPS,
        help="Printed with each quotation, and on its page for the customer.",
    )
    aftersales_statutory_missing = fields.Boolean(
        compute="_compute_aftersales_customer_terms", groups=READ_GROUPS
    )

    def _compute_aftersales_customer_terms(self):
        company = self.env.company
        for product in self:
            policies = product.aftersales_effective_policy_ids
            product.aftersales_customer_terms = Markup("").join(
                policy._render_customer_terms(company, [product.display_name])
                for policy in policies
            )
            product.aftersales_statutory_missing = any(
                policy.law == "eu_consumer" for policy in policies
            ) and not any(policy.kind == "statutory" for policy in policies)

    def action_aftersales_add_statutory(self):
        """Put the EU legal guarantee on products that give only a commercial one."""
        Policy = self.env["aftersales.warranty.policy"]
        Policy.check_access("write")
        missing = self.filtered("aftersales_statutory_missing")
        if missing:
            statutory = Policy._get_statutory_policy(self.env.company)
            missing._aftersales_add_policy(statutory)
