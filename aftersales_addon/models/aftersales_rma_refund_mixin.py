from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .aftersales_rma_line_refund_mixin import CREDIT, MONEY


class AftersalesRmaRefundMixin(models.AbstractModel):
    """Credit notes of returns, exact to the line that was invoiced."""

    _name = "aftersales.rma.refund.mixin"
    _description = "Refund of a Return"

    refund_ids = fields.Many2many(
        "account.move",
        string="Credit Notes",
        compute="_compute_refund_ids",
        compute_sudo=True,
        groups="base.group_user",
    )
    refund_count = fields.Integer(
        compute="_compute_refund_ids", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("line_ids.refund_line_ids.move_id")
    def _compute_refund_ids(self):
        for rma in self:
            rma.refund_ids = rma.line_ids.refund_line_ids.move_id
            rma.refund_count = len(rma.refund_ids)

    def action_refund(self):
        """Make the credit notes for what has come back, and open them."""
        self._check_state(("approved", "done"), self.env._("refunded"))
        self.check_access("write")
        # sudo: the credit notes follow from invoices and receipts; who may settle a
        # return need not keep the books.
        refunds = self.sudo()._create_refunds()
        if not refunds and not self.line_ids.filtered("quantity_not_invoiced"):
            raise UserError(
                self.env._(
                    "There is nothing to refund: no goods have come back that were "
                    "invoiced and not refunded yet."
                )
            )
        return self.action_view_refunds()

    def action_view_refunds(self):
        """Open the credit notes of returns."""
        self.check_access("read")
        # sudo: only the ids; what is shown is read with the user's rights.
        refunds = self.sudo().refund_ids
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_refund_type"
        )
        if len(refunds) == 1:
            return {**action, "views": [(False, "form")], "res_id": refunds.id}
        return {**action, "domain": [("id", "in", refunds.ids)], "context": {}}

    def _create_refunds(self, by_customer=False):
        """Make draft credit notes for what can be refunded now. Safe to repeat.

        :param bool by_customer: one credit note for all invoices of a customer;
            otherwise one for each invoice, which it reverses
        :return: the new ``account.move`` records
        """
        refunds = self._create_refunds_by(MONEY, by_customer)
        credit = self.line_ids.filtered(lambda x: x._get_refundable_quantity(CREDIT))
        if credit:
            refunds |= credit.rma_id._create_store_credits(by_customer)
        return refunds

    def _create_store_credits(self, by_customer=False):
        """Make credit notes that are paid back as store credit, by an addon."""
        raise UserError(
            self.env._(
                "Store credit can be given once the app for gift cards and eWallets "
                "is installed. Choose another remedy on the lines until then."
            )
        )

    def _create_refunds_by(self, remedies, by_customer=False):
        """Make draft credit notes for goods that are paid back in some ways.

        :param tuple remedies: codes
        """
        lines = self.line_ids.filtered(
            lambda x: x._get_refundable_quantity(remedies) > 0
        )
        parts, not_invoiced = lines._split_over_invoices(remedies)
        for line, quantity in not_invoiced.items():
            line.quantity_not_invoiced += quantity
        groups = defaultdict(list)
        for line, source, vals in lines._prepare_refund_entries(parts):
            groups[self._get_refund_key(source, by_customer)].append(
                (line, source, vals)
            )
        refunds = self.env["account.move"].create(
            [self._prepare_refund_vals(group) for group in groups.values()]
        )
        refunds._aftersales_settle_rounding()
        return refunds

    def _is_way_back_deducted(self):
        """Tell whether a credit note of the return deducts the way back already."""
        self.ensure_one()
        return any(
            line.aftersales_part == "shipping" and line.parent_state != "cancel"
            for line in self.line_ids.refund_line_ids
        )

    def _get_refund_key(self, source, by_customer):
        """Return what invoice lines share that are refunded by one credit note."""
        invoice = source.move_id
        if not by_customer:
            return invoice
        return (
            invoice.company_id,
            invoice.partner_id,
            invoice.currency_id,
            invoice.journal_id,
            invoice.fiscal_position_id,
        )

    def _prepare_refund_vals(self, group):
        """Return the values of a credit note.

        :param list group: ``(return line, invoice line, values of the line)``
        """
        invoices = self.env["account.move"].union(*(s.move_id for _l, s, _v in group))
        first = invoices[0]
        rmas = self.env["aftersales.rma"].union(*(x.rma_id for x, _s, _v in group))
        names = ", ".join(rmas.mapped("name"))
        is_one = len(invoices) == 1
        return {
            "move_type": "out_refund",
            "company_id": first.company_id.id,
            "journal_id": self._get_refund_journal(first).id,
            "partner_id": first.partner_id.id,
            "partner_shipping_id": first.partner_shipping_id.id,
            "currency_id": first.currency_id.id,
            "fiscal_position_id": first.fiscal_position_id.id,
            "invoice_user_id": first.invoice_user_id.id,
            "invoice_payment_term_id": False,
            "invoice_cash_rounding_id": is_one and first.invoice_cash_rounding_id.id,
            "reversed_entry_id": is_one and first.id,
            "invoice_origin": names,
            "ref": self.env._("Return %s", names),
            "invoice_line_ids": [Command.create(vals) for _l, _s, vals in group],
        }

    def _get_refund_journal(self, invoice):
        """Return the journal of an invoice's credit note.

        :param invoice: ``account.move``
        :raises UserError: when there is none any more
        """
        journal = invoice.journal_id
        if journal.active:
            return journal
        journal = journal.search(
            [
                ("company_id", "=", invoice.company_id.id),
                ("type", "=", "sale"),
                ("currency_id", "in", [False, invoice.currency_id.id]),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for sales, so %(invoice)s cannot be "
                    "refunded. Take its journal out of the archive, or create one.",
                    company=invoice.company_id.display_name,
                    invoice=invoice.display_name,
                )
            )
        return journal
