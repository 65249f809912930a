from odoo import fields, models


class AftersalesRmaReject(models.TransientModel):
    """Ask for the reason of a rejection, which the customer reads."""

    _name = "aftersales.rma.reject"
    _description = "Reject a Return"

    rma_ids = fields.Many2many("aftersales.rma", required=True, readonly=True)
    reason = fields.Text(
        string="Why It Is Rejected", required=True, help="The customer reads this."
    )

    def action_reject(self):
        """Reject the returns."""
        self.rma_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
