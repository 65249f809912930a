from odoo import fields, models


class AftersalesVendorClaimCandidate(models.Model):
    """A receipt that the unit of a claim may come from."""

    _name = "aftersales.vendor.claim.candidate"
    _description = "Possible Supplier"
    _order = "receipt_date desc, id"
    _rec_name = "partner_id"

    claim_id = fields.Many2one(
        "aftersales.vendor.claim", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", string="Supplier", required=True)
    move_id = fields.Many2one("stock.move", string="Receipt Move")
    picking_id = fields.Many2one("stock.picking", string="Receipt")
    purchase_order_id = fields.Many2one("purchase.order")
    receipt_date = fields.Date(string="Received On", required=True)
    date_end = fields.Date(string="Last Covered Day", required=True)
    terms = fields.Json()
    is_chosen = fields.Boolean(string="Chosen")

    def action_choose(self):
        """Take this supplier as the one to claim from."""
        self.ensure_one()
        self.claim_id._set_candidate(self)

    def _prepare_candidate_vals(self, receipt):
        """Return the values for a ``Receipt``."""
        order = receipt.move.purchase_line_id.order_id
        return {
            "partner_id": receipt.vendor.id,
            "move_id": receipt.move.id,
            "picking_id": receipt.move.picking_id.id,
            "purchase_order_id": order.id,
            "receipt_date": receipt.day,
            "date_end": receipt.end,
            "terms": receipt.terms,
        }
