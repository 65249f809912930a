from odoo import api, models


class AftersalesVendorReplacementMixin(models.AbstractModel):
    """A unit that was replaced under warranty is claimed from its supplier."""

    _name = "aftersales.vendor.replacement.mixin"
    _description = "Supplier Claim for a Replaced Unit"

    @api.model
    def _apply_replacements(self, replacements):
        result = super()._apply_replacements(replacements)
        # Only what a warranty gave was at our cost.
        paid = [
            (old, new, day)
            for old, new, day, keep_own, _came_back in replacements
            if not keep_own and new.sudo().warranty_ids.filtered("continues_id")
        ]
        self.env["aftersales.vendor.claim"]._prepare_for_replacements(paid)
        return result

    def _undo_replacement(self):
        old = self.replaces_id
        result = super()._undo_replacement()
        # sudo: whoever undoes the replacement undoes what it has prepared.
        claims = old.sudo().vendor_claim_ids.filtered(
            lambda c: c.is_for_replacement and c.state in ("choose", "draft")
        )
        claims.action_cancel()
        return result
