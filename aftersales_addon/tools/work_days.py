"""On which days somebody works, by working calendars: each read once."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


class WorkDays:
    """The working days of one company's calendars, read when they are asked for."""

    def __init__(self, company):
        """Take the company whose calendar and holidays count."""
        self.company = company
        self.days = {}

    def of(self, calendar):
        """Return a function that tells of a day whether somebody works on it.

        :param calendar: ``resource.calendar``; the company's when empty. Without any,
            or without any working hours, every day is one.
        """
        calendar = calendar or self.company.resource_calendar_id
        if not calendar or not calendar._aftersales_has_hours():
            return lambda day: True
        return lambda day: day in self._read(calendar, day.year)

    def _read(self, calendar, year):
        key = (calendar.id, year)
        if key not in self.days:
            self.days[key] = self._get_days(calendar, year)
        return self.days[key]

    def _get_days(self, calendar, year):
        zone = ZoneInfo(calendar.tz or "UTC")
        first = _utc(datetime(year, 1, 1, tzinfo=zone))
        last = _utc(datetime(year, 12, 31, 23, 59, 59, tzinfo=zone))
        schedule = calendar._aftersales_get_schedule(first, last, self.company)
        days = set()
        for start, stop in zip(schedule.starts, schedule.stops, strict=True):
            begin, end = _day(start, zone), _day(stop - timedelta(microseconds=1), zone)
            while begin <= end:
                days.add(begin)
                begin += timedelta(days=1)
        return days


def _utc(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _day(moment, zone):
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
