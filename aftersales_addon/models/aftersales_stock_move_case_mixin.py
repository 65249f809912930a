from odoo import models


class AftersalesStockMoveCaseMixin(models.AbstractModel):
    """Deliveries of replacements that a service case waits for."""

    _name = "aftersales.stock.move.case.mixin"
    _description = "Delivery for a Service Case"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: warehouse users need no rights on orders and cases.
        done = moves.sudo().filtered(lambda m: m.state == "done" and m.sale_line_id)
        done.sale_line_id.order_id.aftersales_case_id._follow_remedies()
        return moves
