from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesPolicyHolderMixin(models.AbstractModel):
    """What can be given warranty policies: variant, product, category, company.

    The search for the policies of a product goes from the nearest of these levels
    to the farthest. For each kind of warranty the nearest level that names a policy
    wins; a level marked "no warranty" ends the search.
    """

    _name = "aftersales.policy.holder.mixin"
    _description = "Holder of Warranty Policies"
    _inherit = ["aftersales.statutory.holder.mixin"]

    aftersales_policy_ids = fields.Many2many(
        "aftersales.warranty.policy",
        string="Warranty Policies",
        help="What is promised for these goods, one policy for each kind of "
        "warranty. For a kind that is not named here, the next level decides: "
        "product, category, its parents, company.",
    )
    aftersales_no_warranty = fields.Boolean(
        string="No Warranty",
        help="Stops the search: levels above are not asked for policies.",
    )

    @api.constrains("aftersales_policy_ids")
    def _check_aftersales_one_policy_per_kind(self):
        for holder in self:
            seen = {}
            for policy in holder.sudo().aftersales_policy_ids.filtered("active"):
                key = (policy.kind, policy.company_id)
                if key in seen:
                    raise ValidationError(
                        self.env._(
                            "%(holder)s has two warranty policies of the kind "
                            "“%(kind)s”: %(first)s and %(second)s. Keep one of them.",
                            holder=holder.display_name,
                            kind=policy._get_kind_label(),
                            first=seen[key].display_name,
                            second=policy.display_name,
                        )
                    )
                seen[key] = policy

    def _aftersales_policies_for(self, company):
        """Return this level's policies that hold for a company, by kind.

        :param company: the ``res.company`` that delivers
        :return: ``{kind: policy}``; a policy of the company itself goes before a
            policy that all companies share
        :rtype: dict
        """
        self.ensure_one()
        by_kind = {}
        # From what all share, over the parents, to the company itself: the later,
        # the nearer.
        for owner in (self.env["res.company"], *company.parent_ids):
            for policy in self.aftersales_policy_ids:
                if policy.company_id == owner and policy._is_in_effect():
                    by_kind[policy.kind] = policy
        return by_kind
