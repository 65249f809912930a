from odoo import api, fields, models
from odoo.fields import Command

# What gives the money back; an exchange is charged by an order of its own.
MONEY = ("refund", "exchange")
# What is paid back otherwise, by an addon.
CREDIT = ("credit",)
REFUNDING = (*MONEY, *CREDIT)


class AftersalesRmaLineRefundMixin(models.AbstractModel):
    """What of a return line is to be refunded, from which invoice lines."""

    _name = "aftersales.rma.line.refund.mixin"
    _description = "Refund of a Return Line"

    refund_line_ids = fields.One2many(
        "account.move.line",
        "aftersales_rma_line_id",
        string="Credit Note Lines",
        groups="base.group_user",
    )
    quantity_not_invoiced = fields.Float(
        string="Settled Before Its Invoice",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Came back before it was invoiced: nothing is to be paid back, less is "
        "to be invoiced.",
    )
    quantity_refunded = fields.Float(
        string="Refunded",
        digits="Product Unit",
        compute="_compute_quantity_refunded",
        store=True,
    )

    @api.depends(
        "refund_line_ids.parent_state",
        "refund_line_ids.quantity",
        "refund_line_ids.aftersales_refunded_line_id",
        "refund_line_ids.aftersales_part",
        "quantity_not_invoiced",
        "uom_id",
    )
    def _compute_quantity_refunded(self):
        for line in self:
            credits = line._get_goods_credits()
            credited = sum(x._aftersales_in_unit(line.uom_id) for x in credits)
            line.quantity_refunded = credited + line.quantity_not_invoiced

    def _get_goods_credits(self):
        """Return the lines of credit notes that refund the goods themselves."""
        # sudo: who may see the return may see how much was refunded.
        return self.sudo().refund_line_ids.filtered(
            lambda x: (
                x.parent_state != "cancel"
                and x.aftersales_refunded_line_id
                and not x.aftersales_part
            )
        )

    def _get_shipping_payer(self):
        """Return who pays the way back: ``company`` or ``customer``."""
        self.ensure_one()
        own = self.reason_id.shipping_payer
        return own or self.policy_id.shipping_payer or "customer"

    def _is_sent_by_us(self):
        """Tell whether we pay the carrier, be it at the customer's charge."""
        self.ensure_one()
        return (
            self._get_shipping_payer() == "company" or self.policy_id.shipping_fee > 0
        )

    def _get_refundable_quantity(self, remedies=REFUNDING):
        """Return what can be refunded now, in the line's unit.

        :param remedies: codes of how the customer gets it back
        """
        self.ensure_one()
        rest = self.quantity_to_refund - self.quantity_refunded
        if self.uom_id.compare(rest, 0.0) <= 0:
            return 0.0
        wanted = self._get_wanted(remedies)
        if not self.is_kept:
            wanted = min(wanted, self._get_settled_quantity(remedies))
        if remedies == REFUNDING or not self._is_mixed():
            done = self.quantity_refunded
        else:
            done = sum(
                x._aftersales_in_unit(self.uom_id)
                for x in self._get_goods_credits()
                if x.move_id.aftersales_is_store_credit == (remedies == CREDIT)
            )
        return max(self.uom_id.round(min(wanted - done, rest)), 0.0)

    def _is_mixed(self):
        """Tell whether a part of the goods is paid back as money, a part not."""
        self.ensure_one()
        ways = {self.remedy, *self.disposition_ids.mapped("remedy")}
        return bool(ways & set(MONEY)) and bool(ways & set(CREDIT))

    def _split_over_invoices(self, remedies=REFUNDING):
        """Tell which invoice lines the refundable quantities are refunded from.

        The oldest invoice is refunded first, each line at its own price.

        :param remedies: codes of how the customer gets it back
        :return: a list of ``(return line, invoice line, quantity)`` and
            ``{return line: quantity that was not invoiced}``, both in the unit of the
            return line
        """
        invoice_lines = self.sale_line_id.invoice_lines.filtered(
            lambda x: (
                x.parent_state == "posted"
                and x.move_id.move_type == "out_invoice"
                and x.product_id
            )
        ).sorted(lambda x: (x.move_id.invoice_date, x.id))
        credited = invoice_lines._aftersales_get_credited()
        left = {
            x: x.quantity - credited[x]
            for x in invoice_lines
            if x.product_uom_id.compare(x.quantity, credited[x]) > 0
        }
        excess = {x: x.qty_invoiced - x.qty_delivered for x in self.sale_line_id}
        parts, not_invoiced = [], {}
        for line in self:
            wanted = line._get_refundable_quantity(remedies)
            allowed = line._get_invoiced_too_much(excess)
            for source in line.sale_line_id.invoice_lines.sorted(
                lambda x: (x.move_id.invoice_date or x.date, x.id)
            ):
                available = left.get(source, 0.0)
                unit = source.product_uom_id
                in_unit = unit._compute_quantity(available, line.uom_id, round=False)
                taken = line.uom_id.round(min(wanted, allowed, in_unit))
                if line.uom_id.compare(taken, 0.0) <= 0:
                    continue
                parts.append((line, source, taken))
                left[source] -= line.uom_id._compute_quantity(taken, unit, round=False)
                wanted, allowed = wanted - taken, allowed - taken
                if not line.is_kept and line.sale_line_id in excess:
                    excess[line.sale_line_id] -= line.uom_id._compute_quantity(
                        taken, line.sale_line_id.product_uom_id, round=False
                    )
            if line.uom_id.compare(wanted, 0.0) > 0:
                not_invoiced[line] = wanted
        return parts, not_invoiced

    def _get_invoiced_too_much(self, excess):
        """Return how much of the line may be credited, in its unit.

        What came back before it was invoiced lowers what is still to be invoiced
        and is not credited, too.

        :param dict excess: ``{order line: invoiced less delivered}``
        """
        self.ensure_one()
        if self.is_kept or self.sale_line_id not in excess:
            return float("inf")
        unit = self.sale_line_id.product_uom_id
        quantity = max(excess[self.sale_line_id], 0.0)
        # Both are rounded to the order's unit: a return in smaller units is not cut.
        tolerance = unit.rounding if unit != self.uom_id else 0.0
        return unit._compute_quantity(quantity + tolerance, self.uom_id, round=False)

    def _prepare_refund_entries(self, parts):
        """Return what the credit notes hold for goods, charges and fees.

        :param list parts: ``(return line, invoice line, quantity)`` of the goods
        :return: a list of ``(return line, invoice line, values)``
        """
        if not parts:
            return []
        entries, in_unit = [], []
        for line, source, quantity in parts:
            entries.append(
                (line, source, line._prepare_refund_line_vals(source, quantity))
            )
            fee = line._prepare_fee_line_vals(source, quantity)
            if fee:
                entries.append((line, source, fee))
            unit = source.product_uom_id
            taken = line.uom_id._compute_quantity(quantity, unit, round=False)
            in_unit.append((line, source, taken))
        charges = self._get_delivery_parts(parts)
        entries += [
            (line, source, line._prepare_delivery_line_vals(source, quantity))
            for line, source, quantity in charges
        ]
        entries += self._prepare_discount_entries(in_unit + charges)
        return entries + self._prepare_shipping_fees(entries)

    def _prepare_refund_line_vals(self, source, quantity):
        """Return the values of the credit note line that refunds an invoice line.

        :param source: the ``account.move.line`` that was invoiced
        :param float quantity: in the unit of the return line
        """
        self.ensure_one()
        unit = source.product_uom_id
        # The price of one of the units that come back, not rounded.
        factor = self.uom_id._compute_quantity(1.0, unit, round=False)
        return {
            "product_id": source.product_id.id,
            "name": source.name,
            "account_id": source.account_id.id,
            "quantity": quantity,
            "product_uom_id": self.uom_id.id,
            "price_unit": source.price_unit * factor,
            "discount": source.discount,
            "tax_ids": [Command.set(source.tax_ids.ids)],
            "analytic_distribution": source.analytic_distribution,
            # Goods that the customer keeps stay delivered and invoiced.
            "sale_line_ids": [
                Command.set([] if self.is_kept else source.sale_line_ids.ids)
            ],
            "aftersales_rma_line_id": self.id,
            "aftersales_refunded_line_id": source.id,
        }
