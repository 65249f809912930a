from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_warranty_policy_promise_mixin import USAGE_UNITS

# The rate of use is taken from the readings of the last this many days.
RATE_DAYS = 365


class AftersalesAssetReadingMixin(models.AbstractModel):
    """The counter of a unit: hours, kilometres or cycles, with their history."""

    _name = "aftersales.asset.reading.mixin"
    _description = "Usage of an Installed Product"

    reading_ids = fields.One2many(
        "aftersales.reading", "asset_id", string="Readings", groups="base.group_user"
    )
    reading_count = fields.Integer(
        compute="_compute_reading_count", groups="base.group_user"
    )
    usage_unit = fields.Selection(
        USAGE_UNITS,
        string="Counts",
        compute="_compute_usage_unit",
        groups="base.group_user",
        help="What the counter of the unit counts: as its warranty says, else as its "
        "last reading does.",
    )
    usage_label = fields.Char(
        string="Usage",
        compute="_compute_usage_forecast",
        groups="base.group_user",
        help="The last reading, over all counters of the unit.",
    )
    usage_forecast_date = fields.Date(
        string="Usage Limit Reached About",
        compute="_compute_usage_forecast",
        groups="base.group_user",
        help="The day on which the limit of a warranty is reached when the unit goes "
        "on being used as much as in the last year.",
    )
    usage_forecast = fields.Char(
        string="Usage Limit",
        compute="_compute_usage_forecast",
        groups="base.group_user",
    )

    def _compute_reading_count(self):
        counts = dict(
            self.env["aftersales.reading"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.reading_count = counts.get(asset, 0)

    @api.depends("warranty_ids.usage_unit", "reading_ids.unit")
    def _compute_usage_unit(self):
        for asset in self:
            limited = asset.warranty_ids.filtered("usage_limit")
            named = limited.filtered(lambda w: w.state != "closed") or limited
            asset.usage_unit = named[:1].usage_unit or asset.reading_ids[:1].unit

    @api.depends("reading_ids.usage", "warranty_ids.usage_limit", "warranty_ids.state")
    @api.depends_context("lang")
    def _compute_usage_forecast(self):
        Reading = self.env["aftersales.reading"]
        for asset in self:
            asset.usage_label = asset.usage_forecast = asset.usage_forecast_date = False
            readings = asset._get_readings(asset.usage_unit)
            last = readings[-1:]
            if last:
                asset.usage_label = self.env._(
                    "%(usage)s on %(day)s",
                    usage=Reading._format_usage(last.usage, last.unit),
                    day=self.env["aftersales.asset"]._format_day(last.date),
                )
            limit = asset._get_usage_limit()
            if not limit:
                continue
            asset.usage_forecast_date = asset._forecast(readings, limit)
            asset.usage_forecast = asset._format_forecast(
                limit, last, asset.usage_forecast_date
            )

    def _get_readings(self, unit):
        """Return the readings in one measure, oldest first."""
        self.ensure_one()
        readings = self.reading_ids.filtered(lambda r: r.unit == unit)
        return readings.sorted(lambda r: (r.date, r._origin.id))

    def _get_usage_limit(self):
        """Return the reading at which the first warranty in force ends, or 0.0."""
        self.ensure_one()
        limits = [
            warranty.usage_start + warranty.usage_limit
            for warranty in self.warranty_ids
            if warranty.state == "open"
            and warranty.usage_limit
            and warranty.usage_unit == self.usage_unit
        ]
        return min(limits, default=0.0)

    def _forecast(self, readings, limit):
        """Return the day on which a limit is reached at the present rate.

        :param readings: of one measure, oldest first
        :param float limit: a usage in all
        :return: a date, or False when it is passed or nothing can be told
        """
        self.ensure_one()
        last = readings[-1:]
        if not last or last.usage >= limit:
            return False
        since = last.date - timedelta(days=RATE_DAYS)
        recent = [(r.date, r.usage) for r in readings if r.date >= since]
        if len({day for day, _usage in recent}) < 2 and self.delivery_date:
            # One reading only: the unit came without any use.
            recent.insert(0, (self.delivery_date, 0.0))
        (first_day, first_usage), (last_day, last_usage) = recent[0], recent[-1]
        days, used = (last_day - first_day).days, last_usage - first_usage
        if days <= 0 or used <= 0:
            return False
        left = int((limit - last_usage) * days / used)
        # What lies further ahead than a long life says nothing.
        return last_day + timedelta(days=left) if left < 36500 else False

    def _format_forecast(self, limit, last, day):
        limit_text = self.env["aftersales.reading"]._format_usage(
            limit, self.usage_unit
        )
        if last and last.usage > limit:
            return self.env._("%s: passed", limit_text)
        if not day:
            return limit_text
        return self.env._(
            "%(limit)s, about %(day)s at the present rate",
            limit=limit_text,
            day=self.env["aftersales.asset"]._format_day(day),
        )

    def _get_usage(self, day):
        """Return the usage that holds on a day, for many units in one query.

        The latest reading at or before the day counts. Where all readings are later,
        the first of them counts: the unit had done no more than that on the day.

        :param date day: the day asked for, where the company works
        :return: ``{unit: {"hour": 12.0, ...}}``
        """
        usage = super()._get_usage(day)
        if not self.ids:
            return usage
        self.env["aftersales.reading"].flush_model()
        # Readings say no more than the unit that the caller was given.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (asset_id, unit) asset_id, unit, usage
                  FROM aftersales_reading
                 WHERE asset_id = ANY(%(assets)s)
              ORDER BY asset_id, unit, date > %(day)s,
                       CASE WHEN date > %(day)s THEN date END,
                       CASE WHEN date > %(day)s THEN id END,
                       date DESC, id DESC
                """,
                assets=self.ids,
                day=day,
            )
        )
        for asset_id, unit, value in rows:
            usage[self.browse(asset_id)][unit] = float(value)
        return usage

    def _get_usage_unit_label(self):
        """Return what the counter counts, in words."""
        self.ensure_one()
        units = dict(self._fields["usage_unit"]._description_selection(self.env))
        return units.get(self.usage_unit, "")

    def _takes_readings(self):
        """Tell whether a customer is asked for what the counter shows."""
        self.ensure_one()
        return self.state == "in_use" and bool(self.usage_unit)

    def _add_customer_reading(self, value, reason):
        """Keep what a customer read today.

        :param float value: what the counter shows
        :param str reason: why it does not fit the readings before
        :raises ValidationError: when it does not fit, and no reason is given
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        known = self.reading_ids.filtered(
            lambda r: (
                (r.date, r.value, r.unit, r.is_replacement)
                == (today, value, self.usage_unit, False)
            )
        )
        if known:
            return  # sent twice
        self.env["aftersales.reading"].create(
            {
                "asset_id": self.id,
                "value": value,
                "unit": self.usage_unit,
                "date": today,
                "reason": reason or False,
                "source": "portal",
            }
        )

    def _keep_usage(self, usage, day):
        """Keep a usage that was named with a claim, if it fits the readings.

        :param float usage: the usage in all; 0.0 when none was named
        :param date day: the day it holds for
        """
        self.ensure_one()
        # sudo: everyone who may assess a unit may name its usage.
        readings = self.sudo()._get_readings(self.usage_unit)
        before = readings.filtered(lambda r: r.date <= day)[-1:]
        after = readings.filtered(lambda r: r.date > day)[:1]
        # What the old counters showed is no part of what the counter shows now.
        shown = usage - (before.usage - before.value)
        is_new = usage and (not before or usage > before.usage)
        is_past = day <= self.company_id._aftersales_today()
        if not is_new or not is_past or (after and usage > after.usage):
            return
        readings.create(
            {
                "asset_id": self.id,
                "date": day,
                "value": shown,
                "unit": self.usage_unit,
                "source": "assessment",
            }
        )

    def _sync_usage(self):
        """Follow new, changed or deleted readings of these units."""
        if not self:
            return
        self.env["aftersales.reading"]._update_usage(self)
        self._sync_usage_start()

    def _sync_usage_start(self):
        """Let limits count from the reading that held when their warranty began.

        The first reading beyond a limit ends what it limits, in lists too.
        """
        # sudo: what a limit counts from follows from the readings.
        warranties = self.sudo().warranty_ids
        for warranty in warranties.filtered(lambda w: w.usage_limit and w.date_start):
            readings = warranty.asset_id._get_readings(warranty.usage_unit)
            usage = warranty._get_usage_at_start(readings)
            beyond = readings.filtered(
                lambda r, w=warranty, u=usage: (
                    r.date >= w.date_start and r.usage - u > w.usage_limit
                )
            )
            day = beyond[:1].date
            if (warranty.usage_start, warranty.date_used_up) != (usage, day):
                warranty.write({"usage_start": usage, "date_used_up": day})

    def _create_layer(self, version, days=None, **vals):
        warranties = super()._create_layer(version, days, **vals)
        if version._get_option("usage_limit"):
            self._sync_usage_start()
        return warranties

    def action_add_reading(self):
        """Open the dialog for what the counter shows now."""
        self.ensure_one()
        return {
            "name": self.env._("Add Reading"),
            "type": "ir.actions.act_window",
            "res_model": "aftersales.reading",
            "views": [
                (
                    self.env.ref("aftersales_addon.aftersales_reading_view_form").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"default_asset_id": self.id},
        }

    def action_view_readings(self):
        """Open the readings of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_reading_action"
        )
        return {
            **action,
            "domain": [("asset_id", "in", self.ids)],
            "context": {
                "default_asset_id": self.id if len(self) == 1 else False,
                # A counter does not fall to zero on days without a reading.
                "fill_temporal": False,
            },
        }
