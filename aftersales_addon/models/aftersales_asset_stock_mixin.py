from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain


class AftersalesAssetStockMixin(models.AbstractModel):
    """What installed products take from the warehouse's moves.

    The quantity at the customer is never counted up and down: it is derived from
    the done moves each time, so that the same move handled twice changes nothing.
    """

    _name = "aftersales.asset.stock.mixin"
    _description = "Installed Products in Stock"

    @api.model
    def _create_from_units(self, units, asset_vals=None, overtaken=None):
        """Create installed products with their warranties for delivered units.

        :param list units: ``(move, lot, quantity)``, the lot may be empty, the
            quantity is in the product's unit
        :param dict asset_vals: more values for all of them
        :param dict overtaken: for units that were passed on since, the unit that is
            in use now: ``{(move, lot): aftersales.asset}``
        :return: the new ``aftersales.asset`` records
        """
        policies = {}
        for company, moves in self._get_unit_moves(units).grouped("company_id").items():
            resolved = moves.product_id._aftersales_resolve_policies(company)
            policies.update({(company, p): found for p, found in resolved.items()})
        versions = (
            self.env["aftersales.warranty.policy"]
            .union(*policies.values())
            ._get_current_versions()
        )
        vals_list, layers = [], []
        for move, lot, quantity in units:
            found = policies[move.company_id, move.product_id]
            wanted = found or move.product_id.aftersales_serviced
            if not wanted and not move._aftersales_is_promised():
                continue
            vals = {
                **self._prepare_asset_vals(move, lot, quantity),
                **(asset_vals or {}),
            }
            newer = (overtaken or {}).get((move, lot))
            if newer:
                vals.update(state="transferred", date_closed=newer.delivery_date)
            day = vals["delivery_date"]
            layers.append([versions[policy] for policy in found])
            vals.update(self._prepare_usual_span(layers[-1], day))
            vals_list.append(vals)
        # A unit's birth is told by its own fields. Writing a message, a follower and
        # tracked values for each of a thousand units would double the cost.
        assets = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        ).create(vals_list)
        assets._create_warranties(layers)
        if overtaken:
            over = assets.filtered(lambda a: a.state != "in_use")
            over.warranty_ids._set_closed("transferred")
        return assets.with_env(self.env)

    @api.model
    def _get_unit_moves(self, units):
        return self.env["stock.move"].union(*(move for move, _lot, _qty in units))

    @api.model
    def _prepare_asset_vals(self, move, lot, quantity):
        """Return the values of the installed product for a delivered unit.

        :param move: the done move to the customer
        :param lot: the ``stock.lot`` of the unit, may be empty
        :param float quantity: in the unit of the product
        """
        order = move.sale_line_id.order_id
        delivered_to = move.partner_id or move.picking_id.partner_id
        partner = order.partner_id or delivered_to
        return {
            "company_id": move.company_id.id,
            "product_id": move.product_id.id,
            "lot_id": lot.id,
            "serial_number": lot.name,
            "is_serial": bool(lot) and move.product_id.tracking == "serial",
            "quantity": quantity,
            "quantity_delivered": quantity,
            "partner_id": partner.id,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "partner_shipping_id": (delivered_to or order.partner_shipping_id).id,
            "user_id": order.user_id.id,
            "sale_line_id": move.sale_line_id.id,
            "sale_order_id": order.id,
            "move_id": move.id,
            "picking_id": move.picking_id.id,
            "delivery_date": move.company_id._aftersales_day(move.date),
        }

    def _sync_with_stock(self):
        """Bring quantities and states in line with the returns that were done.

        Returns that update the order ("for a refund") take away from the quantity;
        returns that do not ("for a repair") leave it, and the coverage, as they are.
        A delivery that returns such a return gives the quantity back.
        """
        assets = self._with_assets_that_share_returns().filtered(
            lambda a: a.move_id and a.state in ("in_use", "returned", "transferred")
        )
        unlinked = assets._get_unlinked_returns()
        children = (assets.move_id | unlinked)._aftersales_get_children()
        quantities = assets._get_quantities_from_moves(children, unlinked)
        by_quantity = defaultdict(list)
        for asset, quantity in quantities.items():
            if asset.state == "transferred" and not asset.uom_id.is_zero(quantity):
                continue
            if asset.uom_id.compare(asset.quantity, quantity):
                by_quantity[quantity].append(asset.id)
        for quantity, ids in by_quantity.items():
            changed = self.browse(ids)
            changed._log_quantity_change(quantity)
            changed.write({"quantity": quantity})
        emptied = assets.filtered(lambda a: a.uom_id.is_zero(a.quantity))
        leaving = emptied.filtered(lambda a: a.state == "in_use")
        passed_on = emptied.filtered(lambda a: a.state == "transferred")
        days = {
            asset: asset._get_last_return_day(children) for asset in leaving | passed_on
        }
        leaving._set_closed("returned", days)
        passed_on._set_returned_before(days)
        refilled = (assets - emptied).filtered(lambda a: a.state == "returned")
        refilled._without_newer_serial()._set_in_use()

    def _set_returned_before(self, days):
        """Tell that units had come back before their number was sold again.

        Deliveries of the past are taken in when the next owner has the unit already.

        :param dict days: ``{unit: the day it came back}``
        """
        for asset in self:
            asset.write({"state": "returned", "date_closed": days[asset]})
        warranties = self.warranty_ids.filtered(lambda w: w.state == "closed")
        warranties.close_reason = "returned"

    def _sync_delivered(self):
        """Take over corrections of the quantities that were delivered."""
        bodies = {}
        by_move = {move: move._aftersales_get_quantities() for move in self.move_id}
        for asset in self.filtered("move_id"):
            delivered = by_move[asset.move_id].get(asset.lot_id, 0.0)
            change = delivered - asset.quantity_delivered
            if asset.uom_id.is_zero(change):
                continue
            bodies[asset.id] = self.env._(
                "The delivery was corrected from %(before)s to %(after)s %(unit)s.",
                before=asset.uom_id._aftersales_format(asset.quantity_delivered),
                after=asset.uom_id._aftersales_format(delivered),
                unit=asset.uom_id.name,
            )
            asset.write(
                {
                    "quantity_delivered": delivered,
                    "quantity": max(0.0, asset.quantity + change),
                }
            )
        self.browse(bodies)._message_log_batch(bodies=bodies)
        self._sync_with_stock()

    def _correct_lot(self, lot):
        """Take over the lot that was really sent.

        Serial numbers that were delivered crosswise change places: each customer
        keeps the unit with its warranties and talk, under the right number.
        """
        self.ensure_one()
        same_move = Domain("move_id", "=", self.move_id.id)
        in_use = Domain("is_serial", "=", True) & Domain("state", "=", "in_use")
        other = self.search(
            Domain("lot_id", "=", lot.id)
            & Domain("company_id", "=", self.company_id.id)
            & (same_move | in_use),
            limit=1,
        )
        if other and not other.is_serial:
            # Two shares of one delivery become one: the quantities tell.
            return
        former = self.lot_id
        if other:
            other.lot_id = False
            other.flush_recordset()
        self.lot_id = lot
        self.flush_recordset()
        if other:
            other.lot_id = former

    def _sync_delivery_day(self):
        """Take over a corrected day of delivery, with the warranties it started."""
        moves = self.move_id
        days = {move: move.company_id._aftersales_day(move.date) for move in moves}
        for asset in self.filtered("move_id"):
            before = asset.delivery_date
            day = days[asset.move_id]
            if day == before:
                continue
            asset.delivery_date = day
            asset._move_start(before, day)

    def _with_assets_that_share_returns(self):
        """Add the units that a return which names no delivery may take from.

        Such a return belongs to all units of its order line, or of its customer, so
        these have to be looked at as a whole.
        """
        lines = self.filtered(lambda a: not a.lot_id).sale_line_id
        domain = Domain("sale_line_id", "in", lines.ids)
        for asset in self.filtered("return_move_ids"):
            domain |= (
                Domain("company_id", "=", asset.company_id.id)
                & Domain("product_id", "=", asset.product_id.id)
                & Domain("lot_id", "=", asset.lot_id.id)
                & Domain("commercial_partner_id", "=", asset.commercial_partner_id.id)
            )
        return self | self.search(domain)

    def _get_unlinked_returns(self):
        """Return the done returns for a refund that name no delivery of theirs."""
        lines = self.filtered(lambda a: not a.lot_id).sale_line_id
        returns = self.return_move_ids | lines._aftersales_get_unlinked_returns()
        return returns.filtered("to_refund").sorted(lambda m: (m.date, m.id))

    def _get_last_return_day(self, children):
        """Return the day on which the last of the goods came back.

        :param dict children: from ``stock.move._aftersales_get_children``
        """
        self.ensure_one()
        moves, todo = [*self.return_move_ids], [self.move_id, *self.return_move_ids]
        while todo:
            found = children.get(todo.pop(), [])
            moves += found
            todo += found
        returns = [m for m in moves if m._aftersales_is_return() and m.to_refund]
        if len(returns) > 1 and self.lot_id:
            returns = [m for m in returns if self.lot_id in m.move_line_ids.lot_id]
        dates = [move.date for move in returns]
        return self.company_id._aftersales_day(max(dates)) if dates else None

    def _get_quantities_from_moves(self, children, unlinked):
        """Return what is left at the customer, from the done moves.

        :param dict children: from ``stock.move._aftersales_get_children``
        :param unlinked: from ``_get_unlinked_returns``
        :return: ``{asset: quantity in the product's unit}``
        """
        changes = {
            move: move._aftersales_get_changes(children) for move in self.move_id
        }
        result = {}
        for asset in self:
            change = changes[asset.move_id].get(asset.lot_id, 0.0)
            result[asset] = max(0.0, asset.quantity_delivered + change)
        self._deduct_unlinked_returns(result, children, unlinked)
        return result

    def _deduct_unlinked_returns(self, quantities, children, unlinked):
        """Take returns that name no delivery from the units they can be of.

        Of goods without a lot the oldest delivery is taken from first, of a lot the
        newest: who sends a lot back has just got it.
        """
        pools = self.grouped(lambda a: (a.company_id, a.product_id, a.lot_id))
        for move in unlinked:
            changes = move._aftersales_get_changes(children, own=True)
            for lot in move._aftersales_get_loose_lots(changes):
                pool = pools.get((move.company_id, move.product_id, lot), self.browse())
                left = -changes[lot]
                for asset in pool._get_candidates(move):
                    taken = min(quantities[asset], left)
                    if taken > 0:
                        quantities[asset] -= taken
                        left -= taken

    def _get_candidates(self, move):
        """Return the units that a return may take from, the likeliest first."""
        earlier = self.filtered(lambda a: a.move_id.date <= move.date)
        if move.sale_line_id:
            of_line = earlier.filtered(lambda a: a.sale_line_id == move.sale_line_id)
            earlier = of_line or earlier
        elif len(earlier) > 1:
            partner = move.partner_id or move.picking_id.partner_id
            owner = partner.commercial_partner_id
            earlier = earlier.filtered(lambda a: a.commercial_partner_id == owner)
        return earlier.sorted(
            lambda a: (a.move_id.date, a.id), reverse=bool(self[:1].lot_id)
        )

    def _without_newer_serial(self):
        """Leave out units whose serial number is in use somewhere else by now."""
        serials = self.filtered("is_serial")
        in_use = self.search(
            [("lot_id", "in", serials.lot_id.ids), ("state", "=", "in_use")]
        )
        taken = {(asset.company_id, asset.lot_id) for asset in in_use}
        return self.filtered(
            lambda a: not a.is_serial or (a.company_id, a.lot_id) not in taken
        )

    def _log_quantity_change(self, quantity):
        bodies = {}
        for asset in self:
            change = asset.uom_id._aftersales_format(abs(quantity - asset.quantity))
            if quantity < asset.quantity:
                text = self.env._(
                    "%(quantity)s %(unit)s returned for a refund.",
                    quantity=change,
                    unit=asset.uom_id.name,
                )
            else:
                text = self.env._(
                    "%(quantity)s %(unit)s delivered again.",
                    quantity=change,
                    unit=asset.uom_id.name,
                )
            bodies[asset.id] = text
        self._message_log_batch(bodies=bodies)
