from collections import defaultdict

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _aftersales_settle_rounding(self):
        """Let the last credit note of an invoice line take what rounding left.

        The credit notes of a line then add up to the line, and those of an invoice
        to the invoice, taxes included, to the cent.
        """
        credits = self.invoice_line_ids.filtered("aftersales_refunded_line_id")
        sources = credits.aftersales_refunded_line_id
        if not sources:
            return
        credited = sources._aftersales_get_credited()
        finished = sources.filtered(
            lambda x: x.product_uom_id.compare(credited[x], x.quantity) >= 0
        )
        if not finished:
            return
        credits._aftersales_settle_lines(finished)
        for refund in self:
            invoices = refund.invoice_line_ids.aftersales_refunded_line_id.move_id
            if invoices and all(i._aftersales_is_all_credited() for i in invoices):
                refund._aftersales_settle_taxes(invoices)

    def _aftersales_is_all_credited(self):
        """Tell whether all goods and services of an invoice were credited."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        credited = lines._aftersales_get_credited()
        return all(
            x.product_uom_id.compare(credited[x], x.quantity) >= 0 for x in lines
        )

    def _aftersales_get_taxes(self, sign):
        """Return the tax amounts of invoices or credit notes, positive.

        :param int sign: 1 for credit notes, -1 for invoices
        :return: ``{key of the tax: amount in the currency of the document}``
        """
        result = defaultdict(float)
        for line in self.line_ids.filtered(lambda x: x.display_type == "tax"):
            result[line.tax_line_id, line.account_id] += sign * line.amount_currency
        return result

    def _aftersales_settle_taxes(self, invoices):
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
        earlier = invoices._aftersales_get_refunds() - self
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
        """Return the credit notes of invoices that were not cancelled."""
        lines = self.env["account.move.line"].search(
            [
                ("aftersales_refunded_line_id", "in", self.invoice_line_ids.ids),
                ("parent_state", "!=", "cancel"),
            ]
        )
        reversals = self.reversal_move_ids.filtered(lambda m: m.state != "cancel")
        return lines.move_id | reversals
