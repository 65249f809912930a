"""Promised times: the rows of the test vectors that are pure arithmetic, properties."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.clock import AroundTheClock, Schedule, deadline, elapsed
from ..tools.measures import net_promoter_score, satisfaction

HOUR = timedelta(hours=1)
BRUSSELS = ZoneInfo("Europe/Brussels")
NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1))
INTERVALS = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=12)
HOLDS = st.lists(st.tuples(MOMENTS, st.one_of(st.none(), MOMENTS)), max_size=4)
TARGETS = st.timedeltas(timedelta(seconds=1), timedelta(days=20))


def utc(text, tz=timezone.utc):
    """A moment in UTC from what a clock on the wall shows."""
    moment = datetime.fromisoformat(text).replace(tzinfo=tz)
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def office(tz, first, last, begin=9, end=17, off=()):
    """Working time from Monday to Friday."""
    day = date.fromisoformat(first)
    intervals = []
    while day <= date.fromisoformat(last):
        if day.weekday() < 5 and day.isoformat() not in off:
            hours = (datetime.combine(day, time(hour)) for hour in (begin, end))
            intervals.append([utc(moment.isoformat(), tz) for moment in hours])
        day += timedelta(days=1)
    return Schedule(intervals)


@tagged("post_install", "-at_install")
class TestClock(BaseCase):
    def test_s1_a_weekend_and_the_change_to_summer_time(self):
        schedule = office(BRUSSELS, "2026-03-20", "2026-04-10")
        due = deadline(schedule, utc("2026-03-27T16:00", BRUSSELS), 4 * HOUR)
        self.assertEqual(due, utc("2026-03-30T12:00", BRUSSELS))
        self.assertEqual(due, utc("2026-03-30T10:00"))

    def test_s2_around_the_clock_when_the_clocks_change(self):
        always = AroundTheClock()
        due = deadline(always, utc("2026-03-28T22:00", BRUSSELS), 8 * HOUR)
        self.assertEqual(due, utc("2026-03-29T07:00", BRUSSELS))
        due = deadline(always, utc("2026-10-31T22:00", NEW_YORK), 8 * HOUR)
        self.assertEqual(due, utc("2026-11-01T05:00", NEW_YORK))

    def test_s3_a_holiday(self):
        schedule = office(BRUSSELS, "2026-04-01", "2026-04-10", off=("2026-04-06",))
        due = deadline(schedule, utc("2026-04-03T16:00", BRUSSELS), 2 * HOUR)
        self.assertEqual(due, utc("2026-04-07T10:00", BRUSSELS))

    def test_s4_due_at_closing_time_not_the_next_morning(self):
        schedule = office(BRUSSELS, "2026-06-15", "2026-06-19")
        due = deadline(schedule, utc("2026-06-15T09:00", BRUSSELS), 8 * HOUR)
        self.assertEqual(due, utc("2026-06-15T17:00", BRUSSELS))

    def test_s5_a_hold_over_night(self):
        schedule = office(BRUSSELS, "2026-06-15", "2026-06-19")
        start = utc("2026-06-15T09:00", BRUSSELS)
        hold = utc("2026-06-15T11:00", BRUSSELS), utc("2026-06-16T15:00", BRUSSELS)
        due = deadline(schedule, start, 8 * HOUR, [hold])
        self.assertEqual(due, utc("2026-06-17T13:00", BRUSSELS))
        self.assertIsNone(deadline(schedule, start, 8 * HOUR, [(hold[0], None)]))

    def test_s8_first_response_by_the_clock_and_in_working_time(self):
        schedule = office(BRUSSELS, "2026-06-15", "2026-06-26")
        asked = utc("2026-06-19T18:00", BRUSSELS)
        answered = utc("2026-06-22T09:30", BRUSSELS)
        self.assertEqual(elapsed(AroundTheClock(), asked, answered), 63.5 * HOUR)
        self.assertEqual(elapsed(schedule, asked, answered), 0.5 * HOUR)

    def test_a_calendar_without_hours_promises_nothing(self):
        self.assertIsNone(deadline(Schedule([]), datetime(2026, 1, 1), HOUR))
        self.assertEqual(
            elapsed(Schedule([]), datetime(2026, 1, 1), datetime(2027, 1, 1)),
            timedelta(),
        )

    @settings(max_examples=200, deadline=None)
    @given(INTERVALS, MOMENTS, MOMENTS, MOMENTS, HOLDS)
    def test_times_add_up(self, intervals, first, second, third, holds):
        schedule = Schedule(intervals)
        a, b, c = sorted((first, second, third))
        whole = elapsed(schedule, a, c, holds)
        parts = elapsed(schedule, a, b, holds) + elapsed(schedule, b, c, holds)
        self.assertEqual(whole, parts)
        self.assertGreaterEqual(elapsed(schedule, a, b, holds), timedelta())
        self.assertLessEqual(whole, c - a)

    @settings(max_examples=300, deadline=None)
    @given(INTERVALS, MOMENTS, TARGETS, TARGETS, HOLDS)
    def test_deadlines_are_exact_and_in_order(
        self, intervals, start, less, more, holds
    ):
        schedule = Schedule(intervals)
        less, more = sorted((less, more))
        early = deadline(schedule, start, less, holds)
        late = deadline(schedule, start, more, holds)
        if early is None:
            self.assertIsNone(late)
            return
        self.assertEqual(elapsed(schedule, start, early, holds), less)
        if late is not None:
            self.assertLessEqual(early, late)
        tick = timedelta(microseconds=1)
        self.assertLess(elapsed(schedule, start, early - tick, holds), less)

    @settings(max_examples=200, deadline=None)
    @given(INTERVALS, MOMENTS, TARGETS, TARGETS)
    def test_a_promise_may_be_counted_in_parts(self, intervals, start, first, second):
        schedule = Schedule(intervals)
        whole = schedule.add(start, first + second)
        half = schedule.add(start, first)
        self.assertEqual(whole, half and schedule.add(half, second))

    @settings(max_examples=100, deadline=None)
    @given(MOMENTS, TARGETS, HOLDS)
    def test_around_the_clock_equals_one_long_interval(self, start, target, holds):
        long = Schedule([(datetime(2025, 1, 1), datetime(2036, 1, 1))])
        self.assertEqual(
            deadline(AroundTheClock(), start, target, holds),
            deadline(long, start, target, holds),
        )


@tagged("post_install", "-at_install")
class TestMeasures(BaseCase):
    def test_s6_satisfaction(self):
        measured = satisfaction([5, 5, 4, 3, 1, None, 0])
        self.assertEqual((measured.asked, measured.answered), (7, 5))
        self.assertEqual(measured.rate, 60)
        self.assertEqual(round(measured.mean, 2), 3.60)
        self.assertEqual(round(measured.response_rate, 2), 71.43)

    def test_nobody_answered(self):
        self.assertIsNone(satisfaction([None, None]).rate)
        self.assertEqual(satisfaction([None]).response_rate, 0)
        self.assertIsNone(satisfaction([]).response_rate)
        with self.assertRaises(ValueError):
            satisfaction([6])

    def test_s7_net_promoter_score(self):
        answers = [9, 10, 10, 8, 7, 6, 5, 9, 0, 10]
        self.assertEqual(net_promoter_score(answers), 20)
        self.assertIsNone(net_promoter_score([]))
        with self.assertRaises(ValueError):
            net_promoter_score([11])

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 10), min_size=1, max_size=50))
    def test_the_score_stays_within_its_scale(self, answers):
        score = net_promoter_score(answers)
        self.assertLessEqual(abs(score), 100)
        better = [min(answer + 1, 10) for answer in answers]
        self.assertGreaterEqual(net_promoter_score(better), score)
