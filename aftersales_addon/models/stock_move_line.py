from odoo import api, fields, models

from ..const import READ_GROUPS


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    aftersales_coverage_label = fields.Char(
        string="Warranty",
        compute="_compute_aftersales_coverage_label",
        groups=READ_GROUPS,
    )

    @api.depends("move_id", "lot_id")
    @api.depends_context("lang")
    def _compute_aftersales_coverage_label(self):
        assets = self.env["aftersales.asset"].search(
            [("move_id", "in", self.move_id.ids)]
        )
        labels = {(a.move_id, a.lot_id): a.coverage_label for a in assets}
        for line in self:
            unit = (line.move_id._origin, line.lot_id._origin)
            line.aftersales_coverage_label = labels.get(unit, False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        done = lines.filtered(lambda line: line.state == "done")
        done.move_id._aftersales_correct_done()
        return lines

    def write(self, vals):
        """Follow corrections of deliveries that are done already."""
        if not {"lot_id", "quantity", "product_uom_id"} & vals.keys():
            return super().write(vals)
        done = self.filtered(lambda line: line.state == "done")
        if done and vals.get("lot_id"):
            done._aftersales_correct_lot(vals["lot_id"])
        result = super().write(vals)
        done.move_id._aftersales_correct_done()
        return result

    def _aftersales_correct_lot(self, lot_id):
        """Give the installed products of done lines the lot that was really sent."""
        # sudo: warehouse users correct deliveries; only the lot is taken over.
        assets = self.env["aftersales.asset"].sudo()
        lot = self.env["stock.lot"].browse(lot_id)
        for line in self:
            asset = assets.search(
                [("move_id", "=", line.move_id.id), ("lot_id", "=", line.lot_id.id)]
            )
            if asset and line.lot_id != lot:
                asset._correct_lot(lot)
