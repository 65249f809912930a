"""What the tests of receipts of returns share."""

from .rma_common import RmaCommon

DISPOSITION = "odoo.addons.aftersales_addon.models.aftersales_rma_disposition"


class RmaReceiptCommon(RmaCommon):
    """Receipts of returns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in (cls.sensor, cls.lock, cls.cable):
            product.invoice_policy = "delivery"
        cls.vendor = cls.env["res.partner"].create({"name": "Maker"})

    def _on_hand(self, product, location):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def _inspect(self, rma, **vals):
        wizard = self.env["aftersales.rma.inspection"]
        wizard = wizard.browse(rma.action_inspect()["res_id"]).sudo()
        wizard.line_ids.write(vals)
        wizard.action_confirm()
        return rma.sudo().disposition_ids

    def _dropship(self, product, quantity=1, lots=None):
        """Sell goods that come from the vendor to the customer."""
        product.seller_ids = [(0, 0, {"partner_id": self.vendor.id, "price": 40})]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_cancel()
        move = self._move(
            product,
            quantity,
            self.suppliers,
            self.customers,
            lots,
            self.customer,
            sale_line_id=order.order_line.id,
        )
        self.assertEqual(order.order_line.qty_delivered, quantity)
        self._invoice(order)
        return move, order

    def _find(self, number, user=None):
        Rma = self.env["aftersales.rma"].with_user(user or self.user_stock)
        return Rma.find_receipt(number)
