"""Terms, billing periods and shares of prices, without any database.

The start day of a contract counts: period k starts k intervals after the start and
ends the day before the next one starts; all days here are included. Amounts are exact
decimals, and are rounded half up (away from zero) once, at the very end.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count as count_from
from math import floor
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .periods import UNITS
from .schedule import DAY, Rule, number_at, occurrence


class Period(NamedTuple):
    """Days that are billed together, and the whole period they are a part of."""

    number: int
    """Its place in the term."""
    first: date
    """The first day."""
    last: date
    """The last day, included."""
    whole_first: date
    """The first day of the whole period: the same day unless the term starts later."""
    whole_last: date
    """The last day of the whole period: the same day unless the term ends earlier."""


def term(start: date, count: int, unit: str, number: int) -> tuple[date, date]:
    """Return the first and the last day of a term, counted from the first of all.

    :param date start: the first day of term 0
    :param int count: how long a term is, in ``unit``, one or more
    :param str unit: one of ``periods.UNITS``
    :param int number: which term; each renewal adds one
    :raises ValueError: for a length below one, or a negative number
    """
    rule = Rule(count, unit)
    first = occurrence(start, rule, number)
    return first, occurrence(start, rule, number + 1) - DAY


def terms(start: date, count: int, unit: str) -> Iterator[tuple[date, date]]:
    """Return the terms that follow each other, without an end; see ``term``."""
    return (term(start, count, unit, number) for number in count_from())


def term_end(start: date, count: int, unit: str) -> date:
    """Return the last day, included, of a term whose first day is ``start``."""
    return term(start, count, unit, 0)[1]


def notice_day(end: date, count: int, unit: str) -> date:
    """Return the last day on which notice can be given for the end of a term.

    The day of the notice is not counted, as for any event: the notice runs out on the
    day that bears the same number, or on the last of a month without it, and that must
    not be after the term's last day. The day returned is the latest for which this
    holds: 3 months before 31 May is 28 February, before 30 May too (28 February runs
    out on 28 May, 1 March on 1 June), and before 28 February it is 30 November.

    :param date end: the last day of the term, included
    :param int count: the notice, zero or more
    :param str unit: its unit, one of ``periods.UNITS``
    :raises ValueError: for an unknown unit or a negative count
    """
    if unit not in UNITS:
        raise ValueError(f"unknown period unit: {unit!r}")
    if count < 0:
        raise ValueError("a notice cannot be negative")
    if unit in ("month", "year") and count and (end + DAY).day == 1:
        # Every later day of that month runs out on the last of this month as well.
        return end + relativedelta(**{f"{unit}s": -count}, day=31)
    return end + relativedelta(**{f"{unit}s": -count})


def _aligned_anchor(start: date, count: int, unit: str) -> date:
    """Return the first day of the calendar's period that the start lies in."""
    if unit == "week":
        return start - start.weekday() * DAY
    if unit == "year":
        return start.replace(month=1, day=1)
    if unit == "month" and 12 % count == 0:
        return start.replace(month=start.month - (start.month - 1) % count, day=1)
    if unit == "month":
        return start.replace(day=1)
    return start


def periods(
    start: date,
    end: date | None,
    count: int,
    unit: str,
    aligned: bool = False,
    until: date | None = None,
    first_number: int = 0,
    since: date | None = None,
) -> Iterator[Period]:
    """Return the billing periods of a term: every day of it in exactly one.

    Aligned to the calendar, weeks begin on Monday, months on the first, years on 1
    January. Several months are blocks counted from January if they divide a year, else
    from the month of the start; several weeks or years from that of the start. Days
    are never aligned. Then the first period can be a part of a whole one.

    :param date start: the first day of the term
    :param date end: its last day, at which the last period is cut; None without an end
    :param int count: how many units a period has, one or more
    :param str unit: one of ``periods.UNITS``
    :param bool aligned: count from the calendar instead of from the start
    :param date until: stop after the period that contains this day; None goes on to
        the end, and without an end as long as it is asked
    :param int first_number: the number of the term's first period
    :param date since: leave out the periods that end before this day, at no cost;
        numbers stay the same
    :raises ValueError: at once, for a count below one or an unknown unit
    """
    rule = Rule(count, unit)
    horizon = min(end or date.max, until or date.max)
    # Also tells of a senseless count, before anything divides by it.
    number_at(start, rule, start)
    anchor = _aligned_anchor(start, count, unit) if aligned else start
    begin, stop = 0, number_at(anchor, rule, horizon) + 1
    if horizon < start or (since and end and since > end):
        stop = 0
    elif since:
        begin = max(0, number_at(anchor, rule, since))
    return (
        Period(
            first_number + number,
            max(whole_first, start),
            min(whole_last, end or whole_last),
            whole_first,
            whole_last,
        )
        for number in range(begin, stop)
        for whole_first, whole_last in (term(anchor, count, unit, number),)
    )


