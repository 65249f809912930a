from odoo import fields, models
from odoo.fields import Command


class AftersalesRmaLineProposalMixin(models.AbstractModel):
    """What was agreed with the customer about a return line."""

    _name = "aftersales.rma.line.proposal.mixin"
    _description = "What Was Agreed on a Return Line"

    proposal_id = fields.Many2one(
        "aftersales.rma.proposal",
        string="Agreed By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The proposal that the customer has accepted.",
    )
    agreed_fee = fields.Float(
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="In the currency of the proposal, for the whole quantity.",
    )

    def _get_agreed(self):
        """Return the proposal that was agreed on, of which the wish still stands."""
        self.ensure_one()
        # sudo: what was agreed holds whoever settles the return.
        proposal = self.sudo().proposal_id
        return proposal.filtered(lambda p: p.state == "accepted")

    def _split_agreed(self, amount, currency):
        """Split an amount over lines by what they are worth.

        :param float amount: of all lines
        :param currency: ``res.currency`` by which the parts are rounded
        :return: ``{line: part}``; together it is the amount
        """
        weights = {line: max(line.value, 0.0) or line.quantity for line in self}
        total, left, parts = sum(weights.values()), amount, {}
        for line in self:
            part = currency.round(amount * weights[line] / total)
            parts[line] = left if line == self[-1] else part
            left -= parts[line]
        return parts

    def _prepare_exchange_line_vals(self, quantity):
        """Give what was agreed on its agreed price."""
        vals = super()._prepare_exchange_line_vals(quantity)
        agreed = self._get_agreed()
        if agreed.kind != "exchange" or agreed.product_id != self.exchange_product_id:
            return vals
        rma = self.rma_id.with_company(self.company_id)
        currency = rma._get_exchange_pricelist().currency_id
        price = agreed.price_unit
        if currency and currency != agreed.currency_id:
            price = agreed.currency_id._convert(
                price, currency, self.company_id, agreed.date_answered
            )
        return {
            **vals,
            "price_unit": price,
            # Not the list price: it is not computed again.
            "technical_price_unit": 0.0,
            "discount": 0.0,
        }

    def _get_exchange_difference(self):
        agreed = self._get_agreed()
        ordered = self.replacement_line_ids.filtered(lambda x: x.state != "cancel")
        if agreed.kind != "exchange" or ordered:
            return super()._get_exchange_difference()
        share = self.quantity / sum(agreed.line_ids.mapped("quantity"))
        price = agreed.currency_id._convert(
            agreed.price_untaxed * share,
            self.currency_id,
            self.company_id,
            agreed.date_answered,
        )
        return price - self.value

    def _prepare_fee_line_vals(self, source, quantity):
        """Keep the fee that was agreed on, in place of the policy's."""
        agreed = self._get_agreed()
        if not agreed:
            return super()._prepare_fee_line_vals(source, quantity)
        if agreed.kind != "fee" or not self.agreed_fee:
            return None
        fee = agreed.currency_id._convert(
            self.agreed_fee * quantity / self.quantity,
            source.currency_id,
            self.company_id,
            agreed.date_answered,
        )
        if not fee:
            return None
        return {
            "product_id": self.policy_id.fee_product_id.id,
            "name": self.env._("Fee as agreed: %s", self.product_id.display_name),
            "account_id": source.account_id.id,
            "quantity": 1.0,
            "price_unit": -fee,
            "tax_ids": [Command.set(source.tax_ids.ids)],
            "aftersales_rma_line_id": self.id,
            "aftersales_part": "restocking",
        }

    def _prepare_shipping_fees(self, entries):
        """Deduct nothing more from what the customer has signed."""
        return super()._prepare_shipping_fees(
            [entry for entry in entries if not entry[0]._get_agreed()]
        )
