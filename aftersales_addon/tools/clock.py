"""Promised times: working time, holds and deadlines, without any database.

All moments are naive and in UTC, as the ORM stores them: a day on which the clocks
change needs no care then, eight hours are eight hours. A deadline is the first moment
at which the promised time is used up, so four hours promised at the opening of a
morning of four hours are due when that morning closes, not when the next one opens.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

ZERO = timedelta()


class Schedule:
    """When somebody works: sorted intervals that do not touch, within a window.

    Sums are kept, so that a question is answered by two searches, whatever the length
    of the window: ten thousand clocks share one schedule.
    """

    def __init__(self, intervals):
        """Take pairs of a start and a stop, in any order, overlapping or not."""
        merged = merge(intervals)
        self.starts = [start for start, _stop in merged]
        self.stops = [stop for _start, stop in merged]
        lengths = (stop - start for start, stop in merged)
        self.before = list(accumulate(lengths, initial=ZERO))

    def worked_until(self, moment: datetime) -> timedelta:
        """Return the working time from the window's beginning to a moment."""
        index = bisect_right(self.starts, moment)
        if not index:
            return ZERO
        last = index - 1
        inside = min(moment, self.stops[last]) - self.starts[last]
        return self.before[last] + inside

    def worked(self, start: datetime, stop: datetime) -> timedelta:
        """Return the working time between two moments; zero when they are reversed."""
        if stop <= start:
            return ZERO
        return self.worked_until(stop) - self.worked_until(start)

    def add(self, start: datetime, duration: timedelta) -> datetime | None:
        """Return the first moment at which a working time is over.

        :return: the start itself for no time at all; None when the window ends before
        """
        if duration <= ZERO:
            return start
        wanted = self.worked_until(start) + duration
        index = bisect_left(self.before, wanted)
        if index == len(self.before):
            return None
        return self.starts[index - 1] + (wanted - self.before[index - 1])


class AroundTheClock(Schedule):
    """Twenty-four hours on seven days, without an end."""

    def __init__(self):
        super().__init__(())

    def worked(self, start: datetime, stop: datetime) -> timedelta:
        """Return the time between two moments."""
        return max(stop - start, ZERO)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment that lies a time after a start."""
        return start + max(duration, ZERO)


class Reading(NamedTuple):
    """What a clock shows at a moment."""

    elapsed: timedelta
    """The working time that counts, without holds."""
    due: datetime | None
    """When the promised time is used up; None while it is held or beyond the window."""


def merge(intervals) -> list[tuple[datetime, datetime]]:
    """Return intervals in their order, those that overlap or touch as one."""
    merged: list[tuple[datetime, datetime]] = []
    for start, stop in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def elapsed(schedule: Schedule, start: datetime, stop: datetime, holds=()) -> timedelta:
    """Return the working time between two moments that no hold takes away.

    :param holds: pairs of a start and a stop; a stop of None means it still goes on
    """
    clipped = [
        (max(begin, start), min(end or stop, stop))
        for begin, end in holds
        if begin < stop
    ]
    held = (schedule.worked(begin, end) for begin, end in merge(clipped))
    return schedule.worked(start, stop) - sum(held, ZERO)


def deadline(
    schedule: Schedule, start: datetime, target: timedelta, holds=()
) -> datetime | None:
    """Return when a promised working time is used up.

    :param target: the promised working time
    :param holds: pairs of a start and a stop; a stop of None means it still goes on
    :return: None when a hold goes on, or the schedule's window ends, before that
    """
    position, left = start, target
    for begin, end in merge((b, e or datetime.max) for b, e in holds):
        if end <= position:
            continue
        before = schedule.worked(position, begin)
        if before >= left and begin > position:
            break
        left -= before
        if end == datetime.max:
            return None
        position = max(position, end)
    return schedule.add(position, left)
