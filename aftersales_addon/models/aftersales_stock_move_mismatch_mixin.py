from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError


class AftersalesStockMoveMismatchMixin(models.AbstractModel):
    """Receipts of returns that bring something else than was announced."""

    _name = "aftersales.stock.move.mismatch.mixin"
    _description = "Unexpected Goods of a Stock Move"

    def _action_done(self, cancel_backorder=False):
        vals_list = self._aftersales_set_apart()
        extra = self.browse([vals["move_id"] for vals in vals_list])
        moves = super(AftersalesStockMoveMismatchMixin, self | extra)._action_done(
            cancel_backorder=cancel_backorder
        )
        done = []
        for vals in vals_list:
            move = extra.browse(vals["move_id"])
            if move.state == "done":
                # A number that was typed in has its record only now.
                vals["lot_id"] = move.move_line_ids.lot_id.id
                done.append(vals)
        self.env["aftersales.rma"]._note_mismatches(done)
        return moves

    def _aftersales_check_numbers(self):
        """Refuse to receive goods as announced whose numbers nobody has read."""
        for move in self.filtered(lambda m: m.product_id.tracking != "none"):
            details = move.move_line_ids
            if not details or any(not (x.lot_id or x.lot_name) for x in details):
                raise UserError(
                    self.env._(
                        "Which number of %(goods)s came with %(receipt)s? Receive it "
                        "by itself and scan the number.",
                        goods=move.product_id.display_name,
                        receipt=move.picking_id.name,
                    )
                )

    def _aftersales_set_apart(self):
        """Move what was not announced to moves of its own, before it is received.

        :return: a list of values of ``aftersales.rma.mismatch``
        """
        # sudo: warehouse users need no rights on returns.
        receipts = self.sudo().filtered(
            lambda m: (
                m.state not in ("done", "cancel")
                and m.picked
                and m.picking_id.aftersales_rma_id
                and m.location_dest_id.usage == "internal"
                and m._aftersales_is_return()
            )
        )
        receipts._aftersales_find_typed_lots()
        left, result = {}, []
        for move in receipts:
            for kind, parts in move._aftersales_find_unexpected(left).items():
                result += move._aftersales_split_unexpected(kind, parts)
        return result

    def _aftersales_find_typed_lots(self):
        """Take numbers that were typed in for those that are known already."""
        typed = self.move_line_ids.filtered(lambda x: x.lot_name and not x.lot_id)
        if not typed:
            return
        lots = self.env["stock.lot"].search(
            [
                ("name", "in", typed.mapped("lot_name")),
                ("product_id", "in", typed.product_id.ids),
            ]
        )
        known = {(lot.product_id, lot.name): lot for lot in lots}
        for detail in typed:
            lot = known.get((detail.product_id, detail.lot_name))
            if lot and lot.company_id in (lot.company_id.browse(), detail.company_id):
                detail.lot_id = lot

    def _aftersales_find_unexpected(self, left):
        """Tell what of a receipt was not announced.

        :param dict left: what is still expected, ``{(return line, product):
            quantity in its unit}``; filled in and lowered here
        :return: ``{kind: [(move line, quantity in its unit)]}``
        """
        self.ensure_one()
        line, result = self.aftersales_rma_line_id, defaultdict(list)
        details = self.move_line_ids.filtered(lambda x: x.picked and x.quantity > 0)
        if not line:
            known = self.picking_id.aftersales_rma_id.line_ids.product_id
            kind = "product"
            if self.product_id in known:
                kind = "excess" if self.product_id.tracking == "none" else "serial"
            result[kind] = [(x, x.quantity) for x in details]
            return result
        unit, key = self.product_id.uom_id, (line, self.product_id)
        if key not in left:
            left[key] = line._get_quantity_missing(self)
        for detail in details:
            if not line._is_number_expected(detail):
                result["serial"].append((detail, detail.quantity))
                continue
            quantity = detail.product_uom_id._compute_quantity(
                detail.quantity, unit, rounding_method="HALF-UP"
            )
            over = unit.round(quantity - max(left[key], 0.0))
            left[key] -= quantity
            if unit.compare(over, 0.0) > 0:
                over = unit._compute_quantity(
                    over, detail.product_uom_id, rounding_method="HALF-UP"
                )
                result["excess"].append((detail, over))
        return result

    def _aftersales_split_unexpected(self, kind, parts):
        """Give unexpected goods moves of their own, one for each number.

        :param str kind: of ``aftersales.rma.mismatch``
        :param list parts: ``(move line, quantity in its unit)``
        :return: a list of values of ``aftersales.rma.mismatch``
        """
        line, result = self.aftersales_rma_line_id, []
        for detail, quantity in parts:
            move = self.create(
                self._prepare_unexpected_vals(quantity, detail.product_uom_id)
            )
            if detail.product_uom_id.compare(quantity, detail.quantity) >= 0:
                detail.move_id = move
            else:
                rest = detail.quantity - quantity
                [vals] = detail.copy_data({"move_id": move.id, "quantity": quantity})
                detail.quantity = rest
                self.env["stock.move.line"].sudo().create(
                    {**vals, "lot_name": detail.lot_name}
                )
            move.move_line_ids.picked = True
            move.picked = True
            result.append(move._prepare_mismatch_vals(kind, line))
        if not line and not self.move_line_ids:
            # What a person added is all on moves of its own now.
            self.product_uom_qty = 0.0
        return result

    def _prepare_unexpected_vals(self, quantity, unit):
        """Return the values of the move of unexpected goods.

        It names neither an order nor a delivery: nothing follows from it.

        :param float quantity: in the unit
        :param unit: ``uom.uom``
        """
        return {
            "picking_id": self.picking_id.id,
            "picking_type_id": self.picking_type_id.id,
            "warehouse_id": self.warehouse_id.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "product_uom": unit.id,
            "product_uom_qty": quantity,
            "location_id": self.location_id.id,
            "location_dest_id": self.location_dest_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.origin,
            "procure_method": "make_to_stock",
            "to_refund": False,
            "state": "assigned",
            "additional": True,
        }

    def _prepare_mismatch_vals(self, kind, line):
        """Return the values of the record that a person decides on.

        :param str kind: of ``aftersales.rma.mismatch``
        :param line: ``aftersales.rma.line`` that expected something else
        """
        rma = self.picking_id.aftersales_rma_id
        if not line:
            open_lines = rma.line_ids.filtered(
                lambda x: x.uom_id.compare(x.quantity_expected, x.quantity_received) > 0
            )
            same = open_lines.filtered(lambda x: x.product_id == self.product_id)
            line = same[:1] or (
                open_lines if len(open_lines) == 1 else open_lines.browse()
            )
        return {
            "rma_id": rma.id,
            "kind": kind,
            "line_id": line.id,
            "expected": line.display_name if line else False,
            "move_id": self.id,
            "product_id": self.product_id.id,
            "quantity": sum(self.move_line_ids.mapped("quantity")),
            "uom_id": self.product_uom.id,
            "location_id": self.move_line_ids[:1].location_dest_id.id,
        }
