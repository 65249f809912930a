from odoo import models


class AftersalesStockMoveRmaMailMixin(models.AbstractModel):
    """Tells customers that their goods have come."""

    _name = "aftersales.stock.move.rma.mail.mixin"
    _description = "E-mails about a Received Return"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda m: m.state == "done")
        done._aftersales_announce()
        return moves

    def _aftersales_announce(self):
        """Let customers know that their goods came, or a replacement left."""
        # sudo: warehouse users need no rights on returns.
        moves = self.sudo()
        received = moves.filtered(
            lambda m: m.aftersales_rma_line_id and m._aftersales_is_return()
        )
        for picking, group in received.grouped("picking_id").items():
            rmas = group.aftersales_rma_line_id.rma_id
            rmas._announce("received", picking.id or group[0].id)
        sent = moves.filtered(lambda m: m._aftersales_is_delivery())
        for move, rmas in sent._aftersales_get_replaced_rmas().items():
            rmas._announce("replaced", move.picking_id.id or move.id)
        for move in sent.filtered("aftersales_disposition_id"):
            # Repaired, or as they came: the customer's own goods go back.
            rma = move.aftersales_disposition_id.rma_id
            rma._announce("replaced", move.picking_id.id or move.id)

    def _aftersales_get_replaced_rmas(self):
        """Return the returns for which deliveries bring a replacement.

        :return: ``{move: aftersales.rma}``
        """
        result = {}
        replaced = {}
        for move in self:
            sold = move.sale_line_id
            if sold.aftersales_rma_line_id:
                result[move] = sold.aftersales_rma_line_id.rma_id
            elif sold.aftersales_replaces_asset_id:
                replaced[move] = sold.aftersales_replaces_asset_id
        if not replaced:
            return result
        assets = self.env["aftersales.asset"].union(*replaced.values())
        lines = self.env["aftersales.rma.line"].search(
            [
                ("asset_id", "in", assets.ids),
                ("state", "in", ("approved", "done")),
                ("quantity_to_replace", ">", 0),
            ]
        )
        by_asset = lines.grouped("asset_id")
        for move, asset in replaced.items():
            if asset in by_asset:
                result[move] = by_asset[asset].rma_id
        return result
