from odoo import api, fields, models

from .aftersales_rma_proposal import KINDS
from .aftersales_rma_proposal_answer_mixin import CHARGED


class AftersalesRmaProposalAmountMixin(models.AbstractModel):
    """What a proposal costs the customer, with taxes."""

    _name = "aftersales.rma.proposal.amount.mixin"
    _description = "Amounts of a Proposal"

    rma_id = fields.Many2one("aftersales.rma", required=True, readonly=True)
    company_id = fields.Many2one(related="rma_id.company_id")
    line_ids = fields.Many2many(
        "aftersales.rma.line",
        string="Goods",
        required=True,
        domain="[('rma_id', '=', rma_id)]",
    )
    kind = fields.Selection(KINDS, string="Proposal", required=True)
    exchange_product_id = fields.Many2one(
        "product.product",
        string="In Exchange For",
        domain="[('sale_ok', '=', True), ('type', '!=', 'service')]",
        check_company=True,
    )
    charge_product_id = fields.Many2one(
        "product.product",
        string="Charged As",
        domain="[('sale_ok', '=', True), ('type', '=', 'service')]",
        check_company=True,
        help="The service that stands on the customer's invoice.",
    )
    price_unit = fields.Float(
        string="Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    price_untaxed = fields.Monetary(compute="_compute_amounts")
    price_total = fields.Monetary(string="Charged", compute="_compute_amounts")
    credit_total = fields.Monetary(string="Credited", compute="_compute_amounts")
    amount_total = fields.Monetary(
        string="Customer Pays",
        compute="_compute_amounts",
        help="With taxes. Negative: the customer gets it back.",
    )
    amount_back = fields.Monetary(
        string="Customer Gets Back", compute="_compute_amounts", help="With taxes."
    )

    def _get_pricelist(self):
        self.ensure_one()
        rma = self.rma_id.with_company(self.company_id)
        return rma._get_exchange_pricelist()

    @api.depends("kind", "line_ids", "rma_id")
    def _compute_currency_id(self):
        for wizard in self:
            # sudo: the currency of an order of which the user sees the return.
            currency = wizard.sudo().line_ids.sale_line_id.currency_id[:1]
            if wizard.kind != "fee":
                currency = wizard._get_pricelist().currency_id
            wizard.currency_id = currency or wizard.company_id.currency_id

    @api.depends("kind", "exchange_product_id", "line_ids")
    def _compute_price_unit(self):
        for wizard in self:
            product, line = wizard.exchange_product_id, wizard.line_ids[:1]
            if wizard.kind != "exchange" or not product:
                wizard.price_unit = 0.0
                continue
            unit = line.uom_id
            if not unit._has_common_reference(product.uom_id):
                unit = product.uom_id
            wizard.price_unit = wizard._get_pricelist()._get_product_price(
                product, 1.0, currency=wizard.currency_id, uom=unit
            )

    @api.depends(
        "kind", "line_ids", "exchange_product_id", "charge_product_id", "price_unit"
    )
    def _compute_amounts(self):
        for wizard in self:
            # sudo: taxes and prices of goods of which the user sees the return.
            untaxed, total = wizard.sudo()._get_price()
            credit = wizard.sudo()._get_credit()
            wizard.price_untaxed = untaxed
            wizard.price_total = total
            wizard.credit_total = credit
            wizard.amount_total = total - credit
            wizard.amount_back = credit - total

    def _get_product(self):
        """Return what is sold by the proposal, may be empty."""
        self.ensure_one()
        if self.kind == "exchange":
            return self.exchange_product_id
        if self.kind in CHARGED:
            return self.charge_product_id
        return self.env["product.product"]

    def _get_price(self):
        """Return what is charged, before and with taxes."""
        self.ensure_one()
        if self.kind == "fee":
            return self._add_up(
                self._apply_taxes(line.sale_line_id.tax_ids, part, 1.0)
                for line, part in self.line_ids._split_agreed(
                    self.price_unit, self.currency_id
                ).items()
            )
        product = self._get_product()
        if not product:
            return 0.0, 0.0
        rma = self.rma_id.with_company(self.company_id)
        shipping = rma.partner_shipping_id or rma.partner_id
        position = (
            rma.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(rma.partner_id, shipping)
        )
        taxes = position.map_tax(
            product.taxes_id._filter_taxes_by_company(self.company_id)
        )
        if self.kind in CHARGED:
            return self._apply_taxes(taxes, self.price_unit, 1.0, product)
        return self._add_up(
            self._apply_taxes(taxes, self.price_unit, line.quantity, product)
            for line in self.line_ids
        )

    def _add_up(self, parts):
        parts = list(parts)
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    def _apply_taxes(self, taxes, price, quantity, product=None):
        result = taxes.compute_all(
            price,
            currency=self.currency_id,
            quantity=quantity,
            product=product,
            partner=self.rma_id.partner_id,
        )
        return result["total_excluded"], result["total_included"]

    def _get_credit(self):
        """Return what the customer gets for the goods, with taxes."""
        self.ensure_one()
        if self.kind in CHARGED:
            return 0.0
        total = 0.0
        for line in self.line_ids:
            sold = line.sale_line_id
            if not sold or not sold.product_uom_qty:
                continue
            quantity = line.uom_id._compute_quantity(
                line.quantity, sold.product_uom_id, round=False
            )
            total += sold.currency_id._convert(
                sold.price_total * quantity / sold.product_uom_qty,
                self.currency_id,
                self.company_id,
                fields.Date.context_today(self),
            )
        return self.currency_id.round(total)
