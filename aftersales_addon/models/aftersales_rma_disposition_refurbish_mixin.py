from odoo import models
from odoo.fields import Command


class AftersalesRmaDispositionRefurbishMixin(models.AbstractModel):
    """Returned goods that are sold on as another product."""

    _name = "aftersales.rma.disposition.refurbish.mixin"
    _description = "Refurbishing of Returned Goods"

    def _execute_refurbish(self):
        vals_list = []
        for found in self:
            lot = found._get_refurbished_lot()
            workshop = found.product_id.with_company(
                found.company_id
            ).property_stock_production
            target = found._get_warehouse().lot_stock_id
            product = found.refurbish_product_id
            target = target._get_putaway_strategy(product, found.quantity)
            source, package, owner = found._get_place()
            place = {"package_id": package.id, "owner_id": owner.id}
            vals_list += [
                found._prepare_done_vals(
                    found.product_id, found.lot_id, source, workshop, **place
                ),
                found._prepare_done_vals(product, lot, workshop, target),
            ]
        moves = self.env["stock.move"].create(vals_list)
        moves._action_confirm(merge=False)
        moves.picked = True
        moves._action_done()
        for gone, new in zip(moves[::2], moves[1::2], strict=True):
            if new.product_id.cost_method != "standard" and gone.value:
                # What it was worth goes on with what it became.
                new.value_manual = gone.value

    def _prepare_done_vals(self, product, lot, source, target, **place):
        """Return the values of a move of these goods that is done at once.

        :param product: ``product.product``
        :param lot: ``stock.lot``, may be empty
        :param source: ``stock.location``
        :param target: ``stock.location``
        """
        self.ensure_one()
        base = {
            "product_id": product.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
        }
        line = {
            **base,
            **place,
            "product_uom_id": self.uom_id.id,
            "lot_id": lot.id,
            "quantity": self.quantity,
        }
        return {
            **base,
            "product_uom": self.uom_id.id,
            "product_uom_qty": self.quantity,
            "origin": self.rma_id.name,
            "aftersales_disposition_id": self.id,
            "move_line_ids": [Command.create(line)],
        }

    def _get_refurbished_lot(self):
        """Return the lot of the product that refurbished goods become."""
        self.ensure_one()
        product, name = self.refurbish_product_id, self.lot_id.name
        Lot = self.env["stock.lot"]
        if product.tracking == "none":
            return Lot
        name = name or self.rma_id.name
        lot = Lot.search(
            [
                ("product_id", "=", product.id),
                ("name", "=", name),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        return lot or Lot.create({"product_id": product.id, "name": name})
