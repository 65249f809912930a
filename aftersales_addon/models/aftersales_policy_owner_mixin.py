from odoo import fields, models


class AftersalesPolicyOwnerMixin(models.AbstractModel):
    """What passing a warranty on to another owner costs."""

    _name = "aftersales.policy.owner.mixin"
    _description = "Fee for a Change of Hands"

    transfer_product_id = fields.Many2one(
        "product.product",
        string="Fee for Passing On",
        domain=[("type", "=", "service")],
        index="btree_not_null",
        check_company=True,
        help="The service that is sold to whoever passes the unit on. Empty: free of "
        "charge.",
    )

    def _prepare_options(self):
        return {
            **super()._prepare_options(),
            "transfer_product_id": self.transfer_product_id.id,
        }
