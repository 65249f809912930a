from odoo import fields, models


class AftersalesAccountMoveContractMixin(models.AbstractModel):
    """Invoices of service contracts know them."""

    _name = "aftersales.account.move.contract.mixin"
    _description = "Invoice of a Contract"

    aftersales_bill_ids = fields.One2many(
        "aftersales.contract.bill",
        "move_id",
        string="Days of Contracts",
        groups="base.group_user",
    )
    aftersales_contract_count = fields.Integer(
        string="Contracts",
        compute="_compute_aftersales_contract_count",
        groups="base.group_user",
    )

    def _compute_aftersales_contract_count(self):
        # sudo: how many there are is told to whoever may see the invoice.
        groups = (
            self.env["aftersales.contract.bill"]
            .sudo()
            ._read_group(
                [("move_id", "in", self.ids)],
                ["move_id"],
                ["contract_id:count_distinct"],
            )
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.aftersales_contract_count = counts.get(move.id, 0)

    def action_aftersales_view_contracts(self):
        """Open the contracts that the invoice is for."""
        self.check_access("read")
        # sudo: only the ids; what is shown is read with the user's rights.
        contracts = self.sudo().aftersales_bill_ids.contract_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts"),
            "res_model": "aftersales.contract",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", contracts.ids)],
        }
        if len(contracts) == 1:
            action |= {"views": [(False, "form")], "res_id": contracts.id}
        return action

    def _aftersales_deliver(self):
        """Post new invoices of contracts and send them, as the company wants it."""
        for company, moves in self.grouped("company_id").items():
            wanted = company.aftersales_contract_invoice_post
            if wanted == "draft":
                continue
            moves._post(soft=False)
            if wanted == "post_and_send":
                moves._aftersales_send_later()

    def _aftersales_send_later(self):
        """Let the platform's own job send the invoices."""
        user = self.env.user
        self.sending_data = {
            "author_user_id": user.id,
            "author_partner_id": user.partner_id.id,
        }
        # sudo: jobs belong to the system.
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    def _aftersales_follow_contracts(self):
        """Note on contracts that an invoice was cancelled or credited by hand."""
        # sudo: accountants may have no rights on contracts.
        moves = self.sudo()
        cancelled = moves.filtered(lambda m: m.state == "cancel")
        for move in cancelled.filtered("aftersales_bill_ids"):
            for contract in move.aftersales_bill_ids.contract_id:
                contract._message_log(
                    body=self.env._(
                        "%s was cancelled: its days are due again.",
                        move._get_html_link(),
                    )
                )
        refunds = moves.filtered(lambda m: m.state == "posted" and m.reversed_entry_id)
        for refund in refunds.filtered(lambda m: not m.aftersales_bill_ids):
            for contract in refund.reversed_entry_id.aftersales_bill_ids.contract_id:
                contract._message_log(
                    body=self.env._(
                        "%(refund)s credits %(invoice)s by hand. Its days are not "
                        "invoiced again.",
                        refund=refund._get_html_link(),
                        invoice=refund.reversed_entry_id._get_html_link(),
                    )
                )
