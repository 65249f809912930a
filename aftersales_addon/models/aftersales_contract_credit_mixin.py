import logging
from collections import defaultdict

import psycopg2

from odoo import models
from odoo.fields import Command

_logger = logging.getLogger(__name__)


class AftersalesContractCreditMixin(models.AbstractModel):
    """What was paid in advance and is not owed any more is credited, to the cent."""

    _name = "aftersales.contract.credit.mixin"
    _description = "Credits of a Contract"

    def _credit_carefully(self, last_day=None):
        """Make the credit notes, and post them as the company wants it.

        One that cannot be posted stays a draft: it keeps nobody from ending a contract.

        :param date last_day: as in ``_create_credits``
        :return: the credit notes
        """
        moves = self._create_credits(last_day)
        try:
            with self.env.cr.savepoint():
                moves._aftersales_deliver()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("Credit notes %s stay drafts", moves.ids, exc_info=True)
            self._keep_billing_error(str(error))
        return moves

    def _create_credits(self, last_day=None):
        """Credit what was invoiced and is not paid for any more; safe to repeat.

        An invoice that was never posted is not credited: its line is deleted, and
        what remains to be paid of it becomes due again.

        :param date last_day: credit all that lies after it; by default, all that the
            lines and the end of the contract leave out
        :return: the credit notes, one for each invoice
        """
        contracts = self.filtered(lambda c: c._is_billable())
        billed = contracts._get_billed()
        over = [x for c in contracts for x in c._get_over(billed, last_day)]
        Bill = self.env["aftersales.contract.bill"]
        entries, unposted = defaultdict(list), Bill
        for row, first, last in over:
            charge = Bill.browse(row.id)
            move = charge.move_id
            if move.state == "draft" and not move.posted_before:
                unposted |= charge
            else:
                entries[move].append((charge, first, last))
        unposted._take_off_invoices()
        moves = self.env["account.move"]
        for invoice, group in entries.items():
            moves |= self._create_credit(invoice, group)
        return moves

    def _create_credit(self, invoice, group):
        """Make the credit note for days of an invoice.

        :param invoice: an ``account.move``
        :param list group: ``(bill, first day, last day)``
        """
        contracts = self.browse().union(
            *(charge.contract_id for charge, _f, _l in group)
        )
        names = ", ".join(contracts.mapped("number"))
        journal = self.env["aftersales.rma"]._get_refund_journal(invoice)
        move = invoice.with_company(invoice.company_id).create(
            {
                "move_type": "out_refund",
                "company_id": invoice.company_id.id,
                "journal_id": journal.id,
                "partner_id": invoice.partner_id.id,
                "partner_shipping_id": invoice.partner_shipping_id.id,
                "currency_id": invoice.currency_id.id,
                "fiscal_position_id": invoice.fiscal_position_id.id,
                "invoice_user_id": invoice.invoice_user_id.id,
                "invoice_payment_term_id": False,
                "invoice_date": invoice.company_id._aftersales_get_invoice_date(),
                "reversed_entry_id": invoice.id,
                "invoice_origin": names,
                "ref": self.env._("Contract %s", names),
                "invoice_line_ids": [
                    Command.create(
                        {**self._prepare_credit_line_vals(*part), "sequence": number}
                    )
                    for number, part in enumerate(group, 10)
                ],
            }
        )
        lines = move.invoice_line_ids.filtered(
            lambda x: x.display_type == "product"
        ).sorted("sequence")
        self.env["aftersales.contract.bill"].create(
            [
                {
                    **self._prepare_bill_vals(charge.line_id, move_line),
                    "kind": "credit",
                    "charge_id": charge.id,
                    "number": charge.number,
                    "turn": charge.turn,
                    "date_first": first,
                    "date_last": last,
                    "amount": charge._get_share(first, last),
                }
                for move_line, (charge, first, last) in zip(lines, group, strict=True)
            ]
        )
        return move

    def _prepare_credit_line_vals(self, charge, first, last):
        """Return the values of the credit note line for days of an invoice line."""
        source = charge.move_line_id
        line = charge.line_id
        lang = source.move_id.partner_id.lang
        vals = {
            "product_id": source.product_id.id,
            "name": line._get_invoice_label(first, last, lang),
            "account_id": source.account_id.id,
            "quantity": source.quantity,
            "product_uom_id": source.product_uom_id.id,
            "price_unit": source.price_unit,
            "discount": source.discount,
            "tax_ids": [Command.set(source.tax_ids.ids)],
            "analytic_distribution": source.analytic_distribution,
            "sale_line_ids": [Command.set(source.sale_line_ids.ids)],
            **self._prepare_deferred_vals(first, last),
        }
        if (first, last) != (charge.date_first, charge.date_last):
            share = charge._get_share(first, last)
            vals["price_unit"] = share / (source.quantity or 1.0)
            vals["discount"] = 0.0
        return vals
