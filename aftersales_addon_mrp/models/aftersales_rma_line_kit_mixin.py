import math
from collections import defaultdict

from odoo import models


class AftersalesRmaLineKitMixin(models.AbstractModel):
    """How much of a kit has come back: a kit is whole when all its parts are there."""

    _name = "aftersales.rma.line.kit.mixin"
    _description = "Kit of a Return Line"

    def _get_kit(self):
        """Return what one kit is made of; empty when the line is for no kit.

        :return: ``{product.product: quantity in its unit}``
        """
        self.ensure_one()
        if self.move_id or not self.product_id:
            return {}
        sold = self.sale_line_id
        if sold.product_id == self.product_id:
            kit = sold._aftersales_get_kit()
            if kit:
                return kit
        return self.product_id._aftersales_get_kit(self.company_id)

    def _is_kit_part(self):
        """Tell whether the line is for one component of a kit that was sold whole."""
        self.ensure_one()
        sold = self.sudo().sale_line_id
        return bool(
            self.sudo().move_id.bom_line_id
            and sold.product_id
            and sold.product_id != self.product_id
        )

    def _count_kits(self, quantities, kit=None, whole=True):
        """Return how many kits there are in quantities of parts, in the line's unit.

        :param dict quantities: ``{product: quantity in its unit}``
        :param dict kit: from ``_get_kit``, when it is known
        :param bool whole: complete kits; otherwise as many as have any part of them
        """
        self.ensure_one()
        shares = [
            quantities.get(product, 0.0) / need
            for product, need in (kit or self._get_kit()).items()
            if need
        ]
        if not shares:
            return 0.0
        # A hair's breadth of rounding is no part that is missing, nor one too many.
        kits = (
            math.floor(min(shares) + 1e-6) if whole else math.ceil(max(shares) - 1e-6)
        )
        return self.product_id.uom_id._compute_quantity(
            kits, self.uom_id, rounding_method="HALF-UP"
        )

    def _sum_parts(self, moves, field):
        """Return quantities of moves by product, in its unit.

        :param moves: ``stock.move``
        :param str field: ``quantity`` or ``product_uom_qty``
        """
        result = defaultdict(float)
        for move in moves:
            result[move.product_id] += move.product_uom._compute_quantity(
                move[field], move.product_id.uom_id, rounding_method="HALF-UP"
            )
        return result

    def _get_parts_received(self):
        """Return what has come, by product, in its unit."""
        self.ensure_one()
        # sudo: who may see the return may see what came.
        moves = self.sudo().move_ids.filtered(
            lambda m: m.state == "done" and m._aftersales_is_return()
        )
        return self._sum_parts(moves, "quantity")

    def _get_kit_missing(self):
        """Return what of the asked kits has not come, by product, in its unit."""
        self.ensure_one()
        kits, came = self._get_base_quantity(), self._get_parts_received()
        return {
            product: max(need * kits - came[product], 0.0)
            for product, need in self._get_kit().items()
        }

    def _get_parts_to_announce(self):
        """Return what is expected and in no receipt yet, by product, in its unit."""
        self.ensure_one()
        moves = self.move_ids.filtered(
            lambda m: m.state != "cancel" and m._aftersales_is_return()
        )
        announced = self._sum_parts(moves, "product_uom_qty")
        kits = self.uom_id._compute_quantity(
            self.quantity_expected, self.product_id.uom_id, round=False
        )
        return {
            product: max(product.uom_id.round(need * kits - announced[product]), 0.0)
            for product, need in self._get_kit().items()
        }

    def _count_settled(self, remedies, totals, kit):
        """Return how many kits are settled in one of some ways.

        A kit is settled in a way when each of its parts is.

        :param remedies: codes of what the customer gets
        :param dict totals: quantities of the parts that count
        :param dict kit: from ``_get_kit``
        """
        settled = {}
        for product in kit:
            found = self.disposition_ids.filtered(
                lambda d, p=product: d.product_id == p
            )
            decided = found.filtered(lambda d: d.remedy in remedies)
            settled[product] = sum(decided.mapped("quantity"))
            if self.remedy in remedies:
                rest = totals.get(product, 0.0) - sum(found.mapped("quantity"))
                settled[product] += max(rest, 0.0)
        return self._count_kits(settled, kit)
