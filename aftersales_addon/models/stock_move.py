from collections import defaultdict

from odoo import models
from odoo.fields import Command, Domain


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = [
        "aftersales.stock.move.case.mixin",
        "aftersales.stock.move.rma.mail.mixin",
        "aftersales.stock.move.mismatch.mixin",
        "aftersales.stock.move.rma.mixin",
        "aftersales.stock.move.repair.mixin",
        "aftersales.stock.move.inspection.mixin",
        "aftersales.stock.move.chain.mixin",
        "aftersales.stock.move.visit.mixin",
        "stock.move",
        "aftersales.asset.holder.mixin",
    ]

    _aftersales_asset_field = "move_id"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # The result may also hold moves that stayed undone, or were cancelled.
        moves.filtered(lambda m: m.state == "done")._aftersales_process_done()
        return moves

    def write(self, vals):
        """Follow corrections of moves that are done already."""
        if not {"date", "to_refund"} & vals.keys():
            return super().write(vals)
        done = self.filtered(lambda m: m.state == "done")
        result = super().write(vals)
        if done and "to_refund" in vals:
            done._aftersales_sync_done()
        elif done:
            # sudo: as in _aftersales_process_done. Each delivery comes by here: its
            # picking dates the moves again once they are done.
            assets = self.env["aftersales.asset"].sudo()
            assets.search([("move_id", "in", done.ids)])._sync_delivery_day()
        return result

    def _aftersales_is_delivery(self):
        """Tell whether the move brings goods to a customer.

        Only the last of the moves of a two- or three-step delivery does; a dropship
        from the supplier does too.
        """
        self.ensure_one()
        return (
            self.location_dest_id.usage == "customer"
            and self.location_id.usage != "customer"
        )

    def _aftersales_is_return(self):
        """Tell whether the move takes goods back from a customer."""
        self.ensure_one()
        return (
            self.location_id.usage == "customer"
            and self.location_dest_id.usage != "customer"
        )

    def _aftersales_process_done(self, asset_vals=None):
        """Keep installed products in line with these done moves.

        Safe to call again for the same moves: nothing is created or counted twice.

        :param dict asset_vals: more values for the installed products to create
        :return: the installed products that were created
        """
        # sudo: warehouse users deliver without rights on installed products; what is
        # written follows from the moves alone.
        moves = self.sudo().filtered(
            lambda m: m._aftersales_is_delivery() or m._aftersales_is_return()
        )
        created = []
        for wave in moves._aftersales_split_in_waves():
            deliveries = wave.filtered(lambda m: m._aftersales_is_delivery())
            created += deliveries._aftersales_create_assets(asset_vals)._ids
            returns = wave - deliveries
            affected = returns._aftersales_link_returns()
            affected |= deliveries._aftersales_get_returned_assets()
            affected._sync_with_stock()
        return self.env["aftersales.asset"].sudo().browse(created)

    def _aftersales_correct_done(self):
        """Follow a correction of moves that were done before."""
        if not self:
            return
        self._aftersales_process_done()
        self._aftersales_sync_done()

    def _aftersales_sync_done(self):
        """Bring the installed products that are known in line with done moves."""
        # sudo: as in _aftersales_process_done.
        moves = self.sudo()
        assets = moves.env["aftersales.asset"].search(
            ["|", ("move_id", "in", self.ids), ("return_move_ids", "in", self.ids)]
        )
        assets |= moves._aftersales_get_returned_assets()
        assets._sync_delivered()
        assets._sync_delivery_day()

    def _aftersales_split_in_waves(self):
        """Split moves so that what touches the same units comes in order of time.

        A delivery is one wave. Years of history, with units that went out, came back
        and went out again, take as many waves as the most travelled unit has moves.
        """
        waves = defaultdict(list)
        last_wave = defaultdict(int)
        for move in self.sorted(lambda m: (m.date, m.id)):
            waits_for, leaves = move._aftersales_get_wave_keys()
            number = max(last_wave[key] for key in waits_for) + 1
            for key in leaves:
                last_wave[key] = max(last_wave[key], number)
            waves[number].append(move.id)
        return [self.browse(waves[number]) for number in sorted(waves)]

    def _aftersales_get_wave_keys(self):
        """Return what the move has to wait for, and what has to wait for the move.

        A serial number goes from hand to hand: all its moves wait for each other.
        Deliveries of one lot, or for one order line, need not: only the returns that
        name no delivery take from all of them.

        :return: two lists of keys
        """
        self.ensure_one()
        origin = self.origin_returned_move_id
        lots = [("lot", lot.id) for lot in self.move_line_ids.lot_id]
        line = [("line", self.sale_line_id.id)] if self.sale_line_id else []
        both = [("move", self.id)]
        if origin:
            both.append(("move", origin.id))
        if self.product_id.tracking == "serial":
            both += lots
        back = [("back", number) for _kind, number in lots]
        if not self._aftersales_is_return():
            return both + back, both + lots + line
        if origin:
            return both, both
        return both + lots + line + back, both + lots + line + back

    def _aftersales_get_quantities(self):
        """Return the done quantities of the move by lot, in the product's unit.

        :return: ``{stock.lot: quantity}``; goods without a lot are under the empty
            record
        """
        self.ensure_one()
        no_lot = self.env["stock.lot"]
        unit = self.product_id.uom_id
        if self.product_id.tracking == "none":
            return {
                no_lot: self.product_uom._compute_quantity(
                    self.quantity, unit, rounding_method="HALF-UP"
                )
            }
        result = defaultdict(float)
        for line in self.move_line_ids:
            result[line.lot_id] += line.quantity_product_uom
        return {lot: unit.round(quantity) for lot, quantity in result.items()}

    def _aftersales_create_assets(self, asset_vals=None):
        """Create installed products for done deliveries.

        :param dict asset_vals: more values for the installed products
        :return: the new records, none for goods that are known or not followed
        """
        units = [
            (move, lot, quantity)
            for move in self._aftersales_filter_followed()
            for lot, quantity in move._aftersales_get_quantities().items()
            if move.product_id.uom_id.compare(quantity, 0.0) > 0
        ]
        Asset = self.env["aftersales.asset"]
        if not units:
            return Asset
        units = self._aftersales_drop_known_units(units)
        units, overtaken = self._aftersales_pass_on_serials(units)
        return Asset._create_from_units(units, asset_vals, overtaken)

    def _aftersales_filter_followed(self):
        """Keep the moves of products with a warranty policy or followed anyway."""
        followed = []
        for company, moves in self.grouped("company_id").items():
            policies = moves.product_id._aftersales_resolve_policies(company)
            followed += [
                move.id
                for move in moves
                if policies[move.product_id]
                or move.product_id.aftersales_serviced
                or move._aftersales_is_promised()
            ]
        return self.browse(followed)

    def _aftersales_is_promised(self):
        """Tell whether more was promised for the goods than policies say today.

        Such goods are followed even if no policy holds for them any more: the
        remaining term of what they replace goes on with them, or an extended
        warranty was sold for them.
        """
        self.ensure_one()
        line = self.sale_line_id
        sold = line.aftersales_extension_line_ids | line.aftersales_goods_plan_ids
        return bool(
            line.aftersales_replaces_asset_id
            or sold.filtered(
                lambda s: (
                    s.state == "sale"
                    and (s.aftersales_extension_version_id or s._aftersales_is_plan())
                )
            )
        )

    def _aftersales_drop_known_units(self, units):
        """Leave out units that are listed, and those on their way back.

        A unit that goes back to its customer was delivered before: it is listed
        already, or it will be, with the day of its first delivery, once deliveries
        of the past are taken in.
        """
        moves = self.env["aftersales.asset"]._get_unit_moves(units)
        known = {
            (asset.move_id, asset.lot_id)
            for asset in self.env["aftersales.asset"].search(
                [("move_id", "in", moves.ids)]
            )
        }
        lots = defaultdict(list)
        for move, lot, _quantity in units:
            lots[move].append(lot)
        loose = {
            (move, lot)
            for move, moved in lots.items()
            for lot in move._aftersales_get_loose_lots(moved)
        }
        new = loose - known
        return [
            (move, lot, quantity) for move, lot, quantity in units if (move, lot) in new
        ]

    def _aftersales_pass_on_serials(self, units):
        """Handle serials that are still in use elsewhere when delivered again.

        The same unit going back to its customer, after a repair for instance, stays
        what it is. Sold anew, its former life is closed first. When deliveries of
        the past are taken in, the unit in use may be the younger one: then the life
        to be created is over already.

        :return: the units to create, and for those whose life is over the unit in
            use, as ``{(move, lot): asset}``
        """
        lots = self.env["stock.lot"].union(*(lot for _move, lot, _qty in units))
        serials = lots.filtered(lambda lot: lot.product_id.tracking == "serial")
        if not serials:
            return units, {}
        Asset = self.env["aftersales.asset"]
        in_use = {
            (asset.company_id, asset.lot_id): asset
            for asset in Asset.search(
                [("lot_id", "in", serials.ids), ("state", "=", "in_use")]
            )
        }
        kept, passed_on, overtaken = [], {}, {}
        for move, lot, quantity in units:
            asset = in_use.get((move.company_id, lot))
            if not asset:
                kept.append((move, lot, quantity))
            elif move._aftersales_is_sold_anew(asset):
                kept.append((move, lot, quantity))
                if asset.move_id and asset.move_id.date > move.date:
                    overtaken[move, lot] = asset
                else:
                    passed_on[asset] = move.company_id._aftersales_day(move.date)
        if passed_on:
            former = Asset.union(*passed_on)
            former._set_closed("transferred", passed_on)
            # The unit in use must be out of the way before the new one is written.
            former.flush_recordset()
        return kept, overtaken

    def _aftersales_is_sold_anew(self, asset):
        """Tell whether the move sells a unit again rather than bringing it back."""
        self.ensure_one()
        if self.sale_line_id:
            return self.sale_line_id != asset.sale_line_id
        partner = self.partner_id or self.picking_id.partner_id
        return partner.commercial_partner_id != asset.commercial_partner_id

    def _aftersales_get_root(self):
        """Return the first delivery in a chain of returns of returns."""
        self.ensure_one()
        move = self
        while move.origin_returned_move_id:
            move = move.origin_returned_move_id
        return move

    def _aftersales_get_returned_assets(self):
        """Return the installed products whose delivery these moves go back to."""
        returning = self.filtered("origin_returned_move_id")
        roots = self.browse().union(*(m._aftersales_get_root() for m in returning))
        if not roots:
            return self.env["aftersales.asset"]
        # A chain may begin with a return that named no delivery itself.
        loose = roots.filtered(lambda m: m._aftersales_is_return())
        lines = loose.filtered(lambda m: not m.move_line_ids.lot_id).sale_line_id
        return self.env["aftersales.asset"].search(
            Domain("move_id", "in", roots.ids)
            | Domain("return_move_ids", "in", roots.ids)
            | (Domain("sale_line_id", "in", lines.ids) & Domain("lot_id", "=", False))
        )

    def _aftersales_link_returns(self):
        """Find the installed products that returns take from.

        A return that names no delivery of its goods is noted on one unit that it
        can be of; which units it takes from is worked out from there.

        :return: ``aftersales.asset``
        """
        affected = self._aftersales_get_returned_assets()
        noted = {
            (move, asset.lot_id)
            for asset in self.env["aftersales.asset"].search(
                [("return_move_ids", "in", self.ids)]
            )
            for move in asset.return_move_ids
        }
        loose = [
            (move, lot)
            for move in self.filtered("to_refund")
            for lot in move._aftersales_get_loose_lots(
                move._aftersales_get_quantities()
            )
        ]
        affected |= self._aftersales_note_returns(
            [pair for pair in loose if pair not in noted]
        )
        # What was noted before is worked out again, should it have changed.
        return affected | affected.search([("return_move_ids", "in", self.ids)])

    def _aftersales_get_loose_lots(self, lots):
        """Return those lots that the move's origin, if it names one, did not move.

        :param lots: ``stock.lot`` records; the empty one stands for goods without a
            lot, which an origin always moved
        """
        self.ensure_one()
        if not self.origin_returned_move_id:
            return list(lots)
        moved = set(self._aftersales_get_root().move_line_ids.lot_id)
        return [lot for lot in lots if lot and lot not in moved]

    def _aftersales_note_returns(self, loose):
        """Note returns without a delivery on a unit each.

        :param list loose: ``(move, lot)``
        :return: the units
        """
        Asset = self.env["aftersales.asset"]
        if not loose:
            return Asset
        moves = self.browse({move.id for move, _lot in loose})
        lots = self.env["stock.lot"].union(*(lot for _move, lot in loose))
        bare = moves.filtered(lambda m: not m.move_line_ids.lot_id)
        owners = (bare.partner_id | bare.picking_id.partner_id).commercial_partner_id
        pools = Asset.search(
            Domain("lot_id", "in", lots.ids)
            | (
                Domain("lot_id", "=", False)
                & Domain("product_id", "in", bare.product_id.ids)
                & (
                    Domain("sale_line_id", "in", bare.sale_line_id.ids)
                    | Domain("commercial_partner_id", "in", owners.ids)
                )
            )
        ).grouped(lambda a: (a.company_id, a.product_id, a.lot_id))
        found = defaultdict(list)
        for move, lot in loose:
            pool = pools.get((move.company_id, move.product_id, lot), Asset)
            pool = pool.filtered(lambda a: a.move_id and a.state != "retired")
            # sudo: moves of a return take from units of its own customer only.
            owner = move.sudo().aftersales_rma_line_id.rma_id.commercial_partner_id
            if owner:
                pool = pool.filtered(lambda a, o=owner: a.commercial_partner_id == o)
            unit = pool._get_candidates(move)[:1]
            if unit:
                found[move].append(unit.id)
        for move, ids in found.items():
            Asset.browse(ids).return_move_ids = [Command.link(move.id)]
        return Asset.union(*(Asset.browse(ids) for ids in found.values()))
