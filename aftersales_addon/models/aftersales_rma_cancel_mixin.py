from odoo import models


class AftersalesRmaCancelMixin(models.AbstractModel):
    """Whether a return can be cancelled, and what is undone then."""

    _name = "aftersales.rma.cancel.mixin"
    _description = "Cancellation of a Return"

    def _get_cancel_hindrance(self):
        """Return why a return cannot be cancelled, in words; empty when it can."""
        self.ensure_one()
        if self.has_mismatch or any(x.quantity_received for x in self.line_ids):
            return self.env._(
                "Goods of %s have come back already. Send them back or settle the "
                "return instead.",
                self.name,
            )
        if any(line.quantity_replaced for line in self.line_ids):
            return self.env._(
                "The replacement for %s was delivered already. Take it back or settle "
                "the return instead.",
                self.name,
            )
        if any(line.quantity_refunded for line in self.line_ids):
            return self.env._(
                "%s was refunded already. Cancel the credit note first.", self.name
            )
        return ""

    def _cancel_prepared(self):
        """Take back what the approval prepared. Safe to repeat."""
        # sudo: whoever may cancel the return may cancel what was prepared for it.
        pickings = self.sudo().picking_ids
        pickings.filtered(lambda p: p.state not in ("done", "cancel")).action_cancel()
        self._cancel_prepared_repairs()
        self._cancel_prepared_replacements()
