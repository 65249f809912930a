from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_addon.tools.periods import add_period


class Receipt(NamedTuple):
    """Goods that a vendor has sent, with what they promised."""

    move: object
    vendor: object
    day: date
    end: date | None
    """The last day on which the vendor pays; None without a warranty."""
    terms: dict

    def covers(self, day):
        """Tell whether the vendor pays for a defect of that day."""
        return bool(self.end) and day <= self.end


class AftersalesVendorReceiptMixin(models.AbstractModel):
    """Finds from whom, and when, a unit at a customer was received.

    A unit with a serial number or of a lot: by the receipts of that number. Goods that
    the vendor has sent straight to the customer: by that delivery. Goods without a
    number: by the last receipt of the product from each vendor before the delivery.
    """

    _name = "aftersales.vendor.receipt.mixin"
    _description = "Receipts of a Unit"

    def _get_vendor_receipts(self):
        """Return the receipts that each unit may come from, the latest first.

        :return: ``{aftersales.asset: [Receipt, …]}``
        """
        # sudo: whether a vendor pays is told to people without rights on receipts.
        assets = self.sudo()
        moves = defaultdict(lambda: self.env["stock.move"].sudo())
        direct = assets.filtered(lambda a: a.move_id.location_id.usage == "supplier")
        for asset in direct:
            moves[asset.id] = asset.move_id
        numbered = (assets - direct).filtered("lot_id")
        by_lot = numbered._get_moves_by_lot()
        for asset in numbered:
            moves[asset.id] = asset._leave_out_later_receipts(
                by_lot[asset.company_id, asset.lot_id]
            )
        plain = assets - direct - numbered
        for asset_id, found in plain._get_moves_by_product().items():
            moves[asset_id] = found
        every = self.env["stock.move"].sudo().union(*moves.values())
        # A receipt that was made before the terms were entered takes those of today.
        current = every.filtered(
            lambda m: not m.aftersales_vendor_terms
        )._aftersales_get_current_terms()
        made = {move: self._make_receipt(move, current) for move in every}
        return {
            asset: sorted(
                (made[move] for move in moves[asset.id]),
                key=lambda r: (r.day, r.move.id),
                reverse=True,
            )
            for asset in self
        }

    def _make_receipt(self, move, current):
        terms = move.aftersales_vendor_terms or current.get(move) or {}
        day = move.company_id._aftersales_day(move.date)
        end = add_period(day, terms["count"], terms["unit"]) if terms else None
        return Receipt(move, move._aftersales_get_vendor(), day, end, terms)

    def _get_moves_by_lot(self):
        """Return the receipts of lots: ``{(company, lot): stock.move}``."""
        # sudo: as in _get_vendor_receipts.
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_id.ids),
                    ("state", "=", "done"),
                    ("company_id", "in", self.company_id.ids),
                    "|",
                    ("location_id.usage", "=", "supplier"),
                    ("location_dest_id.usage", "=", "supplier"),
                ]
            )
        )
        result = defaultdict(lambda: self.env["stock.move"].sudo())
        groups = lines.grouped(lambda line: (line.company_id, line.lot_id))
        for key, found in groups.items():
            moves = found.move_id.sorted(lambda m: (m.date, m.id))
            result[key] = self._keep_receipts(moves, found.product_id.tracking)
        return result

    def _leave_out_later_receipts(self, moves):
        """Keep the receipts of a lot that this delivery can have come from.

        What came in later can only have gone to others. Should all receipts be later,
        they were entered late, and any of them may be meant.
        """
        self.ensure_one()
        day = self.delivery_date
        if not day or self.product_id.tracking != "lot":
            return moves
        earlier = moves.filtered(lambda m: m.company_id._aftersales_day(m.date) <= day)
        return earlier or moves

    @api.model
    def _keep_receipts(self, moves, tracking):
        """Return the receipts under which goods are still ours.

        A serial number that went back to its vendor came from nowhere, until the
        vendor sends it again: then the first receipt holds on.

        :param moves: the moves from and to vendors, the oldest first
        """
        kept = gone = moves.browse()
        for move in moves:
            if move._aftersales_is_receipt():
                kept |= move
            elif tracking == "serial" and move.location_dest_id.usage == "supplier":
                kept, gone = moves.browse(), kept
            elif move.location_id.usage == "supplier":
                kept |= gone
        return kept

    def _get_moves_by_product(self):
        """Return the last receipt from each vendor: ``{asset id: stock.move}``."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, (ARRAY_AGG(m.id ORDER BY m.date DESC, m.id DESC))[1]
                  FROM aftersales_asset a
                  JOIN stock_move m ON m.product_id = a.product_id
                   AND m.company_id = a.company_id
                   AND m.state = 'done'
                   AND m.date < a.delivery_date + INTERVAL '2 days'
                  JOIN stock_location source ON source.id = m.location_id
                   AND source.usage = 'supplier'
                  JOIN stock_location target ON target.id = m.location_dest_id
                   AND target.usage NOT IN ('supplier', 'customer')
                  JOIN stock_picking p ON p.id = m.picking_id
                  JOIN res_partner v ON v.id = p.partner_id
                 WHERE a.id IN %s
                 GROUP BY a.id, v.commercial_partner_id
                """,
                tuple(self.ids),
            )
        )
        result = defaultdict(lambda: self.env["stock.move"].sudo())
        for asset_id, move_id in rows:
            result[asset_id] |= self.env["stock.move"].sudo().browse(move_id)
        return result

    def _narrow_receipts(self, receipts, day):
        """Return who pays us for a defect of a day, or why nobody does.

        :param receipts: from ``_get_vendor_receipts``, the latest first
        :param date day: the day on which the defect was reported
        :return: the receipts whose term covers the day, the last one of each vendor,
            and in words why there are none
        """
        latest = {}
        for receipt in receipts:
            if receipt.covers(day):
                latest.setdefault(receipt.vendor, receipt)
        reason = None if latest else self._explain_no_recourse(receipts)
        return list(latest.values()), reason

    def _explain_no_recourse(self, receipts):
        if not receipts:
            return self.env._("No receipt from a supplier is known for this unit.")
        over = [receipt for receipt in receipts if receipt.end]
        if not over:
            return self.env._(
                "%s gives no warranty on this product.", receipts[0].vendor.name
            )
        last = max(over, key=lambda receipt: receipt.end)
        return self.env._(
            "The warranty of %(vendor)s ended on %(day)s.",
            vendor=last.vendor.name,
            day=self.env["aftersales.asset"]._format_day(last.end),
        )

    def _get_vendor_today(self):
        """Return the company's day for each unit; today where there is no company."""
        days = self.company_id._aftersales_today_by_company()
        return {a: days.get(a.company_id) or fields.Date.today() for a in self}
