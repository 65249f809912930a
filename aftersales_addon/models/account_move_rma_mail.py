from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        refunds = posted.filtered(lambda m: m.move_type == "out_refund")
        for refund in refunds:
            # sudo: an accountant need not have rights on returns.
            lines = refund.sudo().invoice_line_ids.aftersales_rma_line_id
            lines.rma_id._announce("refunded", refund.id)
        return posted
