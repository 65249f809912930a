from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_rma_proposal import STATES

REMINDER = "aftersales_addon.mail_activity_type_data_rma_proposal"


class AftersalesRmaProposalMixin(models.AbstractModel):
    """What the company proposes in answer to a request."""

    _name = "aftersales.rma.proposal.mixin"
    _description = "Proposals for a Return"

    proposal_ids = fields.One2many(
        "aftersales.rma.proposal",
        "rma_id",
        string="Proposals",
        groups="base.group_user",
    )
    proposal_state = fields.Selection(
        STATES,
        string="Proposal",
        compute="_compute_proposal_state",
        store=True,
        groups="base.group_user",
        help="Of the latest proposal.",
    )
    is_proposal_expired = fields.Boolean(
        compute="_compute_is_proposal_expired", groups="base.group_user"
    )
    proposal_answer = fields.Text(
        string="What the Customer Answered",
        compute="_compute_is_proposal_expired",
        groups="base.group_user",
    )

    @api.depends("proposal_ids.state")
    def _compute_proposal_state(self):
        for rma in self:
            rma.proposal_state = rma._get_proposal().state

    @api.depends("proposal_ids.is_expired", "proposal_ids.decline_reason")
    def _compute_is_proposal_expired(self):
        for rma in self:
            latest = rma._get_proposal()
            rma.is_proposal_expired = latest.is_expired
            rma.proposal_answer = latest.decline_reason

    def _get_proposal(self):
        """Return the latest proposal, may be empty."""
        self.ensure_one()
        # sudo: the customer sees the proposal on the page of the return.
        return self.sudo().proposal_ids.sorted("id", reverse=True)[:1]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state", "requested") != "requested":
            # sudo: a proposal ends with the request that it answers.
            proposals = self.sudo().proposal_ids
            proposals.filtered(lambda p: p.state == "open")._withdraw()
        if vals.get("state") == "draft":
            # Taken up again, it is decided anew.
            agreed = self.sudo().line_ids.filtered("proposal_id")
            agreed.write({"proposal_id": False, "agreed_fee": 0.0})
        return result

    def action_propose(self):
        """Open the dialog to make the customer a proposal."""
        self.ensure_one()
        self._check_state("requested", self.env._("answered by a proposal"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make a Proposal"),
            "res_model": "aftersales.rma.propose",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_rma_id": self.id},
        }

    def action_withdraw_proposal(self):
        """Take back the proposal that the customer has not answered."""
        proposals = self.proposal_ids.filtered(lambda p: p.state == "open")
        if not proposals:
            raise UserError(self.env._("No proposal waits for an answer."))
        proposals.action_withdraw()

    def _propose(self, vals):
        """Make the customer a proposal in place of an earlier one.

        :param dict vals: of ``aftersales.rma.proposal``
        :return: the proposal
        """
        self.ensure_one()
        self.check_access("write")
        self._check_state("requested", self.env._("answered by a proposal"))
        # What is accepted is approved: a person has to have looked at it before.
        self._check_flags()
        # sudo: proposals are made here only, so that none is changed afterwards.
        rma = self.sudo()
        rma.proposal_ids.filtered(lambda p: p.state == "open")._withdraw()
        if not rma.user_id:
            rma.user_id = self.env.user
        proposal = rma.env["aftersales.rma.proposal"].create(
            {
                **vals,
                "rma_id": rma.id,
                "user_id": self.env.uid,
                "state": "open",
                "content": rma.env["aftersales.rma.proposal"]._get_content(
                    rma, rma.line_ids
                ),
            }
        )
        rma.activity_schedule(
            REMINDER,
            date_deadline=proposal.date_valid,
            user_id=proposal._get_agent().id,
        )
        rma._message_log(
            body=self.env._(
                "Proposed to the customer: %(what)s, %(amount)s",
                what=proposal._get_kind_label(),
                amount=proposal.currency_id.format(proposal.amount_total),
            )
        )
        rma._announce("proposed", proposal.id)
        return proposal

    def _is_proposal_open(self):
        """Tell whether the customer has something to accept."""
        self.ensure_one()
        # sudo: for the customer's page.
        return self.state == "requested" and self.sudo().proposal_state == "open"

    def _cancel_prepared_replacements(self):
        """Cancel also the orders that charge what was agreed."""
        result = super()._cancel_prepared_replacements()
        # sudo: whoever may cancel the return may cancel what was prepared for it.
        orders = self.sudo().proposal_ids.order_id
        orders.filtered(
            lambda o: o.state != "cancel" and not o.invoice_ids
        )._action_cancel()
        return result
