from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = [
        "aftersales.account.move.contract.mixin",
        "aftersales.account.move.online.mixin",
        "aftersales.account.move.rma.mail.mixin",
        "aftersales.account.move.rma.mixin",
        "account.move",
    ]

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._aftersales_follow_state()
        return result

    def _aftersales_follow_state(self):
        """Start, end and bring back warranties with the invoices of their sale."""
        moves = self.filtered(lambda m: m.is_sale_document(include_receipts=True))
        moves._aftersales_follow_contracts()
        # sudo: accountants may have no rights on orders and warranties.
        lines = moves.sudo().invoice_line_ids.sale_line_ids
        if lines:
            lines._aftersales_sync_extensions()
            lines._aftersales_follow_invoices()
