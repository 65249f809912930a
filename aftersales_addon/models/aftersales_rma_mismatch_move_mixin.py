from odoo import models
from odoo.fields import Command


class AftersalesRmaMismatchMoveMixin(models.AbstractModel):
    """Where unexpected goods go: the platform's own transfers."""

    _name = "aftersales.rma.mismatch.move.mixin"
    _description = "Moves of Unexpected Goods"

    def _move_to_quarantine(self):
        """Move goods to quarantine at once."""
        for warehouse, group in self.grouped(lambda r: r.rma_id.warehouse_id).items():
            target = warehouse._aftersales_get_quarantine()
            picking = group._create_transfer(warehouse.int_type_id, target)
            moves = group._create_transfer_moves(picking)
            moves.picked = True
            picking._action_done()
            group.location_id = target

    def _prepare_way_back(self):
        """Prepare the deliveries that bring goods back to who sent them.

        :return: ``stock.picking``
        """
        pickings = self.env["stock.picking"]
        for rma, group in self.grouped("rma_id").items():
            address = rma.partner_shipping_id or rma.partner_id
            picking = group._create_transfer(
                rma.warehouse_id.out_type_id,
                group.move_id[:1].location_id,
                partner_id=address.id,
            )
            group._create_transfer_moves(picking)
            pickings |= picking
        return pickings

    def _create_transfer(self, picking_type, target, **vals):
        """Create one transfer for these goods.

        :param picking_type: ``stock.picking.type``
        :param target: ``stock.location``
        """
        rmas = self.rma_id
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": self.location_id[:1].id,
                "location_dest_id": target.id,
                "company_id": self.company_id[:1].id,
                "origin": ", ".join(rmas.mapped("name")[:3]),
                "aftersales_rma_id": rmas.id if len(rmas) == 1 else False,
                **vals,
            }
        )

    def _create_transfer_moves(self, picking):
        """Create and reserve the moves of a transfer.

        :param picking: ``stock.picking``
        """
        moves = self.env["stock.move"].create(
            [row._prepare_transfer_move_vals(picking) for row in self]
        )
        return moves._action_confirm(merge=False)

    def _prepare_transfer_move_vals(self, picking):
        self.ensure_one()
        came = self.move_id.move_line_ids.filtered(lambda x: x.lot_id == self.lot_id)
        # What lies in quarantine was taken out of its package on the way there.
        in_package = self.state == "open"
        base = {
            "picking_id": picking.id,
            "product_id": self.product_id.id,
            "location_id": self.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "company_id": self.company_id.id,
        }
        return {
            **base,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "product_uom": self.uom_id.id,
            "product_uom_qty": self.quantity,
            "partner_id": picking.partner_id.id,
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "to_refund": False,
            # A delivery gives back what a receipt has brought.
            "origin_returned_move_id": self.move_id.id
            if picking.location_dest_id.usage == "customer"
            else False,
            "move_line_ids": [
                Command.create(
                    {
                        **base,
                        "product_uom_id": self.uom_id.id,
                        "quantity": self.quantity,
                        "lot_id": self.lot_id.id,
                        "package_id": in_package and came[:1].result_package_id.id,
                        "owner_id": came[:1].owner_id.id,
                    }
                )
            ],
        }
