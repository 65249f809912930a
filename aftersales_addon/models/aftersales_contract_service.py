from odoo import fields, models

# How the work is done is ours to say; what was promised is not.
FREE = {"sequence", "checklist_id", "skill_ids", "duration", "shift"}


class AftersalesContractService(models.Model):
    """A service that a contract promises: a copy of the plan's, with its own life."""

    _name = "aftersales.contract.service"
    _description = "Service of a Contract"
    _inherit = [
        "aftersales.service.portal.mixin",
        "aftersales.service.series.mixin",
        "aftersales.service.quota.mixin",
        "aftersales.contract.part.mixin",
        "aftersales.service.mixin",
    ]
    _order = "sequence, id"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    name = fields.Char(translate=False)
    active = fields.Boolean(
        default=True, help="Off: not promised any more, but it was once."
    )
    plan_service_id = fields.Many2one(
        "aftersales.plan.service",
        string="From the Plan's",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )

    def _get_free_fields(self):
        return FREE

    def _explain_agreed(self, contract):
        return self.env._(
            "The services of %s were agreed. Use “Change Terms”, which keeps "
            "what was agreed before.",
            contract.display_name,
        )
