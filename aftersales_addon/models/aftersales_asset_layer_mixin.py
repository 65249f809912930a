from odoo import fields, models

from ..tools.periods import add_period

# Events that a unit may still wait for when it is delivered.
LATER_EVENTS = ("invoice", "order", "registration", "installation")


class AftersalesAssetLayerMixin(models.AbstractModel):
    """The layers of coverage on a unit: when they start and how they stack."""

    _name = "aftersales.asset.layer.mixin"
    _description = "Layers of Coverage on an Installed Product"

    date_installed = fields.Date(
        string="Installed On",
        readonly=True,
        copy=False,
        help="The day on which the unit was put into service.",
    )
    date_registered = fields.Date(
        string="Registered On",
        readonly=True,
        copy=False,
        help="The day on which the customer made the unit known.",
    )

    def _prepare_usual_span(self, versions, day):
        """Return the span of layers that start on the day of delivery.

        Written with the unit, it need not be worked out for each of a thousand once
        more. Layers that follow others, or wait, correct it.
        """
        ends = [
            version._get_last_day(day)
            for version in versions
            if version.start_event == "delivery"
        ]
        return {
            "warranty_start": day if ends else False,
            "warranty_end": max(ends, default=False),
            "warranty_waiting": False,
        }

    def _create_warranties(self, layers):
        """Create the warranties of new installed products.

        :param list layers: for each of the products, a list of policy versions
        """
        plain, events, stacked = [], {}, {}
        for asset, versions in zip(self, layers, strict=True):
            for version in versions:
                if version._get_option("stacking") not in (None, "beside"):
                    stacked.setdefault(version, []).append(asset.id)
                elif version.start_event in LATER_EVENTS:
                    events.setdefault(version, []).append(asset.id)
                else:
                    plain.append((asset, version))
        warranties = self._create_plain_layers(plain)
        for version, ids in events.items():
            warranties |= self.browse(ids)._create_event_layer(version)
        for version, ids in stacked.items():
            warranties |= self.browse(ids)._create_layer(version)
        return warranties

    def _create_plain_layers(self, pairs, **vals):
        """Create layers that start on the day of the delivery, in one go.

        :param list pairs: ``(asset, version)``
        """
        Warranty = self.env["aftersales.warranty"]
        # Units of one delivery share their dates: work them out once.
        prepared = {}
        vals_list = []
        for asset, version in pairs:
            key = (version, asset.delivery_date)
            if key not in prepared:
                prepared[key] = Warranty._prepare_warranty_vals(*key)
            vals_list.append({**prepared[key], **asset._prepare_layer_owner(), **vals})
        return Warranty.create(vals_list)

    def _prepare_layer_owner(self):
        self.ensure_one()
        return {"asset_id": self.id, "company_id": self.company_id.id}

    def _create_event_layer(self, version, **vals):
        """Create layers that start with an event, which may have happened before."""
        Warranty = self.env["aftersales.warranty"]
        waiting = Warranty._prepare_warranty_vals(version, False)
        warranties = Warranty.create(
            [{**waiting, **asset._prepare_layer_owner(), **vals} for asset in self]
        )
        days = self._get_event_days(version.start_event)
        for warranty in warranties:
            warranty._start_or_wait(days.get(warranty.asset_id))
        return warranties

    def _create_layer(self, version, days=None, **vals):
        """Give units one more layer, by the stacking rule of its policy.

        A layer that comes after the others starts with the end of the one that lasts
        longest; bought when all had ended, it starts with the purchase.

        :param version: ``aftersales.warranty.policy.version``
        :param days: the day of the event, for all or as ``{unit: day}``; each unit's
            day of delivery when not given
        :param vals: more values for the warranties
        :return: the new ``aftersales.warranty`` records, in the order of the units
        """
        Warranty = self.env["aftersales.warranty"]
        stacking = version._get_option("stacking") or "beside"
        if stacking == "beside" and not days and version.start_event in LATER_EVENTS:
            return self._create_event_layer(version, **vals)
        vals_list, superseded = [], Warranty
        for asset in self:
            day = days.get(asset) if isinstance(days, dict) else days
            day = day or asset.delivery_date or asset.company_id._aftersales_today()
            base = asset._get_base_layer(day) if stacking == "after" else Warranty
            if stacking == "replace":
                superseded |= asset.warranty_ids.filtered(
                    lambda w: w.kind == "manufacturer" and w.state != "closed"
                )
            vals_list.append(
                {
                    **Warranty._prepare_warranty_vals(version, day, base),
                    **asset._prepare_layer_owner(),
                    **vals,
                }
            )
        warranties = Warranty.create(vals_list)
        for former in superseded:
            heir = warranties.filtered(lambda w, f=former: w.asset_id == f.asset_id)
            former.follower_ids.base_id = heir
        superseded._set_closed("superseded")
        if stacking == "replace":
            warranties._move_followers()
        return warranties

    def _get_base_layer(self, day):
        """Return the layer after which another one starts, may be empty.

        :param date day: the day on which the other one is bought
        """
        self.ensure_one()
        layers = self.warranty_ids.filtered(
            lambda w: w.kind != "contract" and w.state != "closed"
        )
        waiting = layers.filtered(lambda w: w.state == "waiting")
        running = (layers - waiting).filtered(lambda w: w.date_end >= day)
        last = running.sorted(lambda w: (w.date_end, w.id))[-1:]
        return last or waiting[-1:]

    def _get_event_days(self, event):
        """Return the days on which an event happened to units, where it did.

        :param str event: a start event of the policies
        :return: ``{unit: date}``
        """
        if event == "order":
            # sudo: whoever enters a unit may not see its order.
            orders = {asset: asset.sudo().sale_order_id for asset in self}
            return {
                asset: asset.company_id._aftersales_day(order.date_order)
                for asset, order in orders.items()
                if order.state == "sale"
            }
        if event == "delivery":
            return {a: a.delivery_date for a in self if a.delivery_date}
        field = {"registration": "date_registered", "installation": "date_installed"}
        name = field.get(event)
        return {a: a[name] for a in self if a[name]} if name else {}

    def _start_event(self, event, days):
        """Start the layers that wait for an event. Safe to repeat.

        :param str event: ``invoice``, ``order``, ``registration`` or
            ``installation``
        :param dict days: the day of the event, ``{unit: date}``
        :return: the ``aftersales.warranty`` records that started or moved
        """
        # sudo: whoever records the event may have no rights on warranties.
        warranties = self.sudo().warranty_ids
        # What was promised for a unit that was replaced goes on with the next one.
        warranties |= warranties._get_heirs()
        warranties = warranties.filtered(
            lambda w: (
                w.version_id.start_event == event
                and not w.base_id
                and w.state != "closed"
                and (w.state == "waiting" or w.is_start_provisional)
            )
        )
        by_asset = {asset.id: day for asset, day in days.items() if day}
        started = warranties.browse()
        for warranty in warranties:
            units = warranty._get_lineage().asset_id.ids
            day = next((by_asset[unit] for unit in units if unit in by_asset), None)
            if day:
                started |= warranty._start_or_wait(day)
        return started.with_env(self.env)

    def _move_start(self, before, after):
        """Take over a corrected day of delivery.

        :param date before: the day that was thought to be the day of delivery
        :param date after: the day that it was
        """
        self.ensure_one()
        layers = self.warranty_ids
        # Those that go on from another unit count from the delivery of that one.
        roots = layers.filtered(
            lambda w: not w.base_id and w.date_anchor and not w.continues_id
        )
        counted = {w: w._get_counted_from() for w in layers | layers._get_heirs()}
        for warranty in roots:
            version = warranty.version_id
            if warranty.is_start_provisional:
                warranty.date_anchor = add_period(
                    after, version._get_option("start_cap"), "day"
                )
            elif version.start_event == "delivery" and warranty.date_anchor == before:
                warranty.date_anchor = after
        roots._recompute_dates()
        layers._move_heirs(counted)

    def _get_usage(self, day):
        """Return the readings of units that hold on a day.

        :param date day: the day on which the defect was reported
        :return: ``{unit: {unit of usage: reading}}``
        """
        return {asset: {} for asset in self}
