from odoo import fields, models

from ..tools.periods import add_period


class AftersalesWarrantyReplacementMixin(models.AbstractModel):
    """A warranty that goes on with the unit that took another one's place."""

    _name = "aftersales.warranty.replacement.mixin"
    _description = "Warranty After a Replacement"

    continues_id = fields.Many2one(
        "aftersales.warranty",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The warranty of the unit that was replaced.",
    )
    heir_ids = fields.One2many(
        "aftersales.warranty",
        "continues_id",
        string="Goes On As",
        groups="base.group_user",
    )
    usage_before = fields.Float(
        string="Used by Replaced Units",
        readonly=True,
        copy=False,
        help="What the units that this one took the place of have used of the limit.",
    )
    is_replaced_by_term = fields.Boolean(
        string="Gave Way to a Remaining Term",
        readonly=True,
        copy=False,
        help="Came with the delivery of a replacement, and was closed because the "
        "remaining term of the replaced unit holds instead.",
    )

    def _get_lineage(self):
        """Return the warranties that this one continues, the first first, and this."""
        self.ensure_one()
        lineage = warranty = self
        while warranty.continues_id:
            warranty = warranty.continues_id
            lineage = warranty | lineage
        return lineage

    def _get_heirs(self):
        """Return all warranties that continue these on units that replaced theirs."""
        heirs, found = self.browse(), self.heir_ids
        while found:
            heirs |= found
            found = found.heir_ids - heirs
        return heirs

    def _get_counted_from(self):
        """Return the day and the terms that the dates are worked out from."""
        self.ensure_one()
        return self.date_anchor, tuple(tuple(period) for period in self.offset or ())

    def _move_heirs(self, before):
        """Let what continues these warranties count from where they count now.

        :param dict before: what each of them counted from, from ``_get_counted_from``
        """
        for warranty in self:
            former = before.get(warranty)
            if warranty._get_counted_from() == former:
                continue
            heirs = warranty.heir_ids.filtered(
                lambda w, former=former: (
                    not w.base_id and w._get_counted_from() == former
                )
            )
            heirs.write(
                {"date_anchor": warranty.date_anchor, "offset": warranty.offset}
            )
            heirs._recompute_dates()
        if self.heir_ids:
            self.heir_ids._move_heirs(before)

    def _goes_on_after(self, day, corrected=False):
        """Keep the warranties that a replacement on a day continues.

        Those of a unit that came back before it was replaced count too: the return
        has ended them.

        :param bool corrected: the replacement itself has ended them already
        """
        ended = {"returned", "replaced"} if corrected else {"returned"}
        return self.filtered(
            lambda w: (
                (w.state != "closed" or w.close_reason in ended)
                and (not w.date_end or w.date_end >= day)
            )
        )

    def _continue_on(self, pairs):
        """Create the same warranties on other units, with all that moved them.

        :param list pairs: ``(aftersales.warranty, aftersales.asset)``
        :return: the new ``aftersales.warranty`` records, in the order of the pairs
        """
        used = self._get_used_before(pairs)
        heirs = self.create(
            [
                layer._prepare_heir_vals(asset, used.get((layer, asset)))
                for layer, asset in pairs
            ]
        )
        by_pair = {
            (layer, asset): heir
            for (layer, asset), heir in zip(pairs, heirs, strict=True)
        }
        # Read for all at once, not for each unit by itself.
        self.browse([layer.id for layer, _asset in pairs]).mapped("change_ids")
        change_vals = []
        for (layer, asset), heir in by_pair.items():
            base = by_pair.get((layer.base_id, asset))
            if base:
                heir.base_id = base
            change_vals += [
                change.copy_data({"warranty_id": heir.id})[0]
                for change in layer.change_ids
            ]
        self.env["aftersales.warranty.change"].create(change_vals)
        return heirs

    def _prepare_heir_vals(self, asset, used=0.0):
        """Return the values of this warranty on the unit that takes the place.

        :param float used: from ``_get_used_before``
        """
        self.ensure_one()
        return {
            **self.copy_data()[0],
            "asset_id": asset.id,
            "company_id": asset.company_id.id,
            "state": "open" if self.date_end else "waiting",
            "continues_id": self.id,
            "base_id": False,
            **({"usage_before": used, "usage_start": -used} if used else {}),
        }

    def _get_used_before(self, pairs):
        """Return what was used of limits: the new units have what is left of them.

        :param list pairs: ``(aftersales.warranty, aftersales.asset)``
        :return: ``{(warranty, asset): usage}``, limited warranties only
        """
        limited = [(layer, asset) for layer, asset in pairs if layer.usage_limit]
        days = {
            (layer, asset): asset.replacement_date or asset.delivery_date
            for layer, asset in limited
        }
        by_day = {}
        for (layer, _asset), day in days.items():
            by_day.setdefault(day, []).append(layer.asset_id.id)
        Asset = self.env["aftersales.asset"]
        readings = {d: Asset.browse(ids)._get_usage(d) for d, ids in by_day.items()}
        result = {}
        for layer, asset in limited:
            known = readings[days[layer, asset]][layer.asset_id]
            usage = known.get(layer.usage_unit)
            used = layer.usage_before
            if usage is not None:
                # The start of one that is an heir itself lies below zero by what was
                # used before.
                used = max(used, usage - layer.usage_start)
            result[layer, asset] = used
        return result

    def _follow_usage(self):
        """Work out again what was used before, also for those that go on from these."""
        heirs = self.filtered("usage_limit")
        while heirs:
            used = self._get_used_before([(w.continues_id, w.asset_id) for w in heirs])
            for heir in heirs:
                before = used[heir.continues_id, heir.asset_id]
                if heir.usage_before != before:
                    heir.usage_before = before
            heirs.asset_id._sync_usage_start()
            heirs = heirs.heir_ids

    def _move_floor(self, before, day):
        """Let the least term after a replacement count from a corrected day.

        :param date before: the day that was thought to be that of the replacement
        :param date day: the day that it was
        """
        reason = self.env._("Replacement")
        stale = self.env["aftersales.warranty.change"].union(
            *(warranty._get_floors_since(before) for warranty in self)
        )
        stale._undo()
        known = self.change_ids
        self._ensure_floor(day, reason)
        # What took its place later took this over, and keeps its own least term.
        Change = self.env["aftersales.warranty.change"]
        added = self.change_ids - known
        Change.create(
            [
                change.copy_data({"warranty_id": heir.id})[0]
                for change in added
                for heir in change.warranty_id._get_heirs()
            ]
        )
        heirs = self._get_heirs()
        heirs._recompute_dates()
        for later, warranties in heirs.grouped(
            lambda w: w.asset_id.replacement_date
        ).items():
            warranties._ensure_floor(later, reason)

    def _get_floors_since(self, day):
        """Return the least terms that a replacement on a day gave, here and after.

        What came with the warranties of the replaced unit is not among them.
        """
        self.ensure_one()

        def key(change):
            return change.kind, change.date, change.date_floor

        taken_over = {key(change) for change in self.continues_id.change_ids}
        own = self.change_ids.filtered(
            lambda c: c.kind == "floor" and c.date == day and key(c) not in taken_over
        )
        keys = {key(change) for change in own}
        return own | self._get_heirs().change_ids.filtered(lambda c: key(c) in keys)

    def _get_usage_at_start(self, readings):
        """Return the reading that the limit of usage counts from.

        For what a replaced unit has used it lies below what the new one began with.

        :param readings: of the unit, in the measure of the limit, oldest first
        """
        self.ensure_one()
        day = self.date_start
        if self.continues_id:
            day = max(day, self.asset_id.replacement_date or day)
        known = readings.filtered(lambda r: r.date <= day)[-1:]
        return known.usage - self.usage_before

    def _ensure_floor(self, day, reason):
        """Let warranties last the least term after a replacement on a day."""
        by_floor = self.filtered(
            lambda w: w._was_promised() and w.date_start <= day <= w.date_end
        ).grouped(lambda w: w.version_id._get_option("replacement_floor") or 0)
        for days, warranties in by_floor.items():
            floor = add_period(day, days, "day")
            short = warranties.filtered(
                lambda w, floor=floor: any(
                    day <= fields.Date.to_date(line["end"]) < floor
                    and w._get_end_with_followers(line) < floor
                    for line in w.coverage or []
                )
            )
            if short:
                short._add_change("floor", reason=reason, day=day, date_floor=floor)

    def _was_promised(self):
        """Tell whether the term counts: it runs, or goes on with a newer unit."""
        self.ensure_one()
        return self.state == "open" or (
            bool(self.date_end) and self.close_reason == "replaced"
        )

    def _get_end_with_followers(self, line):
        """Return until when what follows a warranty goes on to cover an item.

        :param dict line: of the snapshot of coverage
        """
        self.ensure_one()
        end = fields.Date.to_date(line["end"])
        followers = self.follower_ids
        while followers:
            for follower in followers.filtered(lambda w: w._was_promised()):
                ends = [
                    fields.Date.to_date(other["end"])
                    for other in follower.coverage or []
                    if other["item"] == line["item"]
                    and other.get("categ_id") == line.get("categ_id")
                    and other["share"] >= line["share"]
                ]
                if follower.date_start <= end:
                    end = max([end, *ends])
            followers = followers.follower_ids
        return end

    def _catch_up_events(self):
        """Start warranties whose event happened while they were closed."""
        behind = self.filtered(lambda w: w.state == "waiting" or w.is_start_provisional)
        for event, warranties in behind.grouped(
            lambda w: w.version_id.start_event
        ).items():
            units = warranties.asset_id
            units._start_event(event, units._get_event_days(event))
