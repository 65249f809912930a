from odoo import fields, models


class AftersalesStatutoryHolderMixin(models.AbstractModel):
    """Whether a level that holds warranty policies gives the legal guarantee too."""

    _name = "aftersales.statutory.holder.mixin"
    _description = "Legal Guarantee of a Holder of Policies"

    def _aftersales_levels_from_here(self):
        """Return this level and those above it, without the companies."""
        self.ensure_one()
        if self._name == "product.product":
            return self._aftersales_policy_levels()
        levels = [] if self._name == "res.company" else [self]
        category = {
            "product.template": lambda: self.categ_id,
            "product.category": lambda: self.parent_id,
        }.get(self._name, self.env["product.category"].browse)()
        while category:
            levels.append(category)
            category = category.parent_id
        return levels

    def _aftersales_has_statutory(self, company):
        """Tell whether goods of this level get the legal guarantee of a company.

        Goods without any warranty count as if they did: nothing is promised beside
        the law.
        """
        self.ensure_one()
        owners = reversed(company.parent_ids)
        for level in [*self._aftersales_levels_from_here(), *owners]:
            if level.aftersales_no_warranty:
                return True
            if "statutory" in level._aftersales_policies_for(company):
                return True
        return False

    def _aftersales_add_policy(self, policy):
        """Give these levels one more policy, as the after-sales manager decides."""
        self.env["aftersales.warranty.policy"].check_access("write")
        # sudo: who decides on warranties may have no other right on these records.
        self.sudo().write({"aftersales_policy_ids": [fields.Command.link(policy.id)]})
