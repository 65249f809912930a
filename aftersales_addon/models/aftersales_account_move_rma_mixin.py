from collections import defaultdict

from odoo import fields, models


class AftersalesAccountMoveRmaMixin(models.AbstractModel):
    """Credit notes of returns add up to their invoices, to the cent."""

    _name = "aftersales.account.move.rma.mixin"
    _description = "Credit Note of a Return"

    aftersales_is_store_credit = fields.Boolean(
        string="Paid Back as Store Credit",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _aftersales_settle_rounding(self):
        """Let the last credit note of an invoice line take what rounding left.

        The credit notes of a line then add up to the line, and those of an invoice
        to the invoice, taxes included, to the cent.
        """
        # A discount's part is exact from the start.
        credits = self.invoice_line_ids.filtered(
            lambda x: x.aftersales_refunded_line_id and x.aftersales_part != "discount"
        )
        sources = credits.aftersales_refunded_line_id
        if not sources:
            return
        credited = sources._aftersales_get_credited()
        finished = sources.filtered(lambda x: x._aftersales_is_credited(credited[x]))
        if not finished:
            return
        credits._aftersales_settle_lines(finished)
        invoices = sources.move_id._aftersales_filter_all_credited()
        settled = {}
        for refund in self:
            own = refund.invoice_line_ids.aftersales_refunded_line_id.move_id
            if own and own <= invoices:
                settled[refund] = own
        if not settled:
            return
        refunds = invoices._aftersales_get_refunds()
        for refund, own in settled.items():
            earlier = self.union(*(refunds[invoice] for invoice in own)) - refund
            refund._aftersales_settle_taxes(own, earlier)

    def _aftersales_filter_all_credited(self):
        """Return the invoices of which all goods and services were credited."""
        lines = self.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        credited = lines._aftersales_get_credited()
        left = lines.filtered(lambda x: not x._aftersales_is_credited(credited[x]))
        return self - left.move_id

    def _aftersales_get_taxes(self, sign):
        """Return the tax amounts of invoices or credit notes, positive.

        :param int sign: 1 for credit notes, -1 for invoices
        :return: ``{key of the tax: amount in the currency of the document}``
        """
        result = defaultdict(float)
        for line in self.line_ids.filtered(lambda x: x.display_type == "tax"):
            result[line.tax_line_id, line.account_id] += sign * line.amount_currency
        return result

    def _aftersales_settle_taxes(self, invoices, earlier):
        """Take over what the earlier credit notes left of the taxes of invoices."""
        self.ensure_one()
        currency = self.currency_id
        fees = self.invoice_line_ids.filtered(
            lambda x: not x.aftersales_refunded_line_id
        )
        if fees:
            # A fee has taxes of its own in the same tax lines: they are right as
            # they are, to the rounding of one document.
            return
        wanted = invoices._aftersales_get_taxes(-1)
        for key, amount in earlier._aftersales_get_taxes(1).items():
            wanted[key] -= amount
        has = self._aftersales_get_taxes(1)
        for line in self.line_ids.filtered(lambda x: x.display_type == "tax"):
            key = (line.tax_line_id, line.account_id)
            missing = currency.round(wanted.pop(key, has[key]) - has[key])
            # More than a few cents is no rounding: the documents differ otherwise.
            if missing and abs(missing) <= currency.rounding * (len(earlier) + 2):
                line.amount_currency += missing

    def _aftersales_get_refunds(self):
        """Return the credit notes of invoices that were not cancelled.

        :return: ``{invoice: account.move}``
        """
        lines = self.env["account.move.line"].search(
            [
                ("aftersales_refunded_line_id", "in", self.invoice_line_ids.ids),
                ("parent_state", "!=", "cancel"),
            ]
        )
        result = {
            invoice: invoice.reversal_move_ids.filtered(lambda m: m.state != "cancel")
            for invoice in self
        }
        for line in lines:
            result[line.aftersales_refunded_line_id.move_id] |= line.move_id
        return result
