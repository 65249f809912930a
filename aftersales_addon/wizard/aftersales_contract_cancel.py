from odoo import fields, models


class AftersalesContractCancel(models.TransientModel):
    """Ask for the last day of a contract that ends before its time, and why."""

    _name = "aftersales.contract.cancel"
    _description = "Cancel a Contract"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    last_day = fields.Date(
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="The contract ends with this day. What was paid for later is credited.",
    )
    reason_id = fields.Many2one("aftersales.churn.reason", required=True)
    comment = fields.Text(string="What Was Said")

    def action_confirm(self):
        """Cancel the contract."""
        self.ensure_one()
        contract = self.contract_id
        contract._check_state(("running", "to_renew", "paused"))
        contract._set_cancelled(self.last_day, self.reason_id, self.comment)
        return {"type": "ir.actions.act_window_close"}
