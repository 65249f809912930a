from odoo import models


class AftersalesRmaStart(models.TransientModel):
    """A kit is offered as what was sold, not its parts one by one."""

    _inherit = "aftersales.rma.start"

    def _prepare_lines(self, moves, lots=None, assets=None):
        rows = super()._prepare_lines(moves, lots, assets)
        if lots or assets:
            # One unit is asked for: a part of a kit by itself.
            return rows
        kits, result = set(), []
        for vals in rows:
            move = moves.browse(vals["move_id"])
            sold = move.sale_line_id
            if not move.bom_line_id or not sold._aftersales_get_kit():
                result.append(vals)
                continue
            if sold in kits:
                continue
            kits.add(sold)
            left = sold._aftersales_get_kits_left()
            if left:
                vals.update(
                    kit_line_id=sold.id,
                    lot_id=False,
                    asset_id=False,
                    available=left,
                    quantity=0.0,
                )
                result.append(vals)
        if len(result) == 1:
            result[0]["quantity"] = result[0]["available"]
        return result

    def _prepare_rma_line_vals(self, line):
        vals = super()._prepare_rma_line_vals(line)
        if line.kit_line_id:
            vals.update(sale_line_id=line.kit_line_id.id, move_id=False)
        return vals
