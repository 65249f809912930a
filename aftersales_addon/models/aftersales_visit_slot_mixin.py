from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.fields import Domain

from ..tools.clock import merge
from ..tools.schedule import DAY

# Whoever has no working hours works from and to here, on every day.
USUAL_HOURS = (8, 18)
# Proposed times begin at whole quarters of an hour.
STEP = timedelta(minutes=15)
MAX_DAYS = 60


class AftersalesVisitSlotMixin(models.AbstractModel):
    """When somebody could come: working hours without days off and other visits."""

    _name = "aftersales.visit.slot.mixin"
    _description = "Free Times for a Visit"

    def _get_window(self):
        """Return from when to when the visit is: the appointment, or the whole day."""
        self.ensure_one()
        if self.date_start and self.date_end:
            return self.date_start, self.date_end
        return self._get_day_window(self.date_planned, self.date_planned)

    def _get_day_window(self, first, last):
        """Return the moments at which days of the company begin and end, in UTC."""
        self.ensure_one()
        zone = ZoneInfo(self.company_id._aftersales_tz())
        return _utc(first, zone), _utc(last + DAY, zone)

    def _get_free_slots(self, first, last, limit=20):
        """Return times at which a technician could come.

        They lie within working hours, beside days off and other visits with the way
        between, at whole quarters of an hour and not in the past. Of each free stretch
        the first time is proposed, and those that follow it by the length of the visit.

        :param date first: the first day, where the company works
        :param date last: the last one; sixty days after the first at most
        :param int limit: how many
        :return: a list of ``(start, end, user)``, the earliest first; naive, in UTC.
            Without a technician on the visit, those who could come
        """
        self.ensure_one()
        last = min(last, first + MAX_DAYS * DAY)
        if last < first:
            return []
        users = self.user_id or self._get_candidates()
        if not users:
            return []
        begin, end = self._get_day_window(first, last)
        begin = max(begin, fields.Datetime.now())
        length = timedelta(hours=self._get_length())
        slots = []
        for user, free in self._get_free_time(users, begin, end).items():
            for start, stop in free:
                slots += [
                    (moment, moment + length, user)
                    for moment in _get_starts(start, stop, length, limit)
                ]
        slots.sort(key=lambda slot: (slot[0], slot[2].id))
        return slots[:limit]

    def _get_free_time(self, users, begin, end):
        """Return when people are free, as lists of pairs of moments, by user."""
        buffer = timedelta(hours=self.company_id.sudo().aftersales_visit_buffer)
        domain = self._get_busy_domain(users, begin - buffer, end + buffer)
        # sudo: when somebody is busy counts, whoever may see with what.
        busy = self.sudo().search(domain & Domain("id", "!=", self._origin.id))
        result = {}
        for user, work in self._get_work_time(users, begin, end).items():
            mine = busy.filtered(lambda v, u=user: u in v._get_technicians())
            taken = [(v.date_start - buffer, v.date_end + buffer) for v in mine]
            result[user] = _without(work, merge(taken))
        return result

    def _get_work_time(self, users, begin, end):
        """Return when people work, by user: days off and holidays are left out."""
        # sudo: only when somebody works; why not is nobody's business.
        visit = self.sudo()
        company = visit.company_id
        usual = visit.team_id.resource_calendar_id or company.resource_calendar_id
        window = begin.replace(tzinfo=timezone.utc), end.replace(tzinfo=timezone.utc)
        holidays = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, company.id]),
        ]
        teams = visit.env["aftersales.team"].search([("away_ids", "in", users.ids)])
        away = teams.away_ids
        result = {}
        for user in users:
            resource = user.sudo().resource_ids.filtered(
                lambda r: r.company_id == company
            )[:1]
            calendar = resource.calendar_id or usual
            if user in away:
                result[user] = []
            elif not calendar or not calendar._aftersales_has_hours():
                result[user] = visit._get_usual_time(begin, end)
            else:
                intervals = calendar._work_intervals_batch(
                    *window, resources=resource or None, domain=holidays
                )[resource.id]
                result[user] = merge(
                    (_naive(start), _naive(stop)) for start, stop, _record in intervals
                )
        return result

    def _get_usual_time(self, begin, end):
        """Return the hours of somebody without a calendar, who works every day."""
        zone = ZoneInfo(self.company_id._aftersales_tz())
        day = begin.replace(tzinfo=timezone.utc).astimezone(zone).date()
        times = []
        while _utc(day, zone) < end:
            start, stop = (_utc(day, zone, time(hour)) for hour in USUAL_HOURS)
            times.append((max(start, begin), min(stop, end)))
            day += DAY
        return merge(times)


def _utc(day, zone, hour=time()):
    """Return the moment at which a clock shows an hour on a day, naive and in UTC."""
    moment = datetime.combine(day, hour, tzinfo=zone)
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _without(intervals, taken):
    """Return what is left of intervals; both are in order and do not overlap."""
    left = []
    for start, stop in intervals:
        for begin, end in taken:
            if end <= start or begin >= stop:
                continue
            if begin > start:
                left.append((start, begin))
            start = max(start, end)
        if start < stop:
            left.append((start, stop))
    return left


def _get_starts(start, stop, length, limit):
    """Return times at which a visit could begin within a free stretch."""
    whole = start.replace(minute=0, second=0, microsecond=0)
    moment = whole + STEP * -(-(start - whole) // STEP)
    starts = []
    while moment + length <= stop and len(starts) < limit:
        starts.append(moment)
        moment += STEP * max(-(-length // STEP), 1)
    return starts
