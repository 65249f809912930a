from odoo import api, fields, models


class AftersalesOrderLineRmaMixin(models.AbstractModel):
    """An order line that replaces returned goods, free or in exchange."""

    _name = "aftersales.order.line.rma.mixin"
    _description = "Order Line of a Return"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        string="Replaces the Return",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    aftersales_is_free = fields.Boolean(
        string="Free Replacement",
        readonly=True,
        copy=False,
        help="Given in place of returned goods. It is invoiced only when those do not "
        "come.",
    )

    @api.depends("aftersales_is_free", "aftersales_rma_line_id.date_charged")
    def _compute_discount(self):
        result = super()._compute_discount()
        for line in self.filtered("aftersales_is_free"):
            # sudo: whether the replacement is charged, for whoever sells.
            if not line.sudo().aftersales_rma_line_id.date_charged:
                line.discount = 100.0
            elif line.discount == 100.0:
                line.discount = 0.0
        return result

    @api.depends(
        "aftersales_is_free",
        "aftersales_rma_line_id.date_charged",
        "aftersales_rma_line_id.quantity_received",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.to_refund",
    )
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self:
            if line.state == "sale" and line.product_id.invoice_policy == "order":
                # What was ordered and came back is not to be invoiced any more.
                line.qty_to_invoice -= line._aftersales_get_taken_back()
        for line in self.filtered("aftersales_is_free"):
            if line.state == "sale":
                charged = line._aftersales_get_charged()
                line.qty_to_invoice = charged - line.qty_invoiced
        return result

    def _aftersales_get_taken_back(self):
        """Return how much came back for good by returns, in the line's unit."""
        self.ensure_one()
        # sudo: whoever sells need not have rights on the warehouse.
        moves = self.sudo().move_ids.filtered(
            lambda m: m.state == "done" and m.to_refund and m.aftersales_rma_line_id
        )
        quantity = 0.0
        for move in moves:
            sign = 1 if move._aftersales_is_return() else -1
            quantity += sign * move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
        return quantity

    def _aftersales_get_charged(self):
        """Return how much of a free replacement the customer pays after all.

        What was sent in advance and whose old unit came in time, or late, is free.
        """
        self.ensure_one()
        # sudo: as for the discount.
        returned = self.sudo().aftersales_rma_line_id
        if not returned.date_charged:
            return 0.0
        missing = max(returned.quantity - returned.quantity_received, 0.0)
        in_unit = returned.uom_id._compute_quantity(
            missing, self.product_uom_id, rounding_method="HALF-UP"
        )
        return min(in_unit, self.qty_delivered)

    def _aftersales_in_unit(self, quantity, rma_line):
        """Return a quantity of the line in the unit of the return line.

        :param rma_line: ``aftersales.rma.line``
        """
        self.ensure_one()
        if not self.product_uom_id._has_common_reference(rma_line.uom_id):
            # Another product with another unit is given one for one.
            return quantity
        return self.product_uom_id._compute_quantity(
            quantity, rma_line.uom_id, rounding_method="HALF-UP"
        )

    def _aftersales_get_remedy(self):
        self.ensure_one()
        return "replacement" if self.aftersales_is_free else "exchange"

    def _aftersales_get_rma_note(self):
        """Return why the line is there, in the customer's language."""
        self.ensure_one()
        line = self.with_context(lang=self.order_id._get_lang())
        returned = line.aftersales_rma_line_id
        values = {"rma": returned.rma_id.name, "goods": returned.display_name}
        if self.aftersales_is_free:
            return line.env._("Replaces %(goods)s (%(rma)s), free of charge.", **values)
        return line.env._("In exchange for %(goods)s (%(rma)s).", **values)
