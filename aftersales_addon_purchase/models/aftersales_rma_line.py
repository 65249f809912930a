from odoo import models


class AftersalesRmaLine(models.Model):
    """Goods that go straight back to the vendor are off its order again."""

    _inherit = "aftersales.rma.line"

    def _prepare_receipt_move_vals(self, picking, delivery, product, quantity, unit):
        vals = super()._prepare_receipt_move_vals(
            picking, delivery, product, quantity, unit
        )
        if picking.location_dest_id.usage == "supplier":
            vals["purchase_line_id"] = delivery.purchase_line_id.id
        return vals
