from odoo import fields, models


class AftersalesReturnPolicyHolderMixin(models.AbstractModel):
    """What can be given a return policy: product, category, company."""

    _name = "aftersales.return.policy.holder.mixin"
    _description = "Holder of a Return Policy"

    aftersales_return_policy_id = fields.Many2one(
        "aftersales.return.policy",
        string="Return Policy",
        index="btree_not_null",
        help="Until when customers can give these goods back. Empty: the next level "
        "decides: product, category, its parents, company.",
    )
