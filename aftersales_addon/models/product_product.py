from odoo import fields, models

from ..const import READ_GROUPS


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = [
        "product.product",
        "aftersales.policy.holder.mixin",
        "aftersales.asset.holder.mixin",
        "aftersales.product.terms.mixin",
        "aftersales.product.return.mixin",
    ]

    _aftersales_asset_field = "product_id"

    aftersales_effective_policy_ids = fields.Many2many(
        "aftersales.warranty.policy",
        string="Effective Warranty",
        compute="_compute_aftersales_effective_policy_ids",
        groups=READ_GROUPS,
    )

    def _compute_aftersales_effective_policy_ids(self):
        policies = self._aftersales_resolve_policies(self.env.company)
        for product in self:
            product.aftersales_effective_policy_ids = policies.get(product)

    def _get_aftersales_asset_context(self):
        return {"default_product_id": self.id if len(self) == 1 else False}

    def _aftersales_get_extensions(self):
        """Return the extended warranties that are offered with these products."""
        return self.aftersales_extension_product_ids.filtered(
            lambda p: p.active and p.sale_ok
        )

    def _aftersales_policy_levels(self):
        """Return the levels that are asked for policies, nearest first.

        The company, asked last, is left to the caller.

        :return: a list of records of ``aftersales.policy.holder.mixin``
        """
        self.ensure_one()
        levels = [self, self.product_tmpl_id]
        category = self.categ_id
        while category:
            levels.append(category)
            category = category.parent_id
        return levels

    def _aftersales_resolve_policies(self, company):
        """Return the warranty policies that hold for each product in a company.

        :param company: the ``res.company`` that delivers
        :return: ``{product: aftersales.warranty.policy}``, in the policies' order
        :rtype: dict
        """
        # sudo: whoever delivers gives the warranty, without reading rights on
        # categories or companies. Only policies of the given company are returned.
        holders = self.sudo()
        result = {}
        for product, holder in zip(self, holders, strict=True):
            by_kind = {}
            companies = reversed(company.sudo().parent_ids)
            for level in [*holder._aftersales_policy_levels(), *companies]:
                if level.aftersales_no_warranty:
                    break
                for kind, policy in level._aftersales_policies_for(company).items():
                    by_kind.setdefault(kind, policy)
            policies = holders.env["aftersales.warranty.policy"].union(
                *by_kind.values()
            )
            result[product] = policies.sorted().with_env(self.env)
        return result

    def _aftersales_resolve_return_policy(self, company):
        """Return the return policy that holds for each product in a company.

        Product, category, its parents and the company with those it belongs to are
        asked in this order; the first that names a policy in use decides.

        :param company: the ``res.company`` that takes the goods back
        :return: ``{product: aftersales.return.policy}``, empty where none holds
        :rtype: dict
        """
        # sudo: whoever asks for a return need not read categories or companies.
        companies = list(reversed(company.sudo().parent_ids))
        result = {}
        for product, holder in zip(self, self.sudo(), strict=True):
            levels = holder._aftersales_policy_levels()[1:] + companies
            found = self.env["aftersales.return.policy"]
            for level in levels:
                policy = level.aftersales_return_policy_id
                if policy.active and policy.company_id in (
                    self.env["res.company"],
                    *companies,
                ):
                    found = policy.with_env(self.env)
                    break
            result[product] = found
        return result
