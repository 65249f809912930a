from odoo import api, models


class AftersalesRma(models.Model):
    """Returns of kits: a part of one is something that came."""

    _inherit = "aftersales.rma"

    @api.depends("line_ids.quantity_to_inspect")
    def _compute_inspection_status(self):
        result = super()._compute_inspection_status()
        for rma in self.filtered(lambda r: r.send_to != "vendor"):
            waits = any(line.quantity_to_inspect for line in rma.line_ids)
            if waits and rma.inspection_status == "none":
                rma.inspection_status = "to_inspect"
            elif waits and rma.inspection_status == "inspected":
                rma.inspection_status = "partial"
        return result

    @api.depends("line_ids.move_ids.state", "line_ids.move_ids.quantity")
    def _compute_statuses(self):
        result = super()._compute_statuses()
        for rma in self.filtered(lambda r: r.receipt_status == "expected"):
            if rma._has_part_received():
                rma.receipt_status = "partial"
        return result

    def _has_part_received(self):
        """Tell whether any part of a kit has come."""
        self.ensure_one()
        kits = self.line_ids.filtered(lambda x: x._get_kit())
        return any(any(line._get_parts_received().values()) for line in kits)

    def _get_cancel_hindrance(self):
        hindrance = super()._get_cancel_hindrance()
        if not hindrance and self._has_part_received():
            return self.env._(
                "Goods of %s have come back already. Send them back or settle the "
                "return instead.",
                self.name,
            )
        return hindrance

    # --- What customers choose on their page ---

    def _get_request_rows(self, moves, customer, lots=None):
        """Offer a kit as what was sold, not its parts one by one."""
        rows = super()._get_request_rows(moves, customer, lots)
        kits, result = set(), []
        for row in rows:
            sold = row["move"].sale_line_id
            if not row["move"].bom_line_id or not sold._aftersales_get_kit():
                result.append(row)
            elif sold not in kits:
                kits.add(sold)
                result.append(self._prepare_kit_row(row, sold, customer))
        return result

    def _prepare_kit_row(self, row, sold, customer):
        """Return the row of a kit in place of one of its parts.

        :param dict row: of the part
        :param sold: the ``sale.order.line`` of the kit
        :param customer: ``res.partner``
        """
        rma = self.sudo().new(
            {"partner_id": customer.id, "company_id": sold.company_id.id}
        )
        line = self.env["aftersales.rma.line"].sudo()
        line = line.new(
            {
                "rma_id": rma.id,
                "product_id": sold.product_id.id,
                "sale_line_id": sold.id,
                "remedy": row["remedies"][0] if row["remedies"] else "refund",
            }
        )
        answer = line._get_eligibility()
        available = sold._aftersales_get_kits_left()
        eligible, reason = answer["eligible"], answer["reason"]
        if available <= 0:
            eligible = False
            reason = self.env._("It came back, or is asked for in a return already.")
        return {
            **row,
            "key": f"{row['move'].id}-0",
            "lot": row["lot"].browse(),
            "asset": row["asset"].browse(),
            "name": sold.product_id.display_name,
            "unit": sold.product_id.uom_id,
            "available": max(available, 0.0),
            "eligible": eligible,
            "reason": reason,
            "kit": sold,
        }

    def _prepare_request_line_vals(self, chosen, values):
        vals = super()._prepare_request_line_vals(chosen, values)
        kit = chosen["row"].get("kit")
        if kit:
            vals.update(
                product_id=kit.product_id.id, sale_line_id=kit.id, move_id=False
            )
        return vals
