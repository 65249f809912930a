from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRmaOnlineMixin(models.AbstractModel):
    """Money that was paid online goes back by the payment provider."""

    _name = "aftersales.rma.online.mixin"
    _description = "Online Refund of a Return"

    can_refund_online = fields.Boolean(
        compute="_compute_online_refund", compute_sudo=True, groups="base.group_user"
    )
    online_refund_status = fields.Selection(
        [
            ("none", "Nothing"),
            ("open", "To Be Paid Back"),
            ("pending", "On Its Way"),
            ("done", "Paid Back"),
            ("error", "Failed"),
        ],
        string="Online Refund",
        compute="_compute_online_refund",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether the payment provider has paid the credit notes back.",
    )

    @api.depends(
        "line_ids.refund_line_ids.parent_state",
        "line_ids.refund_line_ids.move_id.amount_residual",
        "line_ids.refund_line_ids.move_id.aftersales_online_tx_ids.state",
    )
    def _compute_online_refund(self):
        for rma in self:
            refunds = rma.refund_ids
            possible = any(refund._aftersales_get_online_parts() for refund in refunds)
            transactions = refunds.aftersales_online_tx_ids.sorted("id")
            rma.can_refund_online = possible
            rma.online_refund_status = transactions._aftersales_get_status(possible)

    def action_refund_online(self):
        """Pay the posted credit notes back by the provider that took the money."""
        self._check_state(("approved", "done"), self.env._("paid back"))
        self.check_access("write")
        # sudo: what is paid back follows from credit notes that were posted.
        transactions = self.sudo().refund_ids._aftersales_refund_online()
        if not transactions:
            raise UserError(
                self.env._(
                    "Nothing can be paid back online: post the credit note first. "
                    "What was not paid online, or is paid back already, goes another "
                    "way."
                )
            )
        return transactions._build_action_feedback_notification()
