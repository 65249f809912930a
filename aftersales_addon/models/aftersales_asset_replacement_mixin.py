from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesAssetReplacementMixin(models.AbstractModel):
    """Units that took the place of others: what was promised goes on."""

    _name = "aftersales.asset.replacement.mixin"
    _description = "Replacement of an Installed Product"

    replaces_id = fields.Many2one(
        "aftersales.asset",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The unit whose place this one took, and whose warranties go on here.",
    )
    replaced_by_ids = fields.One2many(
        "aftersales.asset",
        "replaces_id",
        readonly=True,
        groups="base.group_user",
    )
    replacement_date = fields.Date(
        string="Replacement On", readonly=True, copy=False, groups="base.group_user"
    )
    replacement_quantity = fields.Float(
        string="Quantity Replaced",
        digits="Product Unit",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How many of the replaced units were still with the customer.",
    )
    replacement_returned = fields.Float(
        string="Returned Before",
        digits="Product Unit",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What had come back of the replaced units before. What comes back later "
        "is first of all what was replaced.",
    )
    replacement_count = fields.Integer(
        string="Units in Its Life",
        compute="_compute_replacement_count",
        groups="base.group_user",
    )

    _replaces_another = models.Constraint(
        "CHECK (replaces_id != id)", "A unit cannot replace itself."
    )

    @api.constrains("replaces_id")
    def _check_replaces_id(self):
        # Up the chain by hand: what it passes has been read, and a delivery of many
        # replacements asks the database no more than one of a single unit.
        for asset in self:
            unit = asset.replaces_id
            while unit:
                if unit == asset:
                    raise ValidationError(
                        self.env._("A unit cannot replace one that has replaced it.")
                    )
                unit = unit.replaces_id

    @api.depends("replaces_id", "replaced_by_ids")
    def _compute_replacement_count(self):
        for asset in self:
            linked = asset.replaces_id or asset.replaced_by_ids
            asset.replacement_count = len(asset._get_chain()) if linked else 0

    def _get_chain(self):
        """Return all units of one life: those replaced before, this, those after."""
        self.ensure_one()
        # sudo: who may see the unit may see what it replaces, and by what.
        chain = asset = self.sudo()
        while asset.replaces_id:
            asset = asset.replaces_id
            chain = asset | chain
        after = self.sudo().replaced_by_ids
        while after:
            chain |= after
            after = after.replaced_by_ids
        return chain

    def _get_timeline(self):
        events = super()._get_timeline()
        chain = self._get_chain()
        if len(chain) < 2:
            return events
        for unit in chain:
            if unit != self and unit.delivery_date:
                text = self.env._("Delivered: %s", unit._get_short_name())
                events.append(
                    {"date": unit.delivery_date, "icon": "fa-truck", "text": text}
                )
            if unit.replaces_id:
                text = self.env._(
                    "%(old)s replaced by %(new)s",
                    old=unit.replaces_id._get_short_name(),
                    new=unit._get_short_name(),
                )
                day = unit.replacement_date
                events.append({"date": day, "icon": "fa-exchange", "text": text})
        return sorted(events, key=lambda event: event["date"])

    def _get_short_name(self):
        self.ensure_one()
        return self.serial_number or self.display_name

    # --- Replacing ---

    def _replace_with(self, new, day, keep_own=False, came_back=False):
        """Let a new unit take the place of this one, or of a part of its quantity.

        The warranties that hold on that day go on with the new unit: the same start
        and end, with all that moved it, and at least the least term of their policy.

        :param new: ``aftersales.asset``, one or several that share the quantity
        :param date day: the day of the replacement
        :param bool keep_own: the new unit was paid for: its own warranties stay
            beside the ones that go on
        :param bool came_back: what is replaced is not with the customer any more
        """
        self.ensure_one()
        self._apply_replacements(
            [(self, unit, day, keep_own, came_back) for unit in new]
        )

    @api.model
    def _apply_replacements(self, replacements):
        """Replace many units in one go.

        :param list replacements: ``(old, new, day, keep_own, came_back)``
        """
        # sudo: who may replace a unit may not change what its warranties promise.
        Warranty = self.env["aftersales.warranty"].sudo()
        pairs, own, by_day = [], Warranty, {}
        left = {old: old.quantity for old, *_rest in replacements}
        for old, new, day, keep_own, came_back in replacements:
            old, new = old.sudo(), new.sudo()
            if not keep_own:
                own |= new.warranty_ids.filtered(lambda w: w.state != "closed")
            layers = old.warranty_ids._goes_on_after(day).sorted("id")
            pairs += [(layer, new) for layer in layers]
            taken = 0.0 if came_back else min(new.quantity_delivered, left[old])
            left[old] -= taken
            by_day.setdefault(day, Warranty)
            new.write(
                {
                    "replaces_id": old.id,
                    "replacement_date": day,
                    "replacement_quantity": taken,
                    "replacement_returned": old.quantity_delivered - old.quantity,
                }
            )
        heirs = Warranty._continue_on(pairs)
        for heir in heirs:
            by_day[heir.asset_id.replacement_date] |= heir
        for day, warranties in by_day.items():
            warranties._ensure_floor(day, self.env._("Replacement"))
        own._set_closed("superseded")
        own.is_replaced_by_term = True
        self._finish_replacements(replacements, left)

    @api.model
    def _finish_replacements(self, replacements, left):
        """Close what was replaced as a whole, and tell both units."""
        days = {old: day for old, _new, day, *_rest in replacements}
        for old, quantity in left.items():
            unit = old.sudo()
            if unit.uom_id.compare(unit.quantity, quantity):
                unit.quantity = quantity
        emptied = self.browse(
            old.id for old in left if old.uom_id.is_zero(old.sudo().quantity)
        ).sudo()
        emptied._set_closed("replaced", days)
        # What came back before it was replaced has been closed by its return.
        returned = emptied.filtered(lambda a: a.state == "returned")
        returned.state = "replaced"
        self.browse(old.id for old in left)._sync_sold_extensions()
        bodies = {}
        for old, new, day, *_rest in replacements:
            when = self._format_day(day)
            bodies[old.id] = self.env._(
                "Replaced on %(day)s by %(unit)s.", day=when, unit=new.display_name
            )
            bodies[new.id] = new.sudo()._describe_inheritance(old, when)
        self.browse(bodies).sudo()._message_log_batch(bodies=bodies)

    def _describe_inheritance(self, old, when):
        heirs = self.warranty_ids.filtered("continues_id")
        if heirs:
            return self.env._(
                "Replaces %(unit)s since %(day)s, and takes over what remains of its "
                "warranties: %(warranties)s.",
                unit=old.display_name,
                day=when,
                warranties=", ".join(heirs.version_id.mapped("name")),
            )
        return self.env._(
            "Replaces %(unit)s since %(day)s, which had no warranty in force on that "
            "day.",
            unit=old.display_name,
            day=when,
        )

    # --- By delivery ---

    @api.model
    def _create_from_units(self, units, asset_vals=None, overtaken=None):
        assets = super()._create_from_units(units, asset_vals, overtaken)
        assets._replace_by_orders()
        return assets

    def _replace_by_orders(self):
        """Do the replacements that the orders of delivered units are made for."""
        replacements, refused = [], {}
        for new in self:
            line = new.sale_line_id
            old = line.aftersales_replaces_asset_id
            if not old or new == old:
                continue
            reason = old._get_replacement_hindrance()
            if reason:
                refused[new.id] = reason
                continue
            paid = not line.currency_id.is_zero(line.price_subtotal)
            replacements.append(
                (old, new, new.delivery_date, paid, line.aftersales_replaces_returned)
            )
        if replacements:
            self._apply_replacements(replacements)
        if refused:
            # The goods have left: what hinders is told, and does not stop them.
            self.browse(refused)._message_log_batch(bodies=refused)

    def _sync_delivery_day(self):
        """The day on which the new unit was delivered is that of the replacement."""
        former = {unit: unit.delivery_date for unit in self if unit.replaces_id}
        result = super()._sync_delivery_day()
        moved = {}
        for unit, day in former.items():
            if day == unit.delivery_date or unit.replacement_date != day:
                continue
            unit.replacement_date = unit.delivery_date
            old = unit.replaces_id
            if old.state == "replaced" and old.date_closed == day:
                old.date_closed = unit.delivery_date
            moved.setdefault((day, unit.delivery_date), []).append(unit.id)
        for (before, day), ids in moved.items():
            self.browse(ids)._move_replacement(before, day)
        return result

    def _move_replacement(self, before, day):
        """Let what goes on with these units count from the day they were delivered.

        :param date before: the day that was thought to be that of the replacement
        :param date day: the day that it was
        """
        # sudo: what was promised follows from the day, whoever corrects it.
        units = self.sudo()
        pairs = []
        for unit in units:
            layers = unit.replaces_id.warranty_ids._goes_on_after(day, corrected=True)
            missed = layers - unit.warranty_ids.continues_id
            pairs += [(layer, unit) for layer in missed.sorted("id")]
        units.warranty_ids._continue_on(pairs)
        heirs = units.warranty_ids.filtered(
            lambda w: w.continues_id and w.close_reason in (False, "replaced")
        )
        heirs._follow_usage()
        heirs._move_floor(before, day)

    def _get_replacement_hindrance(self):
        """Return why this unit cannot be replaced, in words; empty when it can."""
        self.ensure_one()
        if self.state in ("in_use", "returned"):
            return ""
        return self.env._(
            "%(unit)s cannot be replaced any more (%(state)s). Undo that first.",
            unit=self.display_name,
            state=self._get_state_label(),
        )

    # --- Quantities ---

    def _get_quantities_from_moves(self, children, unlinked):
        result = super()._get_quantities_from_moves(children, unlinked)
        for asset in self.filtered("replaced_by_ids"):
            result[asset] = asset._deduct_replaced(result[asset])
        return result

    def _deduct_replaced(self, quantity):
        """Take what was replaced off the quantity that the moves say.

        What comes back after a replacement is first of all what was replaced: it is
        not taken off twice.
        """
        self.ensure_one()
        new = self.replaced_by_ids.sorted(lambda a: (a.replacement_date, a.id))
        replaced = sum(new.mapped("replacement_quantity"))
        returned = self.quantity_delivered - quantity
        before = min(returned, new[0].replacement_returned)
        gone = before + max(replaced, returned - before)
        return max(0.0, self.quantity_delivered - gone)

    # --- Undoing ---

    def action_undo_replacement(self):
        """Take back that these units replace others."""
        self.check_access("write")
        for new in self:
            new._check_can_undo_replacement()
            # sudo: as in _apply_replacements.
            new.sudo()._undo_replacement()

    def _check_can_undo_replacement(self):
        self.ensure_one()
        # sudo: looks at the units that are linked, whoever may see them.
        unit = self.sudo()
        old = unit.replaces_id
        if not old:
            raise UserError(self.env._("%s replaces no other unit.", self.display_name))
        later = unit.replaced_by_ids[:1]
        if later:
            raise UserError(
                self.env._(
                    "%(unit)s was itself replaced by %(later)s. Undo that first.",
                    unit=self.display_name,
                    later=later.display_name,
                )
            )
        if unit.commercial_partner_id != old.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%s has another owner by now, so the replacement stays.",
                    self.display_name,
                )
            )
        if old.state == "replaced" and not old._without_newer_serial():
            raise UserError(
                self.env._(
                    "%s is in use at a customer again, so the replacement stays.",
                    old.display_name,
                )
            )

    def _undo_replacement(self):
        self.ensure_one()
        old, quantity = self.replaces_id, self.replacement_quantity
        inherited = self.warranty_ids.filtered("continues_id")
        inherited._set_closed("manual")
        own = self.warranty_ids.filtered("is_replaced_by_term")
        own.is_replaced_by_term = False
        if self.state == "in_use":
            own._set_open(["superseded"])
        else:
            own.close_reason = self.state
        self.write(
            {
                "replaces_id": False,
                "replacement_date": False,
                "replacement_quantity": 0.0,
                "replacement_returned": 0.0,
            }
        )
        if not old.move_id:
            old.quantity += quantity
        if old.state == "replaced":
            old._set_in_use()
        # What came back meanwhile is not with the customer any more.
        old._sync_with_stock()
        text = self.env._("It was a mistake that %(new)s replaces %(old)s: undone.")
        body = text % {"new": self.display_name, "old": old.display_name}
        (self | old)._message_log_batch(bodies={a.id: body for a in self | old})

    def action_replace(self):
        """Open the dialog that replaces this unit."""
        self.ensure_one()
        reason = self._get_replacement_hindrance()
        if reason:
            raise UserError(reason)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace"),
            "res_model": "aftersales.asset.replace",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_asset_id": self.id},
        }

    def action_view_chain(self):
        """Open all units of this life: replaced, and replacing."""
        self.check_access("read")
        return self._get_action([("id", "in", self._get_chain().ids)])