def _days(first: date, last: date) -> int:
    """Return how many days there are from one to another, both included."""
    return (last - first).days + 1


def _rounded(value: Fraction, digits: int) -> Decimal:
    """Return a value rounded half up, away from zero, on a number of decimals."""
    units = floor(abs(value) * 10**digits + Fraction(1, 2))
    return Decimal(-units if value < 0 else units).scaleb(-digits)


def fraction(period: Period) -> Fraction:
    """Return which part of its whole a period is, by days."""
    whole = _days(period.whole_first, period.whole_last)
    return Fraction(_days(period.first, period.last), whole)


def prorate(amount: Decimal, period: Period, digits: int) -> Decimal:
    """Return what a period costs when the whole of it costs an amount.

    It is what the days up to its last one cost less what those before it cost, each
    rounded half up: so the parts of a whole add up to the whole to the cent, however
    many there are. For a part that begins or ends with the whole, this is the rounded
    share by days; of two halves of a cent, the earlier part takes the cent.

    :param Decimal amount: the price of the whole period
    :param int digits: the decimals of the currency
    """
    exact = Fraction(amount)
    whole = _days(period.whole_first, period.whole_last)
    before = (period.first - period.whole_first).days
    upto = before + _days(period.first, period.last)
    return _rounded(exact * upto / whole, digits) - _rounded(
        exact * before / whole, digits
    )


def unused(
    amount: Decimal, first: date, last: date, last_day: date, digits: int
) -> Decimal:
    """Return what of a prepaid amount is to be credited when a contract stops.

    With what ``prorate`` takes for the days until then, it adds up to the amount.

    :param Decimal amount: what was paid for the days from ``first`` to ``last``
    :param date last_day: the last day of the contract, which is still paid
    :param int digits: the decimals of the currency
    :return: all of it when that day is before the first, nothing from the last day on
    :raises ValueError: when the last day lies before the first
    """
    if last < first:
        raise ValueError("what was paid for ends before it begins")
    used_until = min(max(last_day, first - DAY), last)
    rest = Period(0, used_until + DAY, last, first, last)
    return prorate(amount, rest, digits)


def split(amount: Decimal, parts: Iterable, digits: int) -> list[Decimal]:
    """Return an amount shared out by weights; the shares add up to it to the cent.

    Each share is rounded down (towards zero), and what is left goes cent by cent to
    those that lost most, the first of equals first. A weight of zero gets nothing.

    :param Decimal amount: what to share out; rounded first; it may be negative
    :param parts: the weights, whole numbers, fractions or decimals, zero or more each
    :param int digits: the decimals of the currency
    :raises ValueError: for a negative weight, and when there is none above zero
    """
    weights = [Fraction(part) for part in parts]
    total = sum(weights)
    if min(weights, default=0) < 0 or not total:
        raise ValueError("an amount is shared out by weights above zero")
    whole = int(_rounded(Fraction(amount), digits).scaleb(digits))
    exact = [abs(whole) * weight / total for weight in weights]
    units = [floor(share) for share in exact]
    by_loss = sorted(range(len(units)), key=lambda at: units[at] - exact[at])
    for at in by_loss[: abs(whole) - sum(units)]:
        units[at] += 1
    sign = -1 if whole < 0 else 1
    return [Decimal(sign * unit).scaleb(-digits) for unit in units]


def indexed(
    base: Decimal,
    base_index: Decimal,
    index: Decimal,
    cap_percent: Decimal | None = None,
    digits: int = 2,
    previous: Decimal | None = None,
) -> Decimal:
    """Return a price moved by an index, always from the price agreed at first.

    ``base * index / base_index``, so that neither the rounding nor the cap of one year
    is carried into the next: a rise that was capped is caught up later, as far as the
    cap allows then. The price falls when the index falls.

    :param Decimal base: the price agreed at first
    :param Decimal base_index: the index it was agreed at
    :param Decimal index: the index now
    :param Decimal cap_percent: by how many percent at most the price may rise above
        ``previous``; None for no limit; a fall is never limited
    :param int digits: the decimals of the price
    :param Decimal previous: the price until now; without one, or when nothing was
        charged until now, the base
    :return: the rounded price, never below zero
    :raises ValueError: for an index that is not above zero, or a negative cap
    """
    if base_index <= 0 or index <= 0:
        raise ValueError("an index is above zero")
    if cap_percent is not None and cap_percent < 0:
        raise ValueError("a cap is not negative")
    price = Fraction(base) * Fraction(index) / Fraction(base_index)
    if cap_percent is not None:
        reference = previous if previous and previous > 0 else base
        price = min(price, Fraction(reference) * (1 + Fraction(cap_percent) / 100))
    return _rounded(max(price, Fraction(0)), digits)
