from odoo import models


class AftersalesRmaLine(models.Model):
    """Goods that go straight back to the vendor are off its order again."""

    _inherit = "aftersales.rma.line"

    def _prepare_receipt_move_vals(self, picking):
        vals = super()._prepare_receipt_move_vals(picking)
        if picking.location_dest_id.usage == "supplier":
            vals["purchase_line_id"] = self.move_id.purchase_line_id.id
        return vals
