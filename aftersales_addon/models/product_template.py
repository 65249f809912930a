from odoo import fields, models

from ..const import READ_GROUPS


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = [
        "product.template",
        "aftersales.policy.holder.mixin",
        "aftersales.return.policy.holder.mixin",
        "aftersales.asset.holder.mixin",
        "aftersales.product.terms.mixin",
        "aftersales.product.return.mixin",
        "aftersales.provision.rate.mixin",
        "aftersales.product.alert.mixin",
        "aftersales.extension.product.mixin",
        "aftersales.plan.product.mixin",
    ]

    _aftersales_asset_field = "product_id.product_tmpl_id"

    aftersales_serviced = fields.Boolean(
        string="Track at Customers",
        help="Delivered units are listed as installed products even when no warranty "
        "policy holds for them.",
    )
    aftersales_effective_policy_ids = fields.Many2many(
        "aftersales.warranty.policy",
        string="Effective Warranty",
        compute="_compute_aftersales_effective_policy_ids",
        groups=READ_GROUPS,
        help="What holds for a unit sold today, after all levels were asked.",
    )

    def _compute_aftersales_effective_policy_ids(self):
        for template in self:
            # A template without variants of its own is looked up as it stands.
            variant = template.product_variant_ids[:1]
            template.aftersales_effective_policy_ids = (
                variant._aftersales_resolve_policies(self.env.company).get(variant)
            )

    def _get_aftersales_asset_context(self):
        variant = self.with_context(active_test=False).product_variant_ids
        return {"default_product_id": variant.id if len(variant) == 1 else False}
