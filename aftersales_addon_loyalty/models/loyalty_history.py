from odoo import fields, models


class LoyaltyHistory(models.Model):
    _inherit = "loyalty.history"

    aftersales_refund_id = fields.Many2one(
        "account.move",
        string="Credit Note of a Return",
        index="btree_not_null",
        readonly=True,
        help="The posted credit note that was paid back by this.",
    )

    _aftersales_refund_unique = models.UniqueIndex(
        "(aftersales_refund_id) WHERE aftersales_refund_id IS NOT NULL",
        "This credit note was paid back as store credit already.",
    )

    def _get_order_portal_url(self):
        if self.order_model == "aftersales.rma" and self.order_id:
            # sudo: the page of the return of whoever has the card.
            rma = self.env["aftersales.rma"].sudo().browse(self.order_id)
            return rma.get_portal_url()
        return super()._get_order_portal_url()

    def _get_order_description(self):
        if self.order_model == "aftersales.rma":
            # sudo: as above; only the number.
            return self.env["aftersales.rma"].sudo().browse(self.order_id).name
        return super()._get_order_description()
