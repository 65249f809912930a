from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRmaLineInspectionMixin(models.AbstractModel):
    """How much of a return line was inspected, and what goes back to the customer."""

    _name = "aftersales.rma.line.inspection.mixin"
    _description = "Inspection of a Return Line"

    quantity_inspected = fields.Float(
        string="Inspected",
        digits="Product Unit",
        compute="_compute_quantity_inspected",
        store=True,
    )
    quantity_to_inspect = fields.Float(
        string="To Inspect",
        digits="Product Unit",
        compute="_compute_quantity_to_inspect",
        store=True,
        help="Came and was not inspected yet.",
    )
    quantity_to_send_back = fields.Float(
        string="To Send Back",
        digits="Product Unit",
        compute="_compute_quantity_inspected",
        store=True,
        help="Goes back to the customer, repaired or as it came.",
    )
    quantity_sent_back = fields.Float(
        string="Sent Back",
        digits="Product Unit",
        compute="_compute_quantity_sent_back",
        store=True,
    )

    @api.depends(
        "disposition_ids.state",
        "disposition_ids.quantity",
        "disposition_ids.disposition",
        "disposition_ids.remedy",
    )
    def _compute_quantity_inspected(self):
        for line in self:
            done = line.disposition_ids.filtered(lambda d: d.state == "done")
            back = done.filtered(lambda d: d._goes_back())
            line.quantity_inspected = sum(done.mapped("quantity"))
            line.quantity_to_send_back = sum(back.mapped("quantity"))

    @api.depends("quantity_received", "quantity_inspected", "rma_id.send_to")
    def _compute_quantity_to_inspect(self):
        for line in self:
            if line.rma_id.send_to == "vendor":
                line.quantity_to_inspect = 0.0
                continue
            left = line.quantity_received - line.quantity_inspected
            line.quantity_to_inspect = max(line.uom_id.round(left), 0.0)

    @api.depends("move_ids.state", "move_ids.quantity", "uom_id")
    def _compute_quantity_sent_back(self):
        for line in self:
            # sudo: who may see the return may see what was sent back.
            moves = line.sudo().move_ids.filtered(
                lambda m: m.state == "done" and m._aftersales_is_delivery()
            )
            line.quantity_sent_back = sum(
                move.product_uom._compute_quantity(
                    move.quantity, line.uom_id, rounding_method="HALF-UP"
                )
                for move in moves
            )

    def action_inspect(self):
        """Open the inspection of these goods."""
        self.check_access("read")
        return self.env["aftersales.rma.inspection"]._open(self)

    def _get_received_by_product(self):
        """Return what has come, by product, in the unit that it is inspected in.

        :return: ``{product.product: quantity}``
        """
        self.ensure_one()
        return {self.product_id: self.quantity_received}

    def _get_uninspected(self):
        """Return what has come and was not inspected, by receipt and lot.

        :return: ``{(line, move, lot): quantity in the unit of the line}``
        """
        result = defaultdict(float)
        # sudo: what came follows from receipts that the user may not see.
        for line in self.sudo():
            for move in line.move_ids:
                product = move.product_id
                if (
                    move.state != "done"
                    or not line._expects_product(product)
                    or move.location_dest_id.usage == "supplier"
                    or not move._aftersales_is_return()
                ):
                    continue
                unit = line._get_inspection_unit(product)
                for lot, quantity in move._aftersales_get_quantities().items():
                    result[line, move, lot] += product.uom_id._compute_quantity(
                        quantity, unit, rounding_method="HALF-UP"
                    )
            for found in line.disposition_ids.filtered(lambda d: d.state == "done"):
                result[line, found.move_id, found.lot_id] -= found.quantity
        return {
            key: quantity
            for key, quantity in result.items()
            if key[0].uom_id.compare(quantity, 0.0) > 0
        }

    def _expects_product(self, product):
        """Tell whether goods of a product can have come for the line.

        :param product: ``product.product``
        """
        self.ensure_one()
        return product == self.product_id

    def _get_inspection_unit(self, product):
        """Return the unit in which goods of the line are inspected.

        :param product: ``product.product`` that came
        """
        self.ensure_one()
        return self.uom_id if product == self.product_id else product.uom_id

    def _get_asset(self, lot=None):
        """Return the installed product of the goods, of a lot where it is known.

        :param lot: ``stock.lot``
        """
        self.ensure_one()
        lot = lot or self.lot_id
        if self.asset_id and (not lot or self.asset_id.lot_id == lot):
            return self.asset_id
        if not self.move_id:
            return self.env["aftersales.asset"]
        return self.env["aftersales.asset"].search(
            [("move_id", "=", self.move_id.id), ("lot_id", "=", lot.id)], limit=1
        )

    def _get_settled_quantity(self, remedies):
        """Return how much of what came is settled in one of some ways.

        :param remedies: codes of what the customer gets
        """
        self.ensure_one()
        found = self.disposition_ids
        decided = found.filtered(lambda d: d.remedy in remedies)
        quantity = sum(decided.mapped("quantity"))
        if self.remedy in remedies:
            rest = self.quantity_received - sum(found.mapped("quantity"))
            quantity += max(rest, 0.0)
        return quantity

    def _check_not_settled_otherwise(self):
        """Refuse an inspection that contradicts what the customer has got."""
        for line in self:
            if line.uom_id.compare(line.quantity_refunded, line.quantity_to_refund) > 0:
                raise UserError(
                    self.env._(
                        "%s was refunded already. Cancel the credit note first, or "
                        "let the customer keep the money.",
                        line.display_name,
                    )
                )
