from odoo import api, fields, models


class AftersalesStockMoveVisitMixin(models.AbstractModel):
    """Moves of parts that technicians put in on their visits."""

    _name = "aftersales.stock.move.visit.mixin"
    _description = "Part of a Visit on a Stock Move"

    aftersales_visit_part_id = fields.Many2one(
        "aftersales.visit.part",
        string="Part of a Visit",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )

    @api.depends("aftersales_visit_part_id")
    def _compute_reference(self):
        result = super()._compute_reference()
        for move in self:
            # sudo: the number of the visit that a move is for.
            visit = move.sudo().aftersales_visit_part_id.visit_id
            if visit:
                move.reference = visit.number
        return result

    def _aftersales_do_part(self):
        """Do the moves of parts: what is not reserved is taken all the same.

        Whether there is enough is checked before, and may be overruled on purpose.
        """
        moves = self.filtered(lambda m: m.state not in ("done", "cancel"))
        moves.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [move._aftersales_prepare_part_line() for move in moves]
        )
        moves.picked = True
        return moves._action_done()

    def _aftersales_prepare_part_line(self):
        self.ensure_one()
        return {
            "move_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom.id,
            "quantity": self.product_uom_qty,
            "location_id": self.location_id.id,
            "location_dest_id": self.location_dest_id.id,
            "lot_id": self.aftersales_visit_part_id.lot_id.id,
            "company_id": self.company_id.id,
        }
