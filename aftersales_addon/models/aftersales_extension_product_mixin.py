from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesExtensionProductMixin(models.AbstractModel):
    """A product that is an extended warranty, or that one is offered with."""

    _name = "aftersales.extension.product.mixin"
    _description = "Product with Extended Warranties"

    aftersales_extension_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        string="Is an Extended Warranty",
        domain="[('kind', '=', 'extended')]",
        index="btree_not_null",
        ondelete="restrict",
        help="Selling this product gives the units that it is sold for a warranty "
        "under this policy.",
    )
    aftersales_extension_product_ids = fields.Many2many(
        "product.product",
        "aftersales_extension_product_rel",
        "product_tmpl_id",
        "extension_id",
        string="Offered Extensions",
        domain="[('aftersales_extension_policy_id', '!=', False)]",
        help="Extended warranties that are offered with this product: on quotations, "
        "and to customers who have one that is still covered.",
    )

    @api.constrains("aftersales_extension_policy_id")
    def _check_aftersales_extension_policy(self):
        for product in self:
            policy = product.sudo().aftersales_extension_policy_id
            if policy and policy.kind != "extended":
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” is not sold: %(product)s can only be a policy "
                        "of the kind “Extended”.",
                        policy=policy.display_name,
                        product=product.display_name,
                    )
                )

    @api.constrains("aftersales_extension_product_ids")
    def _check_aftersales_extension_products(self):
        for product in self:
            wrong = product.aftersales_extension_product_ids.filtered(
                lambda p: not p.aftersales_extension_policy_id
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "These products are no extended warranties: %s. Choose the "
                        "policy that they are on their own form first.",
                        ", ".join(wrong.mapped("display_name")),
                    )
                )
