from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesChurnReason(models.Model):
    """Why a contract ended: for the figures of those who want to keep customers."""

    _name = "aftersales.churn.reason"
    _description = "Reason to End a Contract"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    by = fields.Selection(
        [("customer", "The Customer"), ("us", "Us"), ("nobody", "Nobody")],
        string="Ended By",
        default="customer",
        required=True,
        help="Only what customers end counts as lost.",
    )

    _name_unique = models.Constraint("UNIQUE (name)", "This reason exists already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: contracts count, whoever may see them.
        for model in ("aftersales.contract", "aftersales.contract.term"):
            used = self.env[model].sudo().with_context(active_test=False)
            if used.search_count([("churn_reason_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._("Contracts ended for this reason. Archive it instead.")
                )
