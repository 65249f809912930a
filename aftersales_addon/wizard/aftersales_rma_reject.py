from odoo import api, fields, models


class AftersalesRmaReject(models.TransientModel):
    """Ask for the reason of a rejection, which the customer reads."""

    _name = "aftersales.rma.reject"
    _description = "Reject a Return"

    rma_ids = fields.Many2many("aftersales.rma", required=True, readonly=True)
    reason_id = fields.Many2one(
        "aftersales.reject.reason",
        string="Ready Text",
        help="Fills in the text, in the customer's language.",
    )
    reason = fields.Text(
        string="Why It Is Rejected",
        required=True,
        compute="_compute_reason",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer reads this.",
    )

    @api.depends("reason_id")
    def _compute_reason(self):
        for wizard in self:
            if not wizard.reason_id:
                wizard.reason = wizard.reason
                continue
            rma = wizard.rma_ids._origin[:1]
            lang = rma._get_customer_lang() if rma else self.env.lang
            wizard.reason = wizard.reason_id.with_context(lang=lang).text

    def action_reject(self):
        """Reject the returns."""
        self.rma_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
