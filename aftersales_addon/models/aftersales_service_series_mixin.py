from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import schedule
from ..tools.periods import add_period
from ..tools.schedule import DAY, Rule

# When one of these changes, what comes again begins a new count.
RHYTHM = {
    "schedule",
    "interval_count",
    "interval_unit",
    "at_start",
    "mode",
    "usage_interval",
    "usage_unit",
}

# A unit that was delivered so shortly before the contract began came unused.
NEW_DAYS = 31


class Span(NamedTuple):
    """The days for which the visits of a unit are planned, all included."""

    first: date
    last: date
    horizon: date
    """How far ahead is planned today."""


class Wanted(NamedTuple):
    """What is to be planned of one service at one unit."""

    days: dict
    """The day of each occurrence, by number."""
    after: date | None = None
    """The day of the next one, which is too far ahead."""
    note: str = ""
    """What is missing to plan it, in words."""


class Row(NamedTuple):
    """A planned occurrence."""

    id: int
    visit_id: int
    service_id: int
    contract_line_id: int | None
    number: int
    date_due: date
    state: str
    date_done: object
    place_id: int
    is_free: bool
    """Nobody agreed on it: it may be moved and taken back."""
    is_open: bool


class AftersalesServiceSeriesMixin(models.AbstractModel):
    """When a promised service is due: counted from the plan, the last visit or use."""

    _name = "aftersales.service.series.mixin"
    _description = "Occurrences of a Service"

    number_base = fields.Integer(
        readonly=True,
        copy=False,
        help="What numbers begin at since the service comes at other times.",
    )
    date_rhythm = fields.Date(string="At These Times Since", readonly=True, copy=False)

    def write(self, vals):
        changed = self.browse()
        if RHYTHM & vals.keys():
            changed = self.filtered(lambda s: s.contract_id.state != "draft")
        result = super().write(vals)
        changed._begin_rhythm()
        return result

    @api.model
    def _get_planned_fields(self):
        return RHYTHM | {"shift"}

    @api.model
    def _get_visit_line_field(self):
        return "service_id"

    def _begin_rhythm(self):
        """Count anew: what was planned by the old times keeps its numbers."""
        if not self:
            return
        # sudo: numbers are nobody's to choose.
        groups = (
            self.env["aftersales.visit.line"]
            .sudo()
            ._read_group(
                [("service_id", "in", self.ids)], ["service_id"], ["number:max"]
            )
        )
        last = {service.id: number for service, number in groups}
        for service in self.sudo():
            if service.id in last:
                service.number_base = last[service.id] + 1
                service.date_rhythm = service.company_id._aftersales_today()

    def _get_planned_rows(self):
        """Return what is planned of these services, in one query.

        :return: a list of ``Row``
        """
        if not self:
            return []
        self.env["aftersales.visit"].flush_model()
        self.env["aftersales.visit.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, visit.id, line.service_id, line.contract_line_id,
                       line.number, line.date_due, visit.state, visit.date_done,
                       COALESCE(visit.partner_shipping_id, visit.partner_id),
                       visit.state = 'planned' AND visit.date_start IS NULL
                           AND visit.is_pinned IS NOT TRUE,
                       visit.state NOT IN ('done', 'not_done', 'cancelled')
                  FROM aftersales_visit_line AS line
                  JOIN aftersales_visit AS visit ON visit.id = line.visit_id
                 WHERE line.service_id = ANY(%s)
                   AND line.number IS NOT NULL AND line.date_due IS NOT NULL
              ORDER BY line.number
                """,
                self.ids,
            )
        )
        return [Row(*row) for row in rows]

    def _get_wanted(self, line, span, known, readings):
        """Return what is to be planned for a unit; see ``Wanted``.

        :param line: the line of the contract with the unit; none for a contract
            without units
        :param Span span: the days that count
        :param known: the rows of what is planned already, in the order of numbers
        :param dict readings: as ``_get_usage_readings`` returns them
        """
        self.ensure_one()
        if self.date_rhythm:
            span = span._replace(first=max(span.first, self.date_rhythm))
        if span.first > span.last:
            return Wanted({})
        if self.schedule == "usage":
            return self._get_wanted_by_use(line, span, known, readings)
        if self.mode == "floating":
            return self._get_wanted_floating(span, known)
        return self._get_wanted_fixed(span, known)

    def _get_rule(self):
        self.ensure_one()
        return Rule(self.interval_count, self.interval_unit)

    def _get_wanted_fixed(self, span, known):
        """The plan goes by the first day of the contract, whatever happens."""
        anchor, rule = self.contract_id._get_plan_anchor(), self._get_rule()
        base = self.number_base
        first = max(span.first, anchor if self.at_start else anchor + DAY)
        last = min(span.last, span.horizon)
        days = {
            base + number: day
            for number, day in schedule.occurrences(anchor, rule, first, last)
        }
        for row in known:
            # Planned when more was planned ahead: it stays.
            if row.is_free and row.number >= base and row.number not in days:
                day = schedule.occurrence(anchor, rule, row.number - base)
                if span.horizon < day <= span.last and day >= first:
                    days[row.number] = day
        _number, after = schedule.next_after(
            anchor, rule, max(span.horizon, first - DAY)
        )
        return Wanted(days, after if after <= span.last else None)

    def _get_wanted_floating(self, span, known):
        """The next one goes by the day on which the last one was done."""
        rule = self._get_rule()
        last = self._get_last(known)
        if last and last.is_open:
            return Wanted({})
        if last:
            begin = self._get_begin(last)
            day = add_period(begin, rule.count, rule.unit)
            number = max(last.number + 1, self.number_base)
        else:
            anchor = self.contract_id._get_plan_anchor()
            first = max(span.first, anchor if self.at_start else anchor + DAY)
            number, day = schedule.next_after(anchor, rule, first - DAY)
            number += self.number_base
        return self._get_single(number, day, span, known)

    def _get_last(self, known):
        """Return the last row that cannot be taken back any more, if any."""
        return next((row for row in reversed(known) if not row.is_free), None)

    def _get_begin(self, row):
        """Return the day from which the next one is counted after one that is over."""
        if row.state == "done" and row.date_done:
            return self.company_id._aftersales_day(row.date_done)
        visit = self.env["aftersales.visit"].browse(row.visit_id)
        again = visit._get_made_up_for()
        if again:
            return self.company_id._aftersales_day(again.date_done)
        return row.date_due

    def _get_single(self, number, day, span, known):
        """Return one occurrence, when it is due within the days planned ahead."""
        if day > span.last:
            return Wanted({})
        planned = any(row.number == number and row.is_free for row in known)
        if day > span.horizon and not planned:
            return Wanted({}, after=day)
        return Wanted({number: day})

    # --- By use ---

    def _get_wanted_by_use(self, line, span, known, readings):
        """The next one is due on the day on which the use will be reached."""
        asset = line.asset_id
        if not asset:
            return Wanted({}, note=self._explain_reading(asset))
        points = readings.get((asset.id, self.usage_unit), [])
        start, points = self._get_usage_start(asset, points)
        if start is None:
            return Wanted({}, note=self._explain_reading(asset))
        last = self._get_last(known)
        if last and last.is_open:
            return Wanted({})
        number, target = self._get_usage_target(start, points, last)
        day = schedule.forecast(points, target)
        if not day:
            return Wanted({}, note=self._explain_reading(asset))
        return self._get_single(number, max(day, span.first), span, known)

    def _get_usage_start(self, asset, points):
        """Return the use from which is counted, and the readings to forecast by.

        A new unit begins at zero on the day of its delivery; one that was in use
        before the contract began, at what was read last by then, or first after it.
        """
        anchor = self.date_rhythm or self.contract_id._get_plan_anchor()
        before = [usage for day, usage in points if day <= anchor]
        if before:
            return before[-1], points
        delivered = asset.delivery_date
        if not points:
            return None, points
        if delivered and delivered >= anchor - NEW_DAYS * DAY:
            return 0.0, [(delivered, 0.0), *points]
        return points[0][1], points

    def _get_usage_target(self, start, points, last):
        """Return number and use of the next occurrence.

        One that was forgotten is not made up for as many times as it was missed.
        """
        interval, base = self.usage_interval, self.number_base
        number = last.number + 1 if last else base + 1
        number = max(number, base + 1)
        if self.mode == "floating" and last and last.number >= base:
            day = self._get_begin(last)
            done = [usage for read, usage in points if read <= day]
            return number, (done[-1] if done else start) + interval
        now = max(usage for _day, usage in points)
        passed = int((now - start) / interval + 1e-9)
        number = max(number, base + passed)
        return number, start + (number - base) * interval

    def _explain_reading(self, asset):
        if not asset:
            return self.env._("%s: name the unit whose use counts.", self.name)
        return self.env._(
            "%(service)s, %(unit)s: readings of two days are needed to tell when it is "
            "due.",
            service=self.name,
            unit=asset.display_name,
        )
