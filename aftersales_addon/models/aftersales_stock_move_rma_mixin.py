from collections import defaultdict

from odoo import api, fields, models

from .aftersales_rma import OPEN_STATES


class AftersalesStockMoveRmaMixin(models.AbstractModel):
    """What of a delivery can still be given back, and the moves that bring it."""

    _name = "aftersales.stock.move.rma.mixin"
    _description = "Return of a Stock Move"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )
    aftersales_request_number = fields.Integer(
        default=0,
        copy=False,
        readonly=True,
        groups="base.group_no_one",
        help="Counts the requests to return goods of this delivery, so that two at "
        "the same moment meet.",
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "aftersales_rma_line_id",
        ]

    def _aftersales_get_returnable(self, exclude=None):
        """Return what of done deliveries can still be given back.

        What came back, for whatever reason, and is not at the customer again counts,
        and so does what is asked for or on its way.

        :param exclude: ``aftersales.rma.line`` records that do not count
        :return: ``{move: {stock.lot: quantity in the product's unit}}``
        """
        # sudo: what is left follows from moves that the user may not see.
        moves = self.sudo()
        children = moves._aftersales_get_children()
        left = {}
        for move in moves:
            left[move] = defaultdict(float, move._aftersales_get_quantities())
            for child in children.get(move, ()):
                for lot, change in child._aftersales_get_present(children).items():
                    left[move][lot] += change
        moves._aftersales_deduct_requests(left, exclude)
        moves._aftersales_deduct_under_way(left)
        return left

    def _aftersales_get_present(self, children):
        """Return how a return, and what followed it, changed what is at the customer.

        :param dict children: from ``_aftersales_get_children``
        """
        result = defaultdict(float)
        todo = [self]
        while todo:
            move = todo.pop()
            sign = -1.0 if move._aftersales_is_return() else 1.0
            for lot, quantity in move._aftersales_get_quantities().items():
                result[lot] += sign * quantity
            todo += children.get(move, [])
        return result

    def _aftersales_deduct_requests(self, left, exclude):
        """Take off what is asked for and has not come back yet."""
        Line = self.env["aftersales.rma.line"]
        kept = [("is_kept", "=", True), ("state", "=", "done")]
        lines = Line.search(
            [
                ("move_id", "in", self.ids),
                ("id", "not in", exclude.ids if exclude else []),
                "|",
                ("state", "in", OPEN_STATES),
                *("&", *kept),
            ]
        )
        for line in lines:
            unit = line.product_id.uom_id
            open_quantity = line.quantity - line.quantity_received
            left[line.move_id][line.lot_id] -= line.uom_id._compute_quantity(
                max(open_quantity, 0.0), unit, rounding_method="HALF-UP"
            )

    def _aftersales_deduct_under_way(self, left):
        """Take off what the platform's own returns are about to bring back."""
        under_way = self.search(
            [
                ("origin_returned_move_id", "in", self.ids),
                ("state", "not in", ("done", "cancel")),
                ("aftersales_rma_line_id", "=", False),
            ]
        )
        for move in under_way.filtered(lambda m: m._aftersales_is_return()):
            lots = move.move_line_ids.lot_id
            lot = lots if len(lots) == 1 else self.env["stock.lot"]
            left[move.origin_returned_move_id][lot] -= move.product_qty

    def _aftersales_get_left(self, left, lot):
        """Return how much of a delivery can come back, of a lot or of all of them.

        :param dict left: from ``_aftersales_get_returnable``
        :param lot: ``stock.lot``, may be empty: the number is not known yet
        """
        self.ensure_one()
        quantities = left[self]
        total = sum(quantities.values())
        return min(quantities[lot], total) if lot else total

    def _aftersales_get_vendor(self):
        """Return who sold us the goods of a receipt or a dropship, if it is known."""
        self.ensure_one()
        if self.location_id.usage != "supplier":
            return self.env["res.partner"]
        if self.location_dest_id.usage == "customer":
            # A dropship is addressed to the customer.
            return self.product_id.seller_ids[:1].partner_id
        return self.picking_id.partner_id or self.partner_id

    def _aftersales_get_customer(self):
        """Return the customer that a delivery went to."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        return order.partner_id or self.partner_id or self.picking_id.partner_id
