"""Dates of warranties and other periods, without any database.

Conventions (after Regulation (EEC, Euratom) No 1182/71, article 3): the day of the
event is not counted, so a period ends at the end of the day that bears the same
number as the day of the event, and where that month has no such day, on its last
day. The end that is stored is the last covered day, inclusive.
"""

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

UNITS = ("day", "week", "month", "year")


def add_period(anchor: date, count: int, unit: str) -> date:
    """Return the day that lies ``count`` units after ``anchor``.

    Months and years are clamped to the last day of the month. To get the k-th
    boundary of a series, call this with the first anchor and ``k * count``: going
    from boundary to boundary would drift at month ends.

    :param date anchor: the day to count from
    :param int count: how many units, zero or more
    :param str unit: one of ``UNITS``
    :raises ValueError: for an unknown unit or a negative count
    """
    if unit not in UNITS:
        raise ValueError(f"unknown period unit: {unit!r}")
    if count < 0:
        raise ValueError("a period cannot be negative")
    return anchor + relativedelta(**{f"{unit}s": count})


def last_covered_day(event_day: date, count: int, unit: str) -> date:
    """Return the last day covered by a warranty that starts with an event.

    :param date event_day: the day of the event; it is not counted itself
    :param int count: the duration
    :param str unit: its unit, one of ``UNITS``
    """
    return add_period(event_day, count, unit)


def local_day(moment: datetime, tz_name: str | None) -> date:
    """Return the calendar day that a moment falls on in a time zone.

    :param datetime moment: naive and in UTC, as the ORM stores it, or aware
    :param str tz_name: an IANA name; UTC when empty
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(ZoneInfo(tz_name or "UTC")).date()


def add_periods(anchor: date, periods) -> date:
    """Return the day that lies several periods after ``anchor``.

    The months of all periods are added up and counted from the anchor at once, then
    the days: a month's end in between shortens nothing.

    :param date anchor: the first day of all, never the boundary before
    :param periods: pairs of a count and a unit of ``UNITS``
    """
    months = days = 0
    for count, unit in periods:
        if unit not in UNITS:
            raise ValueError(f"unknown period unit: {unit!r}")
        if count < 0:
            raise ValueError("a period cannot be negative")
        if unit in ("month", "year"):
            months += count * (12 if unit == "year" else 1)
        else:
            days += count * (7 if unit == "week" else 1)
    return anchor + relativedelta(months=months) + timedelta(days=days)


class Change(NamedTuple):
    """What moves the end of a term after it was promised."""

    day: date
    """The day of the repair, the replacement, the recall."""
    period: tuple[int, str] | None = None
    """How much is added."""
    floor: date | None = None
    """Instead: the end is at least this day."""
    revives: bool = False
    """Whether a term that was over on that day is prolonged too."""


class Term(NamedTuple):
    """A term as it was counted: the end lies ``periods`` after ``anchor``."""

    anchor: date
    periods: tuple
    end: date


def run_term(anchor: date, periods, changes=()) -> Term:
    """Return the term that runs from an anchor, with all that was added to it.

    :param date anchor: the day of the event that started it
    :param periods: pairs of a count and a unit, of this term and of those before it
    :param changes: ``Change`` tuples in the order of their days
    """
    term = Term(anchor, tuple(tuple(p) for p in periods), add_periods(anchor, periods))
    for change in changes:
        if change.day > term.end and not change.revives:
            continue
        if change.floor is None:
            periods = (*term.periods, tuple(change.period))
            term = Term(term.anchor, periods, add_periods(term.anchor, periods))
        elif change.floor > term.end:
            term = Term(change.floor, (), change.floor)
    return term
