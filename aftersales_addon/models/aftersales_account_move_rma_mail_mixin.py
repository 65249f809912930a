from odoo import models


class AftersalesAccountMoveRmaMailMixin(models.AbstractModel):
    """Tells customers that their money is on its way."""

    _name = "aftersales.account.move.rma.mail.mixin"
    _description = "E-mails about a Refunded Return"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        refunds = posted.filtered(lambda m: m.move_type == "out_refund")
        for refund in refunds:
            # sudo: an accountant need not have rights on returns.
            lines = refund.sudo().invoice_line_ids.aftersales_rma_line_id
            lines.rma_id._announce("refunded", refund.id)
        return posted
