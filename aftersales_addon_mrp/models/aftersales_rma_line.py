from odoo import api, models
from odoo.exceptions import UserError

# What is worth the price of the kit, which a part has no share in.
BY_PRICE = ("refund", "credit", "exchange")


class AftersalesRmaLine(models.Model):
    """A kit comes back as its components; what counts is complete kits."""

    _name = "aftersales.rma.line"
    _inherit = ["aftersales.rma.line", "aftersales.rma.line.kit.mixin"]

    # --- How much ---

    def _compute_quantity_received(self):
        result = super()._compute_quantity_received()
        for line in self:
            kit = line._get_kit()
            if kit:
                line.quantity_received = line._count_kits(
                    line._get_parts_received(), kit
                )
        return result

    def _compute_quantity_sent_back(self):
        result = super()._compute_quantity_sent_back()
        for line in self:
            kit = line._get_kit()
            if kit:
                moves = line.sudo().move_ids.filtered(
                    lambda m: m.state == "done" and m._aftersales_is_delivery()
                )
                line.quantity_sent_back = line._count_kits(
                    line._sum_parts(moves, "quantity"), kit
                )
        return result

    def _compute_quantity_inspected(self):
        result = super()._compute_quantity_inspected()
        for line in self:
            kit = line._get_kit()
            if not kit:
                continue
            done = line.disposition_ids.filtered(lambda d: d.state == "done")
            back = done.filtered(lambda d: d._goes_back())
            for field, found in (
                ("quantity_inspected", done),
                ("quantity_to_send_back", back),
            ):
                parts = {
                    product: sum(group.mapped("quantity"))
                    for product, group in found.grouped("product_id").items()
                }
                line[field] = line._count_kits(parts, kit)
        return result

    @api.depends(
        "move_ids.state",
        "move_ids.quantity",
        "disposition_ids.state",
        "disposition_ids.quantity",
    )
    def _compute_quantity_to_inspect(self):
        result = super()._compute_quantity_to_inspect()
        for line in self.filtered(lambda x: x.rma_id.send_to != "vendor"):
            kit = line._get_kit()
            if kit:
                parts = dict(line._get_parts_received())
                for found in line.disposition_ids:
                    if found.state == "done" and found.product_id in parts:
                        parts[found.product_id] -= found.quantity
                line.quantity_to_inspect = line._count_kits(parts, kit, whole=False)
        return result

    def _get_wanted(self, remedies):
        kit = self._get_kit()
        if not kit:
            return super()._get_wanted(remedies)
        totals = {p: need * self._get_base_quantity() for p, need in kit.items()}
        return self._count_settled(remedies, totals, kit)

    def _get_settled_quantity(self, remedies):
        kit = self._get_kit()
        if not kit:
            return super()._get_settled_quantity(remedies)
        return self._count_settled(remedies, self._get_parts_received(), kit)

    def _get_refundable_quantity(self, *args, **kwargs):
        if self._is_kit_part():
            return 0.0
        return super()._get_refundable_quantity(*args, **kwargs)

    # --- What can be asked for ---

    def _check_can_request(self):
        result = super()._check_can_request()
        for line in self:
            if line._is_kit_part() and line.remedy in BY_PRICE:
                raise UserError(
                    self.env._(
                        "%(part)s is a part of %(kit)s, which was sold as a whole. "
                        "Return the kit, or give the customer a repair or a "
                        "replacement of the part.",
                        part=line.product_id.display_name,
                        kit=line.sudo().sale_line_id.product_id.display_name,
                    )
                )
        return result

    def _check_returnable(self):
        result = super()._check_returnable()
        kits = self.sudo().filtered(lambda x: x.sale_line_id and x._get_kit())
        moves = kits.sale_line_id._aftersales_get_kit_moves()
        if not moves:
            return result
        self._mark_deliveries(moves)
        left = moves._aftersales_get_returnable(exclude=self)
        for sold, lines in kits.grouped("sale_line_id").items():
            asked = {}
            for line in lines:
                for product, quantity in line._get_kit_missing().items():
                    asked[product] = asked.get(product, 0.0) + quantity
            for product, quantity in asked.items():
                of_part = moves.filtered(
                    lambda m, s=sold, p=product: (
                        m.sale_line_id == s and m.product_id == p
                    )
                )
                available = sum(sum(left[move].values()) for move in of_part)
                if product.uom_id.compare(quantity, available) > 0:
                    raise UserError(
                        self._explain_too_many(
                            of_part[:1], self.env["stock.lot"], quantity, available
                        )
                    )
        return result

    def _get_delivery_day(self):
        day = super()._get_delivery_day()
        if day or self.move_id:
            return day
        moves = self.sale_line_id._aftersales_get_kit_moves()
        company = self.company_id or self.env.company
        return company._aftersales_day(max(moves.mapped("date"))) if moves else None

    # --- Receipt ---

    def _get_quantity_to_announce(self):
        kit = self._get_kit()
        if not kit:
            return super()._get_quantity_to_announce()
        return self._count_kits(self._get_parts_to_announce(), kit, whole=False)

    def _prepare_receipt_moves(self, picking):
        moves = self.sale_line_id._aftersales_get_kit_moves()
        if self.move_id or not moves or not self._get_kit():
            return super()._prepare_receipt_moves(picking)
        left = moves._aftersales_get_returnable(exclude=self)
        result = []
        for product, quantity in self._get_parts_to_announce().items():
            of_part = moves.filtered(lambda m, p=product: m.product_id == p)
            for move in of_part:
                available = max(sum(left[move].values()), 0.0)
                is_last = move == of_part[-1]
                taken = quantity if is_last else min(quantity, available)
                if product.uom_id.compare(taken, 0.0) <= 0:
                    continue
                vals = self._prepare_receipt_move_vals(
                    picking, move, product, taken, product.uom_id
                )
                result.append({**vals, "bom_line_id": move.bom_line_id.id})
                quantity -= taken
        return result

    def _get_quantity_missing(self, move):
        if not self._get_kit():
            return super()._get_quantity_missing(move)
        return self._get_kit_missing().get(move.product_id, 0.0)

    def _is_number_expected(self, detail):
        parts = self.sale_line_id._aftersales_get_kit_moves()
        name = detail.lot_id.name or detail.lot_name
        of_part = parts.filtered(lambda m: m.product_id == detail.product_id)
        if self.move_id or not of_part or not name:
            return super()._is_number_expected(detail)
        return name in of_part.move_line_ids.lot_id.mapped("name")

    def _cancel_surplus_receipts(self):
        kits = self.filtered(lambda x: x._get_kit())
        for line in kits:
            missing = line._get_kit_missing()
            moves = line.move_ids.filtered(
                lambda m: (
                    m.state not in ("done", "cancel") and m._aftersales_is_return()
                )
            )
            for move in moves:
                kept = min(move.product_qty, missing.get(move.product_id, 0.0))
                missing[move.product_id] = missing.get(move.product_id, 0.0) - kept
                if move.product_id.uom_id.is_zero(kept):
                    move._action_cancel()
                elif kept < move.product_qty:
                    move.product_uom_qty = kept
        return super(AftersalesRmaLine, self - kits)._cancel_surplus_receipts()

    # --- Inspection ---

    def _expects_product(self, product):
        return super()._expects_product(product) or product in self._get_kit()

    def _get_received_by_product(self):
        if not self._get_kit():
            return super()._get_received_by_product()
        return self._get_parts_received()
