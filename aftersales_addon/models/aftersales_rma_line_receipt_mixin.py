from odoo import api, models
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

    def _get_vendors(self):
        """Return who sold us the goods, as far as it is known."""
        vendors = self.env["res.partner"]
        for line in self:
            vendor = line.move_id and line.move_id._aftersales_get_vendor()
            vendor = vendor or line.product_id.seller_ids[:1].partner_id
            vendors |= vendor.commercial_partner_id
        return vendors

    def _prepare_receipt_moves(self, picking):
        """Return the values of the moves that take the goods back.

        :param picking: the receipt
        :return: a list of values of ``stock.move``
        """
        self.ensure_one()
        quantity = self._get_quantity_to_announce()
        return [
            self._prepare_receipt_move_vals(
                picking, self.move_id, self.product_id, quantity, self.uom_id
            )
        ]

    def _prepare_receipt_move_vals(self, picking, delivery, product, quantity, unit):
        """Return the values of a move that takes goods back.

        :param picking: the receipt
        :param delivery: the ``stock.move`` that brought them, may be empty
        :param product: ``product.product``
        :param float quantity: in the unit
        :param unit: ``uom.uom``
        """
        self.ensure_one()
        source = delivery.location_dest_id or picking.location_id
        vals = {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": self.company_id.id,
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": unit.id,
            "location_id": source.id,
            "location_dest_id": picking.location_dest_id.id,
            "partner_id": picking.partner_id.id,
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "to_refund": self.remedy in TAKEN_FOR_GOOD,
            "aftersales_rma_line_id": self.id,
            "sale_line_id": self.sale_line_id.id,
        }
        if delivery:
            vals["origin_returned_move_id"] = delivery.id
            vals["move_orig_ids"] = [Command.link(delivery.id)]
        if self.lot_id or self._is_plain_delivery(delivery):
            # Written at once: the platform would look for the delivered goods again.
            vals["move_line_ids"] = [
                Command.create(
                    {
                        "picking_id": picking.id,
                        "product_id": product.id,
                        "product_uom_id": unit.id,
                        "lot_id": self.lot_id.id,
                        "quantity": quantity,
                        "location_id": source.id,
                        "location_dest_id": picking.location_dest_id.id,
                        "company_id": self.company_id.id,
                    }
                )
            ]
        return vals

    def _get_quantity_missing(self, move):
        """Return how much of a receipt's product is still expected, in its unit.

        :param move: ``stock.move``
        """
        self.ensure_one()
        return self.uom_id._compute_quantity(
            self.quantity_expected - self.quantity_received,
            move.product_id.uom_id,
            rounding_method="HALF-UP",
        )

    def _is_number_expected(self, detail):
        """Tell whether a number that came is one that the line can mean.

        :param detail: ``stock.move.line``
        """
        self.ensure_one()
        name = detail.lot_id.name or detail.lot_name
        if detail.product_id.tracking == "none" or not name:
            return True
        if self.lot_id:
            return name == self.lot_id.name
        if self.move_id:
            return name in self.move_id.move_line_ids.lot_id.mapped("name")
        # Bought elsewhere: any number but one that somebody else got from us.
        earlier = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", detail.lot_id.id),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("company_id", "=", self.company_id.id),
            ],
            order="date desc, id desc",
            limit=1,
        )
        owner = earlier.move_id and earlier.move_id._aftersales_get_customer()
        return not owner or (
            owner.commercial_partner_id == self.rma_id.commercial_partner_id
        )

    def _split_off(self, quantity):
        """Give a part of the line a line of its own.

        :param float quantity: in the unit of the line
        :return: the part; the line itself when that is all of it
        """
        self.ensure_one()
        if self.uom_id.compare(quantity, self.quantity) >= 0:
            return self
        self.quantity -= quantity
        return self.copy({"quantity": quantity})

    def _cancel_surplus_receipts(self):
        """Cancel what receipts announce and is not expected any more."""
        for line in self:
            missing = line.quantity_expected - line.quantity_received
            moves = line.move_ids.filtered(
                lambda m: (
                    m.state not in ("done", "cancel") and m._aftersales_is_return()
                )
            )
            for move in moves:
                unit = move.product_uom
                announced = unit._compute_quantity(
                    move.product_uom_qty, line.uom_id, rounding_method="HALF-UP"
                )
                kept = max(min(announced, missing), 0.0)
                missing -= kept
                if line.uom_id.is_zero(kept):
                    move._action_cancel()
                elif line.uom_id.compare(kept, announced) < 0:
                    move.product_uom_qty = line.uom_id._compute_quantity(
                        kept, unit, rounding_method="HALF-UP"
                    )

    @api.model
    def _is_plain_delivery(self, delivery):
        """Tell whether the goods have neither numbers, owners nor packages.

        :param delivery: ``stock.move``, may be empty
        """
        if not delivery or delivery.product_id.tracking != "none":
            return False
        details = delivery.move_line_ids
        return not (details.owner_id or details.result_package_id)
