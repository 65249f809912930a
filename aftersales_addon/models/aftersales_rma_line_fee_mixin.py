from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command

# Whose fault spares the customer the fee.
NOT_THE_CUSTOMER = ("product", "us", "carrier")


class AftersalesRmaLineFeeMixin(models.AbstractModel):
    """What is deducted from a refund, and what is refunded besides the goods.

    An entry is ``(return line, invoice line, values)`` of a credit note line; the
    invoice line tells in which credit note it goes.
    """

    _name = "aftersales.rma.line.fee.mixin"
    _description = "Fees and Charges in the Refund of a Return Line"

    # --- Fees ---

    def _prepare_fee_line_vals(self, source, quantity):
        """Return the values of the line that keeps the restocking fee, or None.

        :param source: the ``account.move.line`` that was invoiced
        :param float quantity: in the unit of the return line
        """
        self.ensure_one()
        policy = self.policy_id
        if not policy or policy.fee_type == "none":
            return None
        if policy.is_fee_waived_on_fault and self._is_not_the_customers_fault():
            return None
        factor = self.uom_id._compute_quantity(1.0, source.product_uom_id, round=False)
        price = source.price_unit * factor * (1 - source.discount / 100)
        if policy.fee_type == "percent":
            amount = price * quantity * policy.fee_percent / 100
        else:
            amount = min(self._convert_fee(policy.fee_amount, source), price) * quantity
        amount = source.currency_id.round(amount)
        if not amount:
            return None
        return {
            **self._prepare_deduction_vals(source, policy.fee_product_id, amount),
            "name": self.env._("Restocking fee: %s", self.product_id.display_name),
            "tax_ids": [Command.set(source.tax_ids.ids)],
            "aftersales_part": "restocking",
        }

    def _is_not_the_customers_fault(self):
        self.ensure_one()
        return self.reason_id.fault in NOT_THE_CUSTOMER

    def _convert_fee(self, amount, source):
        """Return an amount of the policy in the currency of an invoice line."""
        company = self.company_id
        policy = self.policy_id.with_company(company)
        return policy.currency_id._convert(
            amount, source.currency_id, company, fields.Date.today()
        )

    def _prepare_deduction_vals(self, source, product, amount):
        """Return the values of a line that is deducted.

        :param source: the invoice line that gives what the product does not
        :param product: ``product.product``, may be empty
        :param float amount: positive, in the currency of the invoice
        """
        self.ensure_one()
        account, taxes = source.account_id, source.tax_ids
        if product:
            product = product.with_company(self.company_id)
            position = source.move_id.fiscal_position_id
            accounts = product.product_tmpl_id.get_product_accounts(position)
            account = accounts["income"] or account
            taxes = position.map_tax(
                product.taxes_id._filter_taxes_by_company(self.company_id)
            )
        return {
            "product_id": product.id,
            "account_id": account.id,
            "quantity": 1.0,
            "price_unit": -amount,
            "tax_ids": [Command.set(taxes.ids)],
            "aftersales_rma_line_id": self.id,
        }

    def _prepare_shipping_fees(self, entries):
        """Return the entries that deduct the way back, once for each return.

        :param list entries: all others of the refund
        """
        found = defaultdict(list)
        for line, source, vals in entries:
            found[line.rma_id].append((line, source, vals))
        result = []
        for rma, own in found.items():
            charged = rma.line_ids.filtered(
                lambda x: (
                    not x.is_kept
                    and x.policy_id.shipping_fee
                    and x._get_shipping_payer() == "customer"
                )
            )
            if not charged or rma._is_way_back_deducted():
                continue
            line = max(charged, key=lambda x: (x.policy_id.shipping_fee, -x.id))
            source = own[0][1]
            move = source.move_id
            # No more than the credit note gives.
            most = sum(_get_amount(v) for _l, s, v in own if s.move_id == move)
            amount = line._convert_fee(line.policy_id.shipping_fee, source)
            amount = source.currency_id.round(min(amount, most))
            if source.currency_id.compare_amounts(amount, 0.0) <= 0:
                continue
            product = line.policy_id.shipping_fee_product_id
            vals = {
                **line._prepare_deduction_vals(source, product, amount),
                "name": self.env._("The way back: %s", rma.name),
                "aftersales_part": "shipping",
            }
            result.append((line, source, vals))
        return result

    # --- What is refunded besides the goods ---

    def _get_delivery_parts(self, parts):
        """Return the delivery charges that are refunded with goods.

        :param list parts: ``(return line, invoice line, quantity)`` of the goods
        :return: the same of the charges, the quantity in the unit of the invoice line
        """
        asked = [x for x, _s, _q in parts if x.policy_id.refund_delivery != "never"]
        lines = self.browse().union(*asked) if asked else self.browse()
        orders = lines.sale_line_id.order_id
        charges = orders.order_line.filtered(lambda x: x._is_delivery())
        if not charges:
            return []
        whole = self._filter_all_returned(orders, parts)
        sources = charges.invoice_lines.filtered(
            lambda x: (
                x.parent_state == "posted"
                and x.move_id.move_type == "out_invoice"
                and x.price_subtotal > 0
            )
        )
        credited = sources._aftersales_get_credited()
        result = []
        for source in sources:
            order = source.sale_line_ids.order_id
            line = lines.filtered(
                lambda x, o=order: (
                    x.sale_line_id.order_id in o
                    and x._is_delivery_refunded(bool(o & whole))
                )
            )[:1]
            if line and not source._aftersales_is_credited(credited[source]):
                result.append((line, source, source.quantity - credited[source]))
        return result

    def _filter_all_returned(self, orders, parts):
        """Return the orders whose goods have all come back once parts are refunded.

        :param orders: ``sale.order``
        :param list parts: ``(return line, invoice line, quantity)``
        """
        taken, undone = defaultdict(float), defaultdict(float)
        for line, source, quantity in parts:
            unit = source.product_uom_id
            back = line.uom_id._compute_quantity(quantity, unit, round=False)
            taken[source] += back
            if not line.is_kept:
                undone[line.sale_line_id] += unit._compute_quantity(
                    back, line.sale_line_id.product_uom_id, round=False
                )
        goods = orders.order_line.filtered(
            lambda x: x.product_id.type == "consu" and not x._is_delivery()
        )
        invoiced = goods.invoice_lines.filtered(
            lambda x: (
                x.parent_state == "posted" and x.move_id.move_type == "out_invoice"
            )
        )
        credited = invoiced._aftersales_get_credited()
        open_ones = self.env["sale.order.line"]
        for source in invoiced:
            if not source._aftersales_is_credited(credited[source] + taken[source]):
                open_ones |= source.sale_line_ids
        for line in goods:
            left = line.qty_invoiced - undone[line]
            if line.product_uom_id.compare(line.qty_delivered, left) > 0:
                # Delivered and not invoiced yet.
                open_ones |= line
        return orders - open_ones.order_id

    def _is_delivery_refunded(self, is_whole):
        """Tell whether the policy refunds the charge for the outbound delivery.

        :param bool is_whole: all goods of the order came back
        """
        self.ensure_one()
        rule = self.policy_id.refund_delivery
        if rule in ("full", "both") and is_whole:
            return True
        return rule in ("fault", "both") and self._is_not_the_customers_fault()

    def _prepare_delivery_line_vals(self, source, quantity):
        """Return the values of the line that refunds a delivery charge.

        :param source: the ``account.move.line`` that was invoiced
        :param float quantity: in its unit
        """
        self.ensure_one()
        return {
            **self._prepare_refund_line_vals(source, quantity),
            "product_uom_id": source.product_uom_id.id,
            "price_unit": source.price_unit,
            # The service was given: nothing of it is to be invoiced again.
            "sale_line_ids": [],
            "aftersales_part": "delivery",
        }

    def _prepare_discount_entries(self, parts):
        """Return the entries that take discounts on whole orders back, in part.

        :param list parts: ``(return line, invoice line, quantity in its unit)``
        """
        sources = self.env["account.move.line"].union(*(s for _l, s, _q in parts))
        lines = sources.move_id.invoice_line_ids
        discounts = lines.filtered(lambda x: x._aftersales_is_discount())
        if not discounts:
            return []
        basis = {x: x._aftersales_get_discounted() for x in discounts}
        known = discounts | lines.union(*basis.values())
        credited = known._aftersales_get_credited()
        taken = defaultdict(float)
        for _line, source, quantity in parts:
            taken[source] += quantity
        result = []
        for discount, siblings in basis.items():
            own = [part for part in parts if part[1] in siblings]
            if not own:
                continue
            left = 1 - credited[discount] / discount.quantity
            is_last = all(
                x._aftersales_is_credited(credited[x] + taken[x]) for x in siblings
            )
            share = left if is_last else _get_share(own, siblings)
            vals = own[0][0]._prepare_discount_vals(discount, min(share, left))
            if vals:
                result.append((own[0][0], discount, vals))
        return result

    def _prepare_discount_vals(self, discount, share):
        """Return the values of the line that takes a part of a discount back.

        :param discount: ``account.move.line``
        :param float share: of its amount
        """
        self.ensure_one()
        currency = discount.currency_id
        amount = currency.round(discount.price_subtotal * share)
        if not amount:
            return None
        # A price that includes its tax is set so that the part without is right.
        included = any(tax.price_include for tax in discount.tax_ids)
        factor = discount.price_total / discount.price_subtotal if included else 1.0
        return {
            **self._prepare_refund_line_vals(discount, 1.0),
            "product_uom_id": discount.product_uom_id.id,
            "price_unit": amount * factor,
            "discount": 0.0,
            # It was given: the order's lines stay as they are.
            "sale_line_ids": [],
            "aftersales_part": "discount",
        }


def _get_amount(vals):
    """Return what a line of a credit note gives, before taxes not in its price."""
    gross = vals["price_unit"] * vals["quantity"]
    return gross * (1 - vals.get("discount", 0.0) / 100)


def _get_share(parts, siblings):
    """Return which share of the goods of a discount comes back."""
    total = sum(siblings.mapped("price_subtotal"))
    amount = sum(s.price_subtotal * q / s.quantity for _l, s, q in parts)
    return amount / total if total else 0.0
