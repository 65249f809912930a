from odoo import fields, models
from odoo.fields import Command

# Used provisions pay for costs that were booked when they arose.
USED = ("settled", "recovered")


class AftersalesProvisionJournalMixin(models.AbstractModel):
    """The journal entry of a month of provisions."""

    _name = "aftersales.provision.journal.mixin"
    _description = "Journal Entry of Warranty Provisions"

    move_id = fields.Many2one(
        "account.move", string="Journal Entry", readonly=True, copy=False
    )
    move_state = fields.Selection(related="move_id.state", string="Entry State")

    def _make_journal_entry(self):
        """Book what moved in the month, when the company has named its accounts.

        Who may book posts the entry at once; for others it stays a draft in the
        journal, for somebody who may.
        """
        self.ensure_one()
        vals = self._prepare_move_vals()
        if not vals:
            return
        # sudo: the accounts were chosen in the settings; the figures are fixed.
        move = self.env["account.move"].sudo().create(vals)
        self.sudo().move_id = move
        if self.env["account.move"].has_access("create"):
            move.action_post()

    def _prepare_move_vals(self):
        """Return the values of the journal entry; empty without accounts or sums."""
        self.ensure_one()
        company = self.company_id.sudo()
        journal = company.aftersales_provision_journal_id
        liability = company.aftersales_provision_account_id
        expense = company.aftersales_provision_expense_account_id
        if not (journal and liability and expense):
            return {}
        used = company.aftersales_provision_used_account_id or expense
        entry = self.env["aftersales.provision.entry"]
        labels = dict(entry._fields["kind"]._description_selection(self.env))
        lines = []
        for kind, label in labels.items():
            amount = self[kind]
            if self.currency_id.is_zero(amount):
                continue
            other = used if kind in USED else expense
            for account, balance in ((liability, -amount), (other, amount)):
                lines.append(
                    Command.create(
                        {"account_id": account.id, "name": label, "balance": balance}
                    )
                )
        if not lines:
            return {}
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": self.date_to,
            "ref": self.env._("Warranty provisions %s", self.display_name),
            "line_ids": lines,
        }

    def _undo_journal_entry(self):
        """Reverse a posted entry on its own day; delete one that is a draft."""
        self.ensure_one()
        # sudo: as in _make_journal_entry.
        move = self.sudo().move_id
        if not move:
            return
        self.sudo().move_id = False
        if move.state == "posted":
            move._reverse_moves([{"date": move.date}], cancel=True)
        else:
            move.unlink()

    def action_view_move(self):
        """Open the journal entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
