from odoo import fields, models
from odoo.fields import Command


class AftersalesStockMoveInspectionMixin(models.AbstractModel):
    """Moves that an inspection of returned goods makes or corrects."""

    _name = "aftersales.stock.move.inspection.mixin"
    _description = "Inspection of a Stock Move"

    aftersales_disposition_id = fields.Many2one(
        "aftersales.rma.disposition",
        string="Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _prepare_merge_moves_distinct_fields(self):
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "aftersales_disposition_id",
        ]

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        vals["aftersales_disposition_id"] = self.aftersales_disposition_id.id
        return vals

    def _aftersales_split_done(self, quantity, lot, to_refund):
        """Correct a part of a done receipt: whether it lowers the order's delivery.

        The receipt is corrected as by hand: its quantity is lowered, and the rest is
        a move of its own of the same receipt.

        :param float quantity: in the unit of the move
        :param lot: ``stock.lot``, may be empty
        :return: the move that holds the part
        """
        self.ensure_one()
        if self.product_uom.compare(quantity, self.quantity) >= 0:
            self.to_refund = to_refund
            return self
        left, lines = quantity, []
        for line in self.move_line_ids.filtered(lambda x: x.lot_id == lot):
            unit = line.product_uom_id
            need = self.product_uom._compute_quantity(left, unit, round=False)
            taken = min(need, line.quantity)
            if unit.compare(taken, 0.0) <= 0:
                break
            [vals] = line.copy_data({"quantity": taken, "move_id": False})
            lines.append(vals)
            left -= unit._compute_quantity(taken, self.product_uom, round=False)
            line.quantity -= taken
        self.product_uom_qty = max(self.product_uom_qty - quantity, 0.0)
        part = self.copy(
            {
                "picking_id": self.picking_id.id,
                "state": "done",
                "product_uom_qty": quantity,
                "to_refund": to_refund,
                "date": self.date,
                "sale_line_id": self.sale_line_id.id,
                "origin_returned_move_id": self.origin_returned_move_id.id,
                "move_orig_ids": [Command.set(self.move_orig_ids.ids)],
                "aftersales_rma_line_id": self.aftersales_rma_line_id.id,
                "move_line_ids": [],
            }
        )
        for vals in lines:
            vals.update(move_id=part.id, picking_id=part.picking_id.id)
        self.env["stock.move.line"].create(lines)
        (self | part)._aftersales_correct_done()
        return part
