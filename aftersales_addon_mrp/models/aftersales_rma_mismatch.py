from odoo import models
from odoo.exceptions import UserError


class AftersalesRmaMismatch(models.Model):
    """Another unit of a part of a kit may stand for the one that was expected."""

    _inherit = "aftersales.rma.mismatch"

    def _accept(self):
        line = self.line_id
        kit = line and line._get_kit()
        if not kit:
            return super()._accept()
        if self.product_id not in kit:
            raise UserError(
                self.env._(
                    "%(came)s is no part of %(kit)s. Add it as a line of its own.",
                    came=self.product_id.display_name,
                    kit=line.product_id.display_name,
                )
            )
        missing = line._get_kit_missing()[self.product_id]
        quantity = self.uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
        if self.product_id.uom_id.compare(quantity, missing) > 0:
            raise UserError(
                self.env._(
                    "Only %(missing)s of %(goods)s are still expected. Add what came "
                    "as a line of its own, or send it back.",
                    missing=self.product_id.uom_id._aftersales_format(missing),
                    goods=self.product_id.display_name,
                )
            )
        parts = line.sale_line_id._aftersales_get_kit_moves().filtered(
            lambda m: m.product_id == self.product_id
        )
        self.move_id.bom_line_id = parts[:1].bom_line_id
        self._link_receipt(line)
        line._cancel_surplus_receipts()
        self._end("accepted", result_line_id=line.id)
        self._tell_customer()
        return None
