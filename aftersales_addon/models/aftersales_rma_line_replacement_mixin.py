from odoo import api, fields, models
from odoo.exceptions import UserError

# What takes the goods' place with the customer.
REPLACING = ("replacement", "exchange")


class AftersalesRmaLineReplacementMixin(models.AbstractModel):
    """What the customer gets in place of the goods on a return line."""

    _name = "aftersales.rma.line.replacement.mixin"
    _description = "Replacement of a Return Line"

    replacement_line_ids = fields.One2many(
        "sale.order.line",
        "aftersales_rma_line_id",
        string="Replacement Order Lines",
        groups="base.group_user",
    )
    quantity_replaced = fields.Float(
        string="Replaced",
        digits="Product Unit",
        compute="_compute_quantity_replaced",
        store=True,
    )
    exchange_product_id = fields.Many2one(
        "product.product",
        string="In Exchange For",
        domain="[('sale_ok', '=', True), ('type', '!=', 'service')]",
        check_company=True,
        help="What the customer gets instead, at its price of today. The returned "
        "goods are credited.",
    )

    @api.depends(
        "replacement_line_ids.qty_delivered", "replacement_line_ids.state", "uom_id"
    )
    def _compute_quantity_replaced(self):
        for line in self:
            # sudo: who may see the return may see what was sent.
            lines = line.sudo().replacement_line_ids
            line.quantity_replaced = sum(
                x._aftersales_in_unit(x.qty_delivered, line)
                for x in lines.filtered(lambda x: x.state == "sale")
            )

    def _get_quantity_to_send(self, advance=False):
        """Return how much is to be replaced now and in no order yet, in its unit.

        :param bool advance: only what may leave before the goods have come
        """
        self.ensure_one()
        wanted = self.quantity_to_replace
        if not self.is_advance:
            if advance:
                return 0.0
            wanted = min(wanted, self._get_settled_quantity(REPLACING))
        ordered = sum(
            x._aftersales_in_unit(x.product_uom_qty, self)
            for x in self.replacement_line_ids.filtered(lambda x: x.state != "cancel")
        )
        return max(self.uom_id.round(wanted - ordered), 0.0)

    def _get_replacement_parts(self, quantity):
        """Split what is to be replaced by installed product and by remedy.

        :param float quantity: in the unit of the line
        :return: a list of ``(remedy, aftersales.asset, quantity)``
        """
        self.ensure_one()
        Asset = self.env["aftersales.asset"]
        done = self.replacement_line_ids.filtered(lambda x: x.state != "cancel")
        sent = {}
        for order_line in done:
            key = (
                order_line._aftersales_get_remedy(),
                order_line.aftersales_replaces_asset_id,
            )
            sent[key] = sent.get(key, 0.0) + order_line._aftersales_in_unit(
                order_line.product_uom_qty, self
            )
        parts, left = [], quantity
        for remedy, lot, wanted in self._get_replaced_lots():
            asset = Asset if remedy == "exchange" else self._get_asset(lot)
            earlier = min(sent.get((remedy, asset), 0.0), wanted)
            if earlier:
                sent[remedy, asset] -= earlier
            part = min(wanted - earlier, left)
            if self.uom_id.compare(part, 0.0) > 0:
                parts.append((remedy, asset, part))
                left -= part
        return parts

    def _get_replaced_lots(self):
        """Return what is to be replaced, by remedy and lot.

        :return: a list of ``(remedy, stock.lot, quantity)``
        """
        self.ensure_one()
        found = self.disposition_ids
        result = [
            (d.remedy, d.lot_id or self.lot_id, d.quantity)
            for d in found
            if d.remedy in REPLACING
        ]
        rest = self.quantity - sum(found.mapped("quantity"))
        if self.remedy in REPLACING and self.uom_id.compare(rest, 0.0) > 0:
            result.append((self.remedy, self.lot_id, rest))
        return result

    def _prepare_replacement_line_vals(self, remedy, asset, quantity):
        """Return the values of the order line that replaces a part of the goods.

        :param str remedy: ``replacement`` or ``exchange``
        :param asset: ``aftersales.asset`` that is replaced, may be empty
        :param float quantity: in the unit of the line
        """
        self.ensure_one()
        vals = {"aftersales_rma_line_id": self.id, "product_uom_qty": quantity}
        if remedy == "exchange":
            return {**vals, **self._prepare_exchange_line_vals(quantity)}
        vals.update(
            product_id=self.product_id.id,
            product_uom_id=self.uom_id.id,
            aftersales_is_free=True,
            discount=100.0,
        )
        if asset and not asset._get_replacement_hindrance():
            in_unit = self.uom_id._compute_quantity(
                quantity, asset.uom_id, rounding_method="HALF-UP"
            )
            came_back = asset.uom_id.compare(in_unit, asset.quantity) > 0
            vals.update(
                aftersales_replaces_asset_id=asset.id,
                aftersales_replaces_returned=came_back,
            )
        return vals

    def _prepare_exchange_line_vals(self, quantity):
        product = self.exchange_product_id
        if not product:
            raise UserError(
                self.env._(
                    "What does the customer get in exchange for %s? Choose the product "
                    "on the line.",
                    self.display_name,
                )
            )
        unit = self._get_exchange_unit()
        return {"product_id": product.id, "product_uom_id": unit.id}

    def _get_exchange_unit(self):
        """Return the unit of what is given in exchange."""
        self.ensure_one()
        own = self.exchange_product_id.uom_id
        return self.uom_id if self.uom_id._has_common_reference(own) else own

    # --- Exchange ---

    def _is_exchange(self):
        self.ensure_one()
        return any(remedy == "exchange" for remedy, *_rest in self._get_replaced_lots())

    def _get_exchange_difference(self):
        """Return what the exchange costs more than the goods, in company currency."""
        self.ensure_one()
        quantity = sum(
            part
            for remedy, _lot, part in self._get_replaced_lots()
            if remedy == "exchange"
        )
        credited = self.value * quantity / self.quantity
        ordered = self.replacement_line_ids.filtered(
            lambda x: x.state != "cancel" and not x.aftersales_is_free
        )
        if ordered:
            price = sum(
                x.currency_id._convert(
                    x.price_subtotal,
                    self.currency_id,
                    self.company_id,
                    x.order_id.date_order or fields.Date.today(),
                )
                for x in ordered
            )
            return price - credited
        product = self.exchange_product_id
        if not product:
            return 0.0
        pricelist = self.rma_id._get_exchange_pricelist()
        # A fixed price is in the currency of its list, whatever is asked for.
        price = (pricelist.currency_id or self.currency_id)._convert(
            pricelist._get_product_price(
                product, quantity, uom=self._get_exchange_unit()
            ),
            self.currency_id,
            self.company_id,
            fields.Date.today(),
        )
        return price * quantity - credited
