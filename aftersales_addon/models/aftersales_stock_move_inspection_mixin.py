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
        lines = self._aftersales_take_out(quantity, lot)
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

    def _aftersales_take_out(self, quantity, lot):
        """Lower what a done receipt has brought.

        :param float quantity: in the unit of the move
        :param lot: ``stock.lot``, may be empty
        :return: the values of the lines that brought it
        """
        self.ensure_one()
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
        return lines

    def _aftersales_receive_other(self, lot, quantity, product, number, note):
        """Correct a done receipt: a part of it was something else.

        :param lot: ``stock.lot`` that the receipt names, may be empty
        :param float quantity: in the unit of the return line
        :param product: ``product.product`` that really came
        :param str number: the serial or lot number that stands on it, may be empty
        :param str note: what was found
        :return: ``aftersales.rma.mismatch``
        """
        self.ensure_one()
        line = self.aftersales_rma_line_id
        expected = line.display_name
        came = line.uom_id._compute_quantity(
            quantity, self.product_uom, rounding_method="HALF-UP"
        )
        details = self._aftersales_take_out(came, lot)
        self._aftersales_correct_done()
        unit = line.uom_id
        if not unit._has_common_reference(product.uom_id):
            unit = product.uom_id
        move = self.create(
            {
                **self._prepare_unexpected_vals(quantity, unit),
                "product_id": product.id,
                "state": "done",
                "date": self.date,
            }
        )
        self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "picking_id": move.picking_id.id,
                "product_id": product.id,
                "product_uom_id": unit.id,
                "quantity": quantity,
                "lot_id": self._aftersales_find_lot(product, number).id,
                "location_id": move.location_id.id,
                "location_dest_id": details[0]["location_dest_id"],
                "result_package_id": details[0]["result_package_id"],
            }
        )
        kind = "serial" if product == self.product_id else "product"
        vals = move._prepare_mismatch_vals(kind, line)
        vals.update(expected=expected, note=note, lot_id=move.move_line_ids.lot_id.id)
        return self.env["aftersales.rma"]._note_mismatches([vals])

    def _aftersales_find_lot(self, product, number):
        """Return the lot of a number that was read, made when it is new.

        :param product: ``product.product``
        :param str number: may be empty
        """
        lots = self.env["stock.lot"]
        if not number:
            return lots
        lot = lots.search(
            [
                ("product_id", "=", product.id),
                ("name", "=", number),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        return lot or lots.create({"product_id": product.id, "name": number})
