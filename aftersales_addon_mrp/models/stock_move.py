from odoo import models


class StockMove(models.Model):
    """Requests to return a kit take from the deliveries of its components."""

    _inherit = "stock.move"

    def _aftersales_deduct_requests(self, left, exclude):
        super()._aftersales_deduct_requests(left, exclude)
        parts = self.filtered("bom_line_id")
        if not parts.sale_line_id:
            return
        lines = self.env["aftersales.rma.line"].search(
            [
                ("sale_line_id", "in", parts.sale_line_id.ids),
                ("move_id", "=", False),
                ("id", "not in", exclude.ids if exclude else []),
                "|",
                ("state", "in", ("requested", "approved")),
                "&",
                ("is_kept", "=", True),
                ("state", "=", "done"),
            ]
        )
        no_lot = self.env["stock.lot"]
        for line in lines:
            for product, quantity in line._get_kit_missing().items():
                for move in parts.filtered(
                    lambda m, x=line, p=product: (
                        m.sale_line_id == x.sale_line_id and m.product_id == p
                    )
                ):
                    taken = min(quantity, max(sum(left[move].values()), 0.0))
                    if taken > 0:
                        left[move][no_lot] -= taken
                        quantity -= taken
