"""What the tests of unexpected goods share."""

from .rma_common import RmaCommon


class RmaMismatchCommon(RmaCommon):
    """Unexpected goods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in (cls.sensor, cls.lock, cls.cable):
            product.invoice_policy = "delivery"
        cls.other = cls._make_product("Old sensor", "none")

    def _approved(self, product, quantity, sold=None, **line_vals):
        order = self._sell([(product, sold or quantity)])
        self._invoice(order)
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": quantity, **line_vals})
        rma.action_approve()
        return rma, order

    def _open_picking(self, rma):
        return rma.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )

    def _validate(self, picking, user=None):
        picking.move_ids.picked = True
        picking = picking.with_user(user or self.user_stock)
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _receive_other(self, rma, product, quantity=1, lot_name=None):
        """Receive another product in place of what was announced."""
        picking = self._open_picking(rma)
        picking.move_ids.quantity = 0
        move = self.env["stock.move"].create(
            {
                "picking_id": picking.id,
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        if lot_name:
            move.move_line_ids.lot_name = lot_name
        self._validate(picking)
        return rma.sudo().mismatch_ids

    def _receive_serial(self, rma, lot):
        picking = self._open_picking(rma)
        picking.move_ids.move_line_ids.lot_id = lot
        self._validate(picking)
        return rma.sudo().mismatch_ids

    def _on_hand(self, product, location):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def _find_other(self, rma, quantity, **vals):
        wizard = self.env["aftersales.rma.inspection"].with_user(self.user_stock)
        wizard = wizard.browse(
            rma.with_user(self.user_stock).action_inspect()["res_id"]
        )
        row = wizard.line_ids
        row.action_something_else()
        self.assertTrue(wizard.has_other)
        row.write({"quantity": quantity, **vals})
        wizard.action_confirm()
        return rma.sudo().mismatch_ids
