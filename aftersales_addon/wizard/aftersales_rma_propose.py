from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.aftersales_rma_proposal_answer_mixin import CHARGED

VALID_DAYS = 14


class AftersalesRmaPropose(models.TransientModel):
    """Answer the request of a return by a proposal, which the customer signs."""

    _name = "aftersales.rma.propose"
    _description = "Make a Proposal"
    _inherit = ["aftersales.rma.proposal.amount.mixin"]
    _check_company_auto = True

    kind = fields.Selection(default="exchange")
    line_count = fields.Integer(compute="_compute_line_count")
    text = fields.Text(string="What the Customer Reads", required=True)
    date_valid = fields.Date(
        string="Valid Until", required=True, help="The last day to accept it."
    )

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        rma = self.env["aftersales.rma"].browse(vals.get("rma_id"))
        if not rma:
            return vals
        latest = self.env["aftersales.rma.proposal"].search(
            [("kind", "in", CHARGED), ("company_id", "=", rma.company_id.id)], limit=1
        )
        policies = rma.line_ids.policy_id
        return {
            **vals,
            "line_ids": [Command.set(rma.line_ids.ids)],
            "date_valid": rma.company_id._aftersales_today()
            + timedelta(days=VALID_DAYS),
            "charge_product_id": (latest.product_id or policies.fee_product_id[:1]).id,
        }

    @api.depends("rma_id")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.rma_id.line_ids)

    def _check_proposal(self):
        """Refuse what cannot be proposed, with what to do instead."""
        self.ensure_one()
        if not self.line_ids or self.line_ids.rma_id != self.rma_id:
            raise UserError(self.env._("Which goods of the return is it about?"))
        if not (self.text or "").strip():
            raise UserError(self.env._("Tell the customer what you propose."))
        if self.date_valid < self.company_id._aftersales_today():
            raise UserError(self.env._("The last day to accept lies in the past."))
        if self.kind == "exchange" and not self.exchange_product_id:
            raise UserError(self.env._("What does the customer get in exchange?"))
        if self.kind in CHARGED and not self.charge_product_id:
            raise UserError(
                self.env._("As which service is it charged? Choose or create one.")
            )
        if self.price_unit < 0:
            raise UserError(self.env._("The price of a proposal is not negative."))
        if self.kind != "exchange" and not self.price_unit:
            raise UserError(
                self.env._(
                    "What does it cost? For nothing, approve the return instead."
                )
            )
        if self.kind == "fee" and self.amount_total > 0:
            raise UserError(
                self.env._(
                    "The fee is more than the goods were sold for: nothing would be "
                    "refunded."
                )
            )

    def action_propose(self):
        """Send the proposal to the customer."""
        self._check_proposal()
        self.rma_id._propose(
            {
                "kind": self.kind,
                "line_ids": [Command.set(self.line_ids.ids)],
                "product_id": self._get_product().id,
                "price_unit": self.price_unit,
                "currency_id": self.currency_id.id,
                "price_untaxed": self.price_untaxed,
                "price_total": self.price_total,
                "credit_total": self.credit_total,
                "amount_total": self.amount_total,
                "text": self.text.strip(),
                "date_valid": self.date_valid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
