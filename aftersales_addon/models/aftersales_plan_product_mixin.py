from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesPlanProductMixin(models.AbstractModel):
    """A product that sells a service plan, or that one is offered with."""

    _name = "aftersales.plan.product.mixin"
    _description = "Product with Service Plans"

    aftersales_plan_id = fields.Many2one(
        "aftersales.plan",
        string="Is a Service Plan",
        index="btree_not_null",
        ondelete="restrict",
        help="Each order line with this product makes a service contract under this "
        "plan. Its price is for one period of the invoices.",
    )
    aftersales_contract_product_ids = fields.Many2many(
        "product.product",
        "aftersales_contract_product_rel",
        "product_tmpl_id",
        "contract_product_id",
        string="Offered Contracts",
        domain="[('aftersales_plan_id', '!=', False)]",
        help="Service plans that customers who have this product are offered.",
    )

    @api.constrains("aftersales_plan_id", "type")
    def _check_aftersales_plan(self):
        for product in self:
            if product.aftersales_plan_id and product.type != "service":
                raise ValidationError(
                    self.env._(
                        "“%s” sells a service plan, so it is a service. Change its "
                        "type, or take the plan out.",
                        product.display_name,
                    )
                )
