from odoo import fields, models

from ..const import READ_GROUPS


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "aftersales.policy.holder.mixin"]

    aftersales_serviced = fields.Boolean(
        string="Track at Customers",
        help="Delivered units are listed as installed products even when no warranty "
        "policy holds for them.",
    )
    aftersales_asset_count = fields.Integer(
        string="Installed Products",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )
    aftersales_effective_policy_ids = fields.Many2many(
        "aftersales.warranty.policy",
        string="Effective Warranty",
        compute="_compute_aftersales_effective_policy_ids",
        groups=READ_GROUPS,
        help="What holds for a unit sold today, after all levels were asked.",
    )

    def _compute_aftersales_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                [("product_id.product_tmpl_id", "in", self.ids)],
                ["product_id"],
                ["__count"],
            )
        )
        for template in self:
            template.aftersales_asset_count = sum(
                counts.get(variant, 0)
                for variant in template.with_context(
                    active_test=False
                ).product_variant_ids
            )

    def _compute_aftersales_effective_policy_ids(self):
        for template in self:
            # A template without variants of its own is looked up as it stands.
            variant = template.product_variant_ids[:1]
            template.aftersales_effective_policy_ids = (
                variant._aftersales_resolve_policies(self.env.company).get(variant)
            )

    def action_aftersales_view_assets(self):
        """Open the installed products of all variants."""
        return self.with_context(
            active_test=False
        ).product_variant_ids.action_aftersales_view_assets()
