"""When something is to happen: days with offsets, hours, time zones, quiet hours.

Moments are naive and in UTC, as the ORM stores them; hours are those of the clock on
the wall of whoever is meant. No database, no ORM.
"""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .periods import add_period

# In a calendar in which nobody works, the search ends.
WORKDAY_LIMIT = 62


def get_zone(tz_name: str | None) -> ZoneInfo:
    """Return a time zone; UTC for none, and for one that this machine does not know."""
    try:
        return ZoneInfo(tz_name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def at_hour(day: date, hour: float, tz_name: str | None, fold: int = 0) -> datetime:
    """Return the moment at which a clock shows an hour on a day.

    An hour that the clock skips in spring is that much later; one that it shows twice
    in autumn is meant the first time.

    :param date day: the day where the clock is
    :param float hour: 9.5 for half past nine; 0 up to, but not including, 24
    :param str tz_name: an IANA name; UTC when empty
    :param int fold: 1 for the second time in autumn
    """
    minutes = min(round(hour * 60), 24 * 60 - 1)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    aware = wall.replace(tzinfo=get_zone(tz_name), fold=fold)
    return aware.astimezone(timezone.utc).replace(tzinfo=None)


def after_quiet(
    moment: datetime, quiet_from: float, quiet_to: float, tz_name: str | None
) -> datetime:
    """Return the moment, or the end of the quiet hours that it falls into.

    :param datetime moment: naive UTC
    :param float quiet_from: the hour from which there is quiet
    :param float quiet_to: the hour until which there is; the same: no quiet hours
    """
    if quiet_from == quiet_to:
        return moment
    local = moment.replace(tzinfo=timezone.utc).astimezone(get_zone(tz_name))
    hour = local.hour + local.minute / 60 + local.second / 3600
    overnight = quiet_from > quiet_to
    if overnight:
        quiet = hour >= quiet_from or hour < quiet_to
    else:
        quiet = quiet_from <= hour < quiet_to
    if not quiet:
        return moment
    day = local.date()
    if overnight and hour >= quiet_from:
        day += timedelta(days=1)
    end = at_hour(day, quiet_to, tz_name)
    if end <= moment:
        # The clock was set back meanwhile, and shows that hour once more.
        end = at_hour(day, quiet_to, tz_name, fold=1)
    return max(moment, end)


def shift_day(day: date, count: int, unit: str, is_working=None) -> date:
    """Return the day that lies some time after a day, or before it.

    Before: the latest day from which ``count`` units lead to the day or just past it,
    so that a month before 31 May is 30 April.

    :param int count: negative for before
    :param str unit: ``day``, ``week``, ``month``, ``year``, or ``workday``, which
        counts working days only
    :param is_working: a function of a day; needed for ``workday``
    :raises ValueError: for an unknown unit
    """
    if unit == "workday":
        return _shift_workdays(day, count, is_working)
    if count >= 0:
        return add_period(day, count, unit)
    count = -count
    if unit in ("day", "week"):
        return day - timedelta(days=count * (7 if unit == "week" else 1))
    # A month earlier has the same number, or its last day.
    months = count * (12 if unit == "year" else 1)
    index = day.year * 12 + day.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    last = add_period(first, 1, "month") - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _shift_workdays(day, count, is_working):
    step = timedelta(days=1 if count >= 0 else -1)
    left, tries = abs(count), 0
    while left and tries < WORKDAY_LIMIT + 7 * abs(count):
        day += step
        tries += 1
        if is_working(day):
            left -= 1
    return day
