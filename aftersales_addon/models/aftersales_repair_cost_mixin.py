from odoo import models


class AftersalesRepairCostMixin(models.AbstractModel):
    """What a repair has cost under warranty."""

    _name = "aftersales.repair.cost.mixin"
    _description = "Cost of a Repair under Warranty"

    def _get_aftersales_done_day(self):
        """Return the day on which the repair was done, where the company works."""
        self.ensure_one()
        moves = (self.move_id | self.move_ids).filtered(lambda m: m.state == "done")
        moment = max(moves.mapped("date"), default=self.write_date)
        return self.company_id._aftersales_day(moment)

    def _get_aftersales_warranty_cost(self):
        """Return what warranties have paid for, at cost, in the company's currency.

        Parts count with what they cost in stock, services with the cost of the
        product, or with their price when it has none. What goodwill paid is not in
        it: nothing was set aside for that.
        """
        self.ensure_one()
        assessment = self.aftersales_assessment_id
        total = 0.0
        for move in self.move_ids:
            if move.repair_line_type == "add" and move.state == "done":
                total += self._get_part_cost(move) * self._get_part_share(move) / 100
        services = self.sale_order_id.order_line.filtered(
            lambda line: (
                line.aftersales_assessment_id == assessment
                and line.product_id.type == "service"
                and line.aftersales_share
            )
        )
        for line in services:
            total += self._get_service_cost(line) * line.aftersales_share / 100
        return self.company_id.currency_id.round(total)

    def _get_part_cost(self, move):
        if move.value:
            return abs(move.value)
        product = move.product_id.with_company(self.company_id)
        quantity = move.product_uom._compute_quantity(
            move.quantity, product.uom_id, round=False
        )
        return product.standard_price * quantity

    def _get_part_share(self, move):
        if move.sale_line_id.aftersales_assessment_id:
            return move.sale_line_id.aftersales_share
        share, _goodwill = self.aftersales_assessment_id._get_shares(
            move.product_id, is_applied=self.under_warranty
        )
        return share

    def _get_service_cost(self, line):
        product = line.product_id.with_company(self.company_id)
        if product.standard_price:
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, product.uom_id, round=False
            )
            return product.standard_price * quantity
        rate = line.order_id.currency_rate or 1.0
        return line._aftersales_get_uncovered_subtotal() / rate
