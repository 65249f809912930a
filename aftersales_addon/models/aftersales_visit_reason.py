from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesVisitReason(models.Model):
    """Why a visit could not be done."""

    _name = "aftersales.visit.reason"
    _description = "Reason Why a Visit Is Not Done"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fault = fields.Selection(
        [("customer", "The customer"), ("us", "Us"), ("nobody", "Nobody")],
        string="Who Caused It",
        required=True,
        default="nobody",
        help="For the figures: how often somebody came for nothing, and why.",
    )
    plan_again = fields.Boolean(
        string="Come Again",
        default=True,
        help="Another visit is proposed when somebody chooses this reason.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: visits count, whoever may see them.
        visits = self.env["aftersales.visit"].sudo()
        if visits.search_count([("reason_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Visits were not done for this reason. Archive it instead.")
            )
