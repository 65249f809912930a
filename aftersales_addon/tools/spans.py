"""Sets of days, held as spans from a first to a last day, both included.

No database: invoices of contracts are worked out with them. ``date.max`` stands for a
span without an end.
"""

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]
DAY = timedelta(days=1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same days as spans in order that neither overlap nor touch.

    :param spans: in any order; those that end before they begin hold no day
    """
    result: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if result and (first - result[-1][1]).days <= 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the days of ``spans`` that are not in ``others``."""
    result = []
    others = merged(others)
    for first, last in merged(spans):
        for other_first, other_last in others:
            if other_last < first or other_first > last:
                continue
            if other_first > first:
                result.append((first, other_first - DAY))
            if other_last >= last:
                break
            first = other_last + DAY
        else:
            result.append((first, last))
    return result


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the days that are in both."""
    others = merged(others)
    return merged(
        (max(first, other_first), min(last, other_last))
        for first, last in merged(spans)
        for other_first, other_last in others
    )
