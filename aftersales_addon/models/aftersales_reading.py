from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .aftersales_warranty_policy_promise_mixin import USAGE_UNITS


class AftersalesReading(models.Model):
    """What the counter of a unit showed on a day.

    ``value`` is what stood on the counter. ``usage`` is what the unit has done in
    all: when a counter is replaced, the new one starts low, and what the old one
    showed last is added.
    """

    _name = "aftersales.reading"
    _description = "Usage Reading"
    _order = "date desc, id desc"
    _rec_name = "value"

    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, precompute=True
    )
    product_id = fields.Many2one(
        related="asset_id.product_id", store=True, precompute=True
    )
    date = fields.Date(
        string="Read On",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        help="The day on which the counter was read, where the company works.",
    )
    value = fields.Float(
        string="Counter Shows",
        digits=(16, 2),
        required=True,
        aggregator="max",
        help="What stands on the counter. After a replacement: what the new counter "
        "showed when it was put in.",
    )
    unit = fields.Selection(
        USAGE_UNITS,
        required=True,
        compute="_compute_unit",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_replacement = fields.Boolean(
        string="Counter Replaced",
        default=False,
        help="A new counter was put in on this day. What the old one showed is kept "
        "and added.",
    )
    value_old = fields.Float(
        string="Old Counter Showed",
        digits=(16, 2),
        compute="_compute_value_old",
        store=True,
        readonly=False,
        precompute=True,
        aggregator="max",
        help="The last value of the counter that was taken out.",
    )
    usage = fields.Float(
        string="Usage in All",
        digits=(16, 2),
        readonly=True,
        aggregator="max",
        help="What the unit has done in all, over all its counters.",
    )
    reason = fields.Char(
        help="Why the value does not fit the readings before or after it. For "
        "instance: read wrongly last time."
    )
    source = fields.Selection(
        [
            ("manual", "Entered by Hand"),
            ("assessment", "Assessment"),
            ("portal", "Customer Portal"),
            ("visit", "Service Visit"),
        ],
        required=True,
        default="manual",
        readonly=True,
    )
    visit_id = fields.Many2one(
        "aftersales.visit",
        string="Service Visit",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        default=lambda self: self.env.user,
        readonly=True,
    )

    _value_not_negative = models.Constraint(
        "CHECK (value >= 0 AND value_old >= 0 AND value < 1e12 AND value_old < 1e12)",
        "A counter cannot show less than zero, nor a trillion.",
    )
    _reading_unique = models.UniqueIndex(
        "(asset_id, unit, date, value, is_replacement)",
        "This reading is entered already.",
    )

    @api.depends("asset_id")
    def _compute_date(self):
        for company, readings in self.grouped("company_id").items():
            today = (company or self.env.company)._aftersales_today()
            for reading in readings:
                reading.date = reading.date or today

    @api.depends("asset_id")
    def _compute_unit(self):
        for reading in self:
            reading.unit = reading.unit or reading.asset_id.usage_unit or "hour"

    @api.depends("is_replacement", "asset_id", "date", "unit")
    def _compute_value_old(self):
        for reading in self:
            if not reading.is_replacement:
                reading.value_old = 0.0
            elif not reading.value_old:
                earlier = reading._get_counter().filtered(
                    lambda r, day=reading.date: not day or r.date <= day
                )
                reading.value_old = earlier[-1:].value

    @api.depends("value", "unit", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for reading in self:
            shown = self._format_usage(reading.value, reading.unit)
            reading.display_name = (
                f"{shown}, {reading.asset_id._format_day(reading.date)}"
                if reading.date
                else shown
            )

    def _get_counter(self):
        """Return the other readings of this unit in this measure, oldest first."""
        self.ensure_one()
        known = self.asset_id.reading_ids.filtered(
            lambda r: r.unit == self.unit and r != self and r._origin != self._origin
        )
        return known.sorted(lambda r: (r.date, r._origin.id))

    @api.constrains("date", "asset_id")
    def _check_date(self):
        for company, readings in self.grouped("company_id").items():
            today = company._aftersales_today()
            for reading in readings.filtered(lambda r, today=today: r.date > today):
                raise ValidationError(
                    self.env._(
                        "A reading cannot be of a day to come (%(day)s). Today is "
                        "%(today)s.",
                        day=reading.asset_id._format_day(reading.date),
                        today=reading.asset_id._format_day(today),
                    )
                )

    @api.constrains(
        "asset_id", "date", "value", "unit", "is_replacement", "value_old", "reason"
    )
    def _check_plausible(self):
        """A counter runs forwards; what does not needs a reason."""
        all_readings = self.search([("asset_id", "in", self.asset_id.ids)])
        series = all_readings.sorted(lambda r: (r.date, r.id)).grouped(
            lambda r: (r.asset_id, r.unit)
        )
        for readings in series.values():
            before = [False, *readings]
            after = [*readings[1:], False]
            for earlier, reading, later in zip(before, readings, after, strict=False):
                if reading in self and not reading.reason:
                    reading._check_neighbours(earlier, later)

    def _check_neighbours(self, earlier, later):
        self.ensure_one()
        first = self.value_old if self.is_replacement else self.value
        if earlier and first < earlier.value:
            raise ValidationError(
                self.env._(
                    "%(unit)s: the counter showed %(earlier)s on %(day)s already, so "
                    "it cannot show %(value)s. Tell the reason, or tick “Counter "
                    "Replaced” if there is a new one.",
                    unit=self.asset_id.display_name,
                    earlier=self._format_usage(earlier.value, self.unit),
                    day=self.asset_id._format_day(earlier.date),
                    value=self._format_usage(first, self.unit),
                )
            )
        next_value = later and (
            later.value_old if later.is_replacement else later.value
        )
        if later and not later.reason and self.value > next_value:
            raise ValidationError(
                self.env._(
                    "%(unit)s: the counter showed no more than %(later)s on %(day)s, "
                    "so it cannot have shown %(value)s before. Tell the reason.",
                    unit=self.asset_id.display_name,
                    later=self._format_usage(next_value, self.unit),
                    day=self.asset_id._format_day(later.date),
                    value=self._format_usage(self.value, self.unit),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        readings = super().create(vals_list)
        readings.asset_id._sync_usage()
        return readings

    def write(self, vals):
        assets = self.asset_id
        result = super().write(vals)
        (assets | self.asset_id)._sync_usage()
        return result

    def unlink(self):
        assets = self.asset_id
        result = super().unlink()
        assets._sync_usage()
        return result

    @api.model
    def _update_usage(self, assets):
        """Work out the usage in all of every reading of these units, in one query."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_reading AS reading
                   SET usage = series.usage
                  FROM (SELECT id,
                               value + SUM(
                                   CASE WHEN is_replacement
                                        THEN value_old - value ELSE 0 END
                               ) OVER (
                                   PARTITION BY asset_id, unit ORDER BY date, id
                               ) AS usage
                          FROM aftersales_reading
                         WHERE asset_id = ANY(%s)) AS series
                 WHERE reading.id = series.id
                   AND reading.usage IS DISTINCT FROM series.usage
                """,
                assets.ids,
            )
        )
        self.invalidate_model(["usage"])

    @api.model
    def _format_usage(self, value, unit):
        """Return a usage with its unit, in the user's language."""
        label = {
            "hour": self.env._("h"),
            "km": self.env._("km"),
            "cycle": self.env._("cycles"),
        }.get(unit, "")
        number = self.env["res.lang"]._aftersales_format_number(value)
        return f"{number} {label}".strip()
