from odoo import models


class AftersalesReturnOriginMixin(models.AbstractModel):
    """What a return can be started from: an order, a delivery, a unit."""

    _name = "aftersales.return.origin.mixin"
    _description = "Origin of a Return"

    def _get_aftersales_delivered_moves(self):
        """Return the moves that may have brought goods to the customer."""
        raise NotImplementedError

    def action_aftersales_return(self):
        """Open the list of what can still come back."""
        self.check_access("read")
        # sudo: whoever may see the order may see what it delivered.
        moves = self.sudo()._get_aftersales_delivered_moves()
        return self.env["aftersales.rma.start"]._open(moves)
