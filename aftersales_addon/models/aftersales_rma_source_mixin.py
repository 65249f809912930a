from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What a request says; once sent, it is decided as it is.
REQUESTED = {
    "rma_id",
    "product_id",
    "lot_id",
    "move_id",
    "sale_line_id",
    "asset_id",
    "uom_id",
    "quantity",
}


class AftersalesRmaSourceMixin(models.AbstractModel):
    """From which delivery goods come back, and how many of it still can."""

    _name = "aftersales.rma.source.mixin"
    _description = "Source of a Return Line"

    @api.model_create_multi
    def create(self, vals_list):
        self._complete_source(vals_list)
        lines = super().create(vals_list)
        if not self.env.su:
            lines._check_no_late_line()
        return lines

    def write(self, vals):
        """Keep what was asked for as it is once the request was sent."""
        frozen = vals.keys() & REQUESTED
        if frozen and not self.env.su:
            self._check_no_late_line()
        return super().write(vals)

    @api.model
    def _complete_source(self, vals_list):
        """Fill in what follows from the unit, the delivery or the order line."""
        env = self.sudo().env
        assets = env["aftersales.asset"].browse(
            [vals["asset_id"] for vals in vals_list if vals.get("asset_id")]
        )
        assets.fetch(["move_id", "product_id", "lot_id"])
        for vals in vals_list:
            asset = env["aftersales.asset"].browse(vals.get("asset_id"))
            if asset:
                vals.setdefault("product_id", asset.product_id.id)
                vals.setdefault("lot_id", asset.lot_id.id)
                vals.setdefault("move_id", asset.move_id.id)
            move = env["stock.move"].browse(vals.get("move_id"))
            if move:
                vals.setdefault("product_id", move.product_id.id)
                vals.setdefault("sale_line_id", move.sale_line_id.id)

    def _check_no_late_line(self):
        """A request that was sent is decided as it is."""
        late = self.filtered(lambda x: x.state not in ("draft", False))
        if late:
            raise UserError(
                self.env._(
                    "%s was requested already. Cancel it, or open a new return.",
                    late.rma_id[:1].name,
                )
            )

    def _get_owners(self):
        """Return the companies that the goods were delivered to."""
        self.ensure_one()
        owners = self.sale_line_id.order_id.partner_id.commercial_partner_id
        if self.asset_id:
            return self.asset_id.commercial_partner_id
        if self.move_id:
            partner = self.move_id.partner_id or self.move_id.picking_id.partner_id
            owners |= partner.commercial_partner_id
        return owners

    def _check_returnable(self):
        """Refuse more than is left of the deliveries, whoever asks at the same time.

        Each request marks the deliveries that it takes from. Two requests in the same
        second therefore meet on those rows: the second is told by the database that
        its view is old, and is tried again by the platform with what is left.
        """
        moves = self.sudo().move_id
        if not moves:
            return
        self._mark_deliveries(moves)
        left = moves._aftersales_get_returnable(exclude=self)
        asked = defaultdict(float)
        for line in self.filtered("move_id"):
            key = (line.move_id, line.lot_id)
            # What a raised line has brought already is off the delivery already.
            came = line.uom_id._compute_quantity(
                line.quantity_received, line.product_id.uom_id, round=False
            )
            asked[key] += line._get_base_quantity() - came
        for (move, lot), quantity in asked.items():
            available = move.sudo()._aftersales_get_left(left, lot)
            if move.product_id.uom_id.compare(quantity, available) > 0:
                raise UserError(self._explain_too_many(move, lot, quantity, available))

    @api.model
    def _mark_deliveries(self, moves):
        """Mark deliveries that goods are taken from, so that two requests meet.

        :param moves: ``stock.move``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_move AS move
                   SET aftersales_request_number = move.aftersales_request_number + 1
                  FROM (SELECT id FROM stock_move WHERE id IN %s
                         ORDER BY id FOR NO KEY UPDATE) AS locked
                 WHERE move.id = locked.id
                """,
                tuple(sorted(moves.ids)),
            )
        )

    def _explain_too_many(self, move, lot, quantity, available):
        goods = move.product_id.display_name
        if lot:
            goods = f"{goods} – {lot.name}"
        unit = move.product_id.uom_id
        return self.env._(
            "%(asked)s %(unit)s of %(goods)s cannot come back: %(left)s are left of "
            "what %(delivery)s brought, after what came back and what is asked for "
            "already. Lower the quantity.",
            asked=unit._aftersales_format(quantity),
            unit=unit.name,
            goods=goods,
            left=unit._aftersales_format(max(available, 0.0)),
            delivery=move.sudo().reference or "",
        )
