from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesStandardPolicy(models.TransientModel):
    """Create ready-made policies for the European Union and the United States."""

    _name = "aftersales.standard.policy"
    _description = "Standard Warranty Policies"

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    eu_statutory = fields.Boolean(string="Legal guarantee of two years", default=True)
    eu_guarantee = fields.Boolean(string="Guarantee of the manufacturer")
    us_limited = fields.Boolean(string="Limited warranty")
    us_full = fields.Boolean(string="Full warranty")

    def action_create_policies(self):
        """Create the chosen policies as drafts and show them.

        :raises UserError: when nothing is chosen
        """
        self.ensure_one()
        Policy = self.env["aftersales.warranty.policy"]
        codes = [code for code in Policy._prepare_standard_policies() if self[code]]
        if not codes:
            raise UserError(self.env._("Choose at least one policy."))
        policies = Policy._create_standard_policies(codes, self.company_id)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_warranty_policy_action"
        )
        if len(policies) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = policies.id
        return {**action, "domain": [("id", "in", policies.ids)], "context": {}}
