from odoo import models
from odoo.fields import Command

# Their goods leave the order: what was delivered is less afterwards.
TAKEN_FOR_GOOD = ("refund", "credit", "exchange")


class AftersalesRmaLineReceiptMixin(models.AbstractModel):
    """What is expected of a return line, and the move that takes it back."""

    _name = "aftersales.rma.line.receipt.mixin"
    _description = "Receipt of a Return Line"

    def _get_quantity_to_announce(self):
        """Return what is expected and in no receipt yet, in the line's unit."""
        self.ensure_one()
        announced = sum(
            move.product_uom._compute_quantity(
                move.product_uom_qty, self.uom_id, rounding_method="HALF-UP"
            )
            for move in self.move_ids
            if move.state != "cancel" and move._aftersales_is_return()
        )
        return self.quantity_expected - announced

    def _prepare_receipt_move_vals(self, picking):
        """Return the values of the move that takes the goods back.

        :param picking: the receipt
        """
        self.ensure_one()
        quantity = self._get_quantity_to_announce()
        source = self.move_id.location_dest_id or picking.location_id
        vals = {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": self.uom_id.id,
            "location_id": source.id,
            "location_dest_id": picking.location_dest_id.id,
            "partner_id": picking.partner_id.id,
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "to_refund": self.remedy in TAKEN_FOR_GOOD,
            "aftersales_rma_line_id": self.id,
            "sale_line_id": self.sale_line_id.id,
        }
        if self.move_id:
            vals["origin_returned_move_id"] = self.move_id.id
            vals["move_orig_ids"] = [Command.link(self.move_id.id)]
        if self.lot_id or self._is_plain_delivery():
            # Written at once: the platform would look for the delivered goods again.
            vals["move_line_ids"] = [
                Command.create(
                    {
                        "picking_id": picking.id,
                        "product_id": self.product_id.id,
                        "product_uom_id": self.uom_id.id,
                        "lot_id": self.lot_id.id,
                        "quantity": quantity,
                        "location_id": source.id,
                        "location_dest_id": picking.location_dest_id.id,
                        "company_id": self.company_id.id,
                    }
                )
            ]
        return vals

    def _is_plain_delivery(self):
        """Tell whether the goods have neither numbers, owners nor packages."""
        self.ensure_one()
        if not self.move_id or self.product_id.tracking != "none":
            return False
        details = self.move_id.move_line_ids
        return not (details.owner_id or details.result_package_id)
