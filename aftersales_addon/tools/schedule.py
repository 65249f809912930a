"""Recurring days: services that come again, without any database.

Occurrence number n lies n times the interval after the first day (the anchor), always
counted from there: a monthly service from the 31st is due on 28 February and on 31
March again. Shifting one to a working day, or doing one late, moves no other.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from .periods import UNITS, add_period

DIRECTIONS = ("next", "previous", "nearest", "none")
# How far back readings tell today's use: a year has every season in it.
WINDOW = timedelta(days=365)
DAY = timedelta(days=1)


class Rule(NamedTuple):
    """How often something comes again."""

    count: int
    """How many units lie between one and the next, one or more."""
    unit: str
    """One of "day", "week", "month", "year"."""


def check(rule: Rule) -> None:
    """Raise ValueError for a rule by which nothing could come again."""
    count, unit = rule
    if unit not in UNITS:
        raise ValueError(f"unknown period unit: {unit!r}")
    if count < 1:
        raise ValueError(f"an interval is one {unit} at least, not {count}")


def occurrence(anchor: date, rule: Rule, number: int) -> date:
    """Return the day of an occurrence, counted from the anchor.

    :param date anchor: the day of number 0
    :param Rule rule: the interval
    :param int number: which one, zero or more
    :raises ValueError: for an interval below one, a negative number, or a day after
        the year 9999
    """
    check(rule)
    try:
        return add_period(anchor, number * rule.count, rule.unit)
    except OverflowError as error:
        raise ValueError(f"occurrence {number} lies after the year 9999") from error


def number_at(anchor: date, rule: Rule, day: date) -> int:
    """Return the number of the last occurrence on or before a day; -1 for none.

    Takes the same time for the next week as for the next millennium.

    :raises ValueError: for an interval below one or an unknown unit
    """
    check(rule)
    if day < anchor:
        return -1
    if rule.unit in ("day", "week"):
        return (day - anchor).days // (rule.count * (7 if rule.unit == "week" else 1))
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    number = months // (rule.count * (12 if rule.unit == "year" else 1))
    # That one lies in the month of the day or before, the following one after it.
    return number - 1 if occurrence(anchor, rule, number) > day else number


def occurrences(
    anchor: date, rule: Rule, first: date, last: date, limit: int | None = None
) -> Iterator[tuple[int, date]]:
    """Return the occurrences from one day to another, both included.

    :param date anchor: the day of number 0; it may lie centuries back
    :param int limit: at most so many; None for all of them
    :return: an iterator of pairs of a number and a day
    :raises ValueError: at once, for an interval below one or an unknown unit
    """
    start = number_at(anchor, rule, first)
    if start < 0 or occurrence(anchor, rule, start) < first:
        start += 1
    stop = number_at(anchor, rule, last) + 1
    if limit is not None:
        stop = min(stop, start + limit)
    return ((number, occurrence(anchor, rule, number)) for number in range(start, stop))


def next_after(anchor: date, rule: Rule, day: date) -> tuple[int, date]:
    """Return number and day of the first occurrence strictly after a day.

    That is the anchor itself for a day before it.

    :raises ValueError: for an interval below one, or when it is after the year 9999
    """
    number = number_at(anchor, rule, day) + 1
    return number, occurrence(anchor, rule, number)


def forecast(readings: list[tuple[date, float]], target: float) -> date | None:
    """Return the day on which a counter will reach a target.

    The use of a day is taken as the average between the first and the last reading of
    the 365 days up to the last reading; where there is no other day within those, from
    the reading before them. Of several readings on one day the highest counts.

    :param readings: pairs of a day and what the counter showed, in any order
    :param float target: the counter's value to wait for
    :return: a day not before that of the last reading: that day itself when the target
        is already reached; None without readings on two days, without use (or after a
        counter was set back), and for a day after the year 9999
    """
    highest: dict[date, float] = {}
    for day, value in readings:
        highest[day] = max(value, highest.get(day, value))
    if not highest:
        return None
    days = sorted(highest)
    last = days[-1]
    missing = target - highest[last]
    if missing <= 0:
        return last
    recent = [day for day in days[:-1] if last - day <= WINDOW] or days[-2:-1]
    if not recent:
        return None
    use = highest[last] - highest[recent[0]]
    if use <= 0:
        return None
    # Rounded first: what floats lose on the way must not add a day.
    wait = round(missing * (last - recent[0]).days / use, 6)
    if wait > (date.max - last).days:
        return None
    return last + timedelta(days=ceil(wait))


def to_working_day(
    day: date,
    is_working: Callable[[date], bool],
    direction: str = "next",
    limit: int = 31,
) -> date:
    """Return the working day that takes the place of a day.

    :param date day: the day that is due; it stays when it is a working day
    :param is_working: tells of a day whether work is done on it
    :param str direction: one of ``DIRECTIONS``; of two days equally near, the later;
        "none" moves nothing
    :param int limit: how many days away it may be
    :return: the day itself when there is no working day so near: a calendar without
        working time must not make a service vanish
    :raises ValueError: for an unknown direction
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"unknown direction: {direction!r}")
    if direction == "none" or is_working(day):
        return day
    signs = {"next": (1,), "previous": (-1,), "nearest": (1, -1)}[direction]
    for distance in range(1, limit + 1):
        for sign in signs:
            ordinal = day.toordinal() + sign * distance
            if not 1 <= ordinal <= date.max.toordinal():
                continue
            candidate = date.fromordinal(ordinal)
            if is_working(candidate):
                return candidate
    return day
