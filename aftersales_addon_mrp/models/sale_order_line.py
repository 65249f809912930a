from collections import defaultdict

from odoo import models

# Of deliveries that are not cancelled.
PLANNED = ("draft", "waiting", "confirmed", "partially_available", "assigned", "done")


class SaleOrderLine(models.Model):
    """A kit is sold as one product and delivered as its components."""

    _inherit = "sale.order.line"

    def _aftersales_get_kit_moves(self, states=("done",)):
        """Return the deliveries that brought the components of kits.

        :param states: of the moves
        """
        # sudo: what was delivered, for whoever may see the order or its return.
        moves = self.sudo().move_ids
        return moves.filtered(
            lambda m: (
                m.state in states
                and m.bom_line_id.bom_id.type == "phantom"
                and m.product_id != m.sale_line_id.product_id
                and not m.origin_returned_move_id
                and m._aftersales_is_delivery()
            )
        )

    def _aftersales_get_kit(self):
        """Return what one kit is made of; empty when none was delivered.

        :return: ``{product.product: quantity in its unit}``
        """
        self.ensure_one()
        line = self.sudo()
        moves = line._aftersales_get_kit_moves()
        if not moves:
            return {}
        needs = line.product_id._aftersales_get_kit(
            line.company_id,
            line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            ),
        )
        if set(needs) == set(moves.product_id):
            return needs
        # The bill of materials has changed since: what was delivered tells.
        kits = line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, round=False
        )
        needs = defaultdict(float)
        for move in line._aftersales_get_kit_moves(PLANNED):
            needs[move.product_id] += move.product_qty / (kits or 1.0)
        return dict(needs)

    def _aftersales_get_kits_left(self):
        """Return how many complete kits can still be given back, in their unit."""
        self.ensure_one()
        kit, moves = self._aftersales_get_kit(), self._aftersales_get_kit_moves()
        left = moves._aftersales_get_returnable()
        shares = []
        for product, need in kit.items():
            of_part = moves.filtered(lambda m, p=product: m.product_id == p)
            quantity = sum(sum(left[move].values()) for move in of_part)
            shares.append(quantity / need)
        return float(max(int(min(shares, default=0.0) + 1e-6), 0))
