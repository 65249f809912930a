from odoo import fields, models
from odoo.tools import float_compare


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    aftersales_refunded_line_id = fields.Many2one(
        "account.move.line",
        string="Refunds the Invoice Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    aftersales_part = fields.Selection(
        [
            ("restocking", "Restocking fee"),
            ("shipping", "The way back"),
            ("delivery", "Outbound delivery"),
            ("discount", "Discount"),
        ],
        string="Part of the Refund",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the line of a credit note is for. Empty: the goods.",
    )

    def _aftersales_get_credited(self):
        """Return how much of invoice lines was credited, by whatever way.

        Credit notes of returns name the line that they refund. Those made by the
        platform name the invoice only: they count for the lines of the same order
        line.

        :return: ``{invoice line: quantity in its unit}``
        """
        # sudo: what is left to refund does not depend on who looks at it.
        lines = self.sudo()
        own = lines.search(
            [
                ("aftersales_refunded_line_id", "in", self.ids),
                ("parent_state", "!=", "cancel"),
            ]
        )
        credited = dict.fromkeys(lines, 0.0)
        for credit in own:
            source = credit.aftersales_refunded_line_id
            credited[source] += credit._aftersales_get_share(source)
        reversals = lines.move_id.reversal_move_ids.filtered(
            lambda m: m.state != "cancel" and m.move_type == "out_refund"
        )
        foreign = reversals.invoice_line_ids.filtered(
            lambda x: x.sale_line_ids and not x.aftersales_refunded_line_id
        )
        by_invoice = lines.grouped("move_id") if foreign else {}
        for credit in foreign:
            left = credit.quantity
            for line in by_invoice.get(credit.move_id.reversed_entry_id, ()):
                if not line.sale_line_ids & credit.sale_line_ids:
                    continue
                taken = min(left, max(line.quantity - credited[line], 0.0))
                credited[line] += taken
                left -= taken
        return credited

    def _aftersales_is_credited(self, quantity):
        """Tell whether a credited quantity is all of an invoice line.

        A line that was typed in, or deducts a down payment, has no unit.
        """
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return float_compare(quantity, self.quantity, precision_digits=digits) >= 0

    def _aftersales_get_share(self, source):
        """Return how much of an invoice line the credit takes back, in its unit.

        A discount on the whole order is taken back by amounts, goods by quantity.
        """
        self.ensure_one()
        if self.aftersales_part != "discount":
            return self._aftersales_in_unit(source.product_uom_id)
        if not source.price_subtotal:
            return 0.0
        return source.quantity * self.price_subtotal / source.price_subtotal

    def _aftersales_is_discount(self):
        """Tell whether an invoice line lowers the price of others."""
        self.ensure_one()
        return (
            self.display_type == "product"
            and self.quantity > 0
            and self.price_subtotal < 0
            and not self.is_downpayment
        )

    def _aftersales_get_discounted(self):
        """Return the lines of the invoice whose price a discount lowers.

        Those of the same order; where some have the same taxes, those only: the
        platform writes a discount for each.
        """
        self.ensure_one()
        orders = self.sale_line_ids.order_id
        lines = self.move_id.invoice_line_ids.filtered(
            lambda x: (
                x.display_type == "product"
                and x.quantity > 0
                and x.price_subtotal > 0
                and (not orders or x.sale_line_ids.order_id & orders)
            )
        )
        return lines.filtered(lambda x: x.tax_ids == self.tax_ids) or lines

    def _aftersales_in_unit(self, unit):
        """Return the quantity of the line in another unit, not rounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(self.quantity, unit, round=False)

    def _aftersales_settle_lines(self, finished):
        """Correct the last credit of invoice lines by what rounding left.

        :param finished: invoice lines of which nothing is left to credit
        """
        others = self.search(
            [
                ("aftersales_refunded_line_id", "in", finished.ids),
                ("parent_state", "!=", "cancel"),
            ]
        )
        by_source = others.grouped("aftersales_refunded_line_id")
        for source in finished:
            credits = by_source.get(source, self.browse())
            last = (credits & self)[-1:]
            if not last:
                continue
            left = source.price_subtotal - sum(
                (credits - last).mapped("price_subtotal")
            )
            if source.currency_id.compare_amounts(last.price_subtotal, left):
                # A price that includes its tax is set so that the part without is
                # what is left.
                included = any(tax.price_include for tax in source.tax_ids)
                factor = source.price_total / source.price_subtotal if included else 1.0
                last.write(
                    {"discount": 0.0, "price_unit": left * factor / last.quantity}
                )
