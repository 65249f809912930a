from collections import defaultdict

from odoo import models


class AftersalesStockMoveChainMixin(models.AbstractModel):
    """What came back of a delivery, went out again, and came back once more."""

    _name = "aftersales.stock.move.chain.mixin"
    _description = "Chain of Returns of a Stock Move"

    def _aftersales_get_children(self):
        """Return the done moves that return these moves, at any depth.

        :return: ``{move: a list of its returns}``
        """
        children = defaultdict(list)
        level = self
        while level:
            level = self.search(
                [("origin_returned_move_id", "in", level.ids), ("state", "=", "done")]
            )
            for move in level:
                children[move.origin_returned_move_id].append(move)
        return children

    def _aftersales_get_changes(self, children, own=False):
        """Return how the moves that follow a move change what the customer has.

        :param dict children: from ``_aftersales_get_children``
        :param bool own: count the move itself too
        :return: ``{stock.lot: quantity}``, negative for what came back
        """
        self.ensure_one()
        result = defaultdict(float)
        is_return = self._aftersales_is_return()
        if own:
            sign = -1.0 if is_return else 1.0
            for lot, quantity in self._aftersales_get_quantities().items():
                result[lot] += sign * quantity
        for child in children.get(self, ()):
            for lot, change in child._aftersales_get_branch(children).items():
                result[lot] += change
        return result

    def _aftersales_get_branch(self, children):
        """Return the changes that a return, and what followed it, made.

        What came back for a repair was never taken away, so neither it nor its way
        back to the customer counts; a later return for a refund does.
        """
        self.ensure_one()
        if not self._aftersales_is_return() or self.to_refund:
            return self._aftersales_get_changes(children, own=True)
        result = defaultdict(float)
        for move in children.get(self, ()):
            for lot, change in move._aftersales_get_changes(children).items():
                result[lot] += change
        return result
