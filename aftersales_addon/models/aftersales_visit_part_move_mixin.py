from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AftersalesVisitPartMoveMixin(models.AbstractModel):
    """The stock moves of a part: put in, taken out, taken back by mistake.

    As in a repair of the platform, what is put in goes to the place where goods are
    used up: it becomes a part of the unit and no installed product of its own, and
    it is valued as what leaves the stock.
    """

    _name = "aftersales.visit.part.move.mixin"
    _description = "Moves of a Part on a Visit"

    move_ids = fields.One2many(
        "stock.move",
        "aftersales_visit_part_id",
        string="Moves",
        readonly=True,
        groups="base.group_user",
    )
    is_reserved = fields.Boolean(
        string="Reserved", compute="_compute_is_reserved", groups="base.group_user"
    )
    cost = fields.Float(
        compute="_compute_cost",
        digits="Product Price",
        compute_sudo=True,
        groups="aftersales_addon.aftersales_group_manager",
        help="What the part was worth in stock, in the company's currency.",
    )

    @api.depends("move_ids.state")
    def _compute_is_reserved(self):
        for part in self:
            # sudo: technicians read no moves.
            moves = part.sudo().move_ids
            part.is_reserved = any(move.state == "assigned" for move in moves)

    @api.depends("move_ids.value", "move_ids.state")
    def _compute_cost(self):
        for part in self:
            out = part._get_done_move()
            part.cost = abs(out.value) if part.state == "done" else 0.0

    def action_book(self):
        """Book parts now, rather than when the visit is done."""
        self.check_access("write")
        self.visit_id._check_not_frozen()
        self._book()
        return True

    def action_reserve(self):
        """Keep parts for the visit."""
        self.check_access("write")
        self.visit_id._check_not_frozen()
        # sudo: technicians have no rights on moves; what is kept is on their visit.
        parts = self.sudo().filtered(
            lambda p: p.state == "planned" and p.kind == "used" and not p.move_ids
        )
        parts._complete()
        moves = parts._make_moves()
        moves._action_confirm(merge=False)
        moves._action_assign()
        return True

    def action_take_back(self):
        """Take parts back that were entered by mistake: the stock has them again."""
        self.check_access("write")
        self.visit_id._check_not_frozen()
        self._check_not_charged()
        # sudo: as in _book.
        parts = self.sudo()
        parts._drop_reservation()
        booked = parts.filtered(lambda p: p.state == "done")
        back = self.env["stock.move"].sudo()
        for part in booked:
            back |= part._make_return()
        back._action_confirm(merge=False)
        back._aftersales_do_part()
        parts.filtered(lambda p: p.state != "taken_back").write({"state": "taken_back"})
        return True

    def _check_not_charged(self):
        """Refuse to take back what the customer has paid for. To be extended."""

    def _book(self):
        """Make the moves of parts that are not booked yet.

        :raises UserError: when a lot is missing, or the stock has too little
        """
        # sudo: technicians have no rights on moves; each of them follows from a part
        # of a visit that they may write.
        parts = self.sudo().filtered(lambda p: p.state == "planned")
        if not parts:
            return
        for error in parts._get_stock_errors().values():
            raise UserError(error)
        parts._complete()
        kept = parts.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        moving = parts.filtered(
            lambda p: p.kind == "used" or p.removed_to != "customer"
        )
        moves = (moving - kept.aftersales_visit_part_id)._make_moves()
        moves._action_confirm(merge=False)
        (moves | kept)._aftersales_do_part()
        parts.write({"state": "done"})

    def _complete(self):
        """Say where parts come from where nobody has."""
        for part, place in self._find_locations().items():
            if part.location_id != place:
                part.location_id = place

    def _find_locations(self):
        """Return where parts come from: as was said, else where they are.

        :return: ``{part: stock.location}`` of those that are put in
        """
        used = self.filtered(lambda p: p.kind == "used")
        result = {part: part.location_id for part in used if part.location_id}
        missing = used.filtered(lambda p: not p.location_id)
        for parts in missing.grouped(
            lambda p: (p.visit_id, p.product_id, p.lot_id)
        ).values():
            place = parts[0]._find_location()
            result.update(dict.fromkeys(parts, place))
        return result

    def _find_location(self):
        """Return where a part is: with the technician, else in the warehouse.

        A serial or lot is looked up where it lies.
        """
        self.ensure_one()
        places = self._get_places()
        for place in places:
            if self._get_available(place) > 0:
                return self._get_lot_place(place) or place
        return places[:1]

    def _get_places(self):
        """Return the places from which parts are taken, the nearest first."""
        self.ensure_one()
        visit = self.visit_id
        own = visit.user_id.with_company(visit.company_id).aftersales_location_id
        if own.company_id and own.company_id != visit.company_id:
            own = own.browse()
        return own | visit._get_warehouse().lot_stock_id

    def _get_lot_place(self, place):
        """Return the very place of a lot within a larger one."""
        if not self.lot_id:
            return place.browse()
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "=", self.lot_id.id),
                ("location_id", "child_of", place.id),
                ("quantity", ">", 0),
            ],
            limit=1,
        )
        return quants.location_id

    def _get_available(self, place):
        return self.env["stock.quant"]._get_available_quantity(
            self.product_id, place, lot_id=self.lot_id or None
        )

    def _get_stock_quantity(self):
        """Return the quantity in the unit in which the stock counts."""
        self.ensure_one()
        return self.uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_stock_errors(self):
        """Return why parts cannot be booked and what to do, by part.

        Nothing is written: where nobody has said where a part is from, it is looked
        up. What several parts need of the same goods is added up.

        :return: ``{part: words}`` of those that cannot
        """
        errors = {}
        for part in self.filtered(
            lambda p: p.kind == "used" or p.removed_to != "customer"
        ):
            if part.product_id.tracking != "none" and not part.lot_id:
                errors[part] = self.env._(
                    "%s: scan or type the lot or serial number.",
                    part.product_id.display_name,
                )
        places = self._find_locations()
        counted = self.filtered(
            lambda p: p in places and p.product_id.is_storable and p not in errors
        )
        groups = counted.grouped(lambda p: (places[p], p.product_id, p.lot_id))
        for (place, product, _lot), parts in groups.items():
            free = parts[0]._get_available(place) + parts._get_reserved()
            wanted = sum(part._get_stock_quantity() for part in parts)
            if product.uom_id.compare(free, wanted) < 0:
                text = parts[0]._explain_shortage(place, max(free, 0.0), wanted)
                errors.update(dict.fromkeys(parts - parts.filtered("is_forced"), text))
        return errors

    def _explain_shortage(self, place, free, wanted):
        self.ensure_one()
        unit = self.product_id.uom_id
        return self.env._(
            "%(place)s has %(available)s of %(wanted)s %(unit)s of %(product)s. Choose "
            "where it was taken from, or “Use Anyway”: then the count is corrected "
            "later.",
            place=place.display_name,
            available=unit._aftersales_format(free),
            wanted=unit._aftersales_format(wanted),
            unit=unit.name,
            product=self.lot_id.name or self.product_id.display_name,
        )

    def _get_reserved(self):
        """Return what is kept for these parts already."""
        waiting = self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        return sum(waiting.move_line_ids.mapped("quantity_product_uom"))

    # --- The moves themselves ---

    def _make_moves(self):
        return self.env["stock.move"].create(
            [part._prepare_move_vals() for part in self]
        )

    def _prepare_move_vals(self):
        """Return the values of the move of a part."""
        self.ensure_one()
        visit = self.visit_id
        source, target = self._get_way()
        return {
            "company_id": visit.company_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.uom_id.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "origin": visit.number,
            "partner_id": (visit.partner_shipping_id or visit.partner_id).id,
            "aftersales_visit_part_id": self.id,
            "description_picking": self.product_id.display_name,
            "to_refund": False,
        }

    def _get_way(self):
        """Return from where to where a part goes."""
        self.ensure_one()
        warehouse = self.visit_id._get_warehouse()
        kind = warehouse.repair_type_id
        used_up = kind.default_location_dest_id or warehouse._get_production_location()
        if self.kind == "used":
            return self.location_id, used_up
        if self.removed_to == "scrap":
            scrap = kind.default_remove_location_dest_id
            return used_up, scrap or used_up
        return used_up, self.location_id or self._get_places()[:1]

    def _make_return(self):
        """Return the move that undoes a booked part; none if nothing moved."""
        self.ensure_one()
        move = self._get_done_move()
        if not move:
            return move
        return move.create(
            {
                **self._prepare_move_vals(),
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
                "origin_returned_move_id": move.id,
            }
        )

    def _get_done_move(self):
        return self.move_ids.filtered(
            lambda m: m.state == "done" and not m.origin_returned_move_id
        )[:1]

    def _drop_reservation(self):
        # sudo: as in action_reserve.
        waiting = self.sudo().move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        waiting._action_cancel()
        waiting.write({"aftersales_visit_part_id": False})

    # --- What a technician scans ---

    @api.model
    def _find_scanned(self, text, company):
        """Return the part that a scanned or typed text is of.

        :param str text: a serial or lot number, a barcode or an internal reference
        :param company: ``res.company`` of the visit
        :return: ``(product, lot)``; both empty when there is none
        """
        text = str(text or "").strip()[:128]
        # sudo: technicians read no lots; only goods of their company are found.
        Lot = self.env["stock.lot"].sudo()
        Product = self.env["product.product"].sudo().with_company(company)
        if not text:
            return Product, Lot
        ours = Domain("company_id", "in", [company.id, False])
        goods = ours & Domain("type", "=", "consu")
        lots = Lot.search(ours & Domain("name", "=", text), limit=2)
        if len(lots) == 1:
            return lots.product_id, lots
        for name in ("barcode", "default_code"):
            found = Product.search(goods & Domain(name, "=", text), limit=2)
            if len(found) == 1:
                return found, Lot
        return Product, Lot

    @api.model
    def _find_lot(self, product, name, company, is_forced=False):
        """Return the lot of a product by its number.

        :param bool is_forced: make the number known when nobody knows it yet
        :raises UserError: when there is no such number
        """
        name = str(name or "").strip()[:128]
        # sudo: as in _find_scanned.
        Lot = self.env["stock.lot"].sudo().with_company(company)
        if not name or product.tracking == "none":
            return Lot
        lot = Lot.search(
            [
                ("product_id", "=", product.id),
                ("name", "=", name),
                ("company_id", "in", [company.id, False]),
            ],
            limit=1,
        )
        if lot:
            return lot
        if is_forced:
            return Lot.create({"product_id": product.id, "name": name})
        raise UserError(
            self.env._(
                "There is no %(product)s with the number %(lot)s. Scan it again, or "
                "“Use Anyway”: then the number is taken in.",
                product=product.display_name,
                lot=name,
            )
        )
