"""Days that come again: rows of the test vectors, and properties."""

from datetime import date, timedelta
from itertools import count as count_from
from itertools import takewhile

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.periods import UNITS, add_period
from ..tools.schedule import (
    DIRECTIONS,
    Rule,
    forecast,
    next_after,
    number_at,
    occurrence,
    occurrences,
    to_working_day,
)

DAYS = st.one_of(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2025, 1, 31), date(2023, 12, 31)]),
)
RULES = st.builds(Rule, st.integers(min_value=1, max_value=40), st.sampled_from(UNITS))
NEAR = st.integers(min_value=-2000, max_value=2000)
MONTHLY = Rule(1, "month")
DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


def days(*texts):
    return [day(text) for text in texts]


def brute_force(anchor, rule, last):
    """The occurrences up to a day, one after the other."""
    numbered = (
        (number, add_period(anchor, number * rule.count, rule.unit))
        for number in count_from()
    )
    return list(takewhile(lambda pair: pair[1] <= last, numbered))


@tagged("post_install", "-at_install")
class TestOccurrences(BaseCase):
    def between(self, anchor, rule, first, last, **kwargs):
        pairs = occurrences(day(anchor), rule, day(first), day(last), **kwargs)
        return [due for _number, due in pairs]

    def test_c2_monthly_from_the_last_of_january(self):
        self.assertEqual(
            self.between("2026-01-31", MONTHLY, "2026-02-01", "2026-05-31"),
            days("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"),
        )

    def test_c3_quarterly_until_the_end_of_the_contract(self):
        quarterly = Rule(3, "month")
        due = self.between("2026-01-01", quarterly, "2026-01-02", "2026-12-31")
        self.assertEqual(due, days("2026-04-01", "2026-07-01", "2026-10-01"))

    def test_c4_fixed_from_the_due_day_floating_from_the_day_it_was_done(self):
        yearly, done = Rule(1, "year"), day("2026-09-29")
        fixed = next_after(day("2025-10-01"), yearly, day("2026-10-01"))
        self.assertEqual(fixed, (2, day("2027-10-01")))
        self.assertEqual(next_after(done, yearly, done), (1, day("2027-09-29")))

    def test_c5_the_horizon_is_included_and_a_second_run_finds_the_same(self):
        horizon = add_period(day("2026-06-15"), 3, "month")
        runs = [
            list(occurrences(day("2026-05-15"), MONTHLY, day("2026-06-15"), horizon))
            for _run in range(2)
        ]
        self.assertEqual(
            runs[0],
            [
                (1, day("2026-06-15")),
                (2, day("2026-07-15")),
                (3, day("2026-08-15")),
                (4, day("2026-09-15")),
            ],
        )
        self.assertEqual(runs[0], runs[1])

    def test_a_far_past_anchor_costs_no_walk(self):
        rule = Rule(1, "day")
        found = list(occurrences(date.min, rule, day("9999-12-30"), date.max, limit=9))
        self.assertEqual(
            [due for _number, due in found], days("9999-12-30", "9999-12-31")
        )
        self.assertEqual(found[0][0], (day("9999-12-30") - date.min).days)

    def test_a_leap_day_comes_back_in_leap_years(self):
        self.assertEqual(
            self.between("2096-02-29", Rule(1, "year"), "2096-01-01", "2105-01-01"),
            [day("2096-02-29")]
            + [date(year, 2, 28) for year in range(2097, 2104)]
            + [day("2104-02-29")],
        )

    def test_at_most_as_many_as_asked_for(self):
        window = ("2026-01-01", MONTHLY, "2026-01-01", "2046-01-01")
        self.assertEqual(len(self.between(*window, limit=5)), 5)
        self.assertEqual(self.between(*window, limit=0), [])
        self.assertEqual(len(self.between(*window)), 241)

    def test_nothing_comes_again_by_a_senseless_rule(self):
        today = day("2026-01-01")
        for rule in (Rule(0, "month"), Rule(-1, "day"), Rule(1, "fortnight")):
            for call in (
                lambda rule=rule: occurrence(today, rule, 0),
                # At once, not when the first one is asked for.
                lambda rule=rule: occurrences(today, rule, today, today),
                lambda rule=rule: next_after(today, rule, today - DAY),
                lambda rule=rule: next_after(today, rule, today),
            ):
                with self.assertRaisesRegex(ValueError, "interval|unit"):
                    call()
        with self.assertRaises(ValueError):
            occurrence(today, MONTHLY, -1)

    def test_after_the_end_of_the_calendar_there_is_nothing(self):
        for rule in (Rule(1, "day"), Rule(1, "week"), MONTHLY, Rule(1, "year")):
            with self.assertRaises(ValueError):
                occurrence(day("2026-01-01"), rule, 10**7)
            with self.assertRaises(ValueError):
                next_after(day("2026-01-01"), rule, date.max)

    @settings(deadline=None)
    @given(DAYS, RULES, st.integers(0, 150))
    def test_occurrences_come_later_and_later_from_the_anchor(self, anchor, rule, at):
        due = occurrence(anchor, rule, at)
        self.assertEqual(due, add_period(anchor, at * rule.count, rule.unit))
        self.assertLess(due, occurrence(anchor, rule, at + 1))

    @settings(deadline=None)
    @given(DAYS, RULES, NEAR, st.integers(0, 3000))
    def test_a_window_holds_what_a_walk_finds(self, anchor, rule, offset, length):
        first = anchor + offset * DAY
        last = first + length * DAY
        walked = [pair for pair in brute_force(anchor, rule, last) if pair[1] >= first]
        self.assertEqual(list(occurrences(anchor, rule, first, last)), walked)

    @settings(deadline=None)
    @given(DAYS, RULES, NEAR, st.integers(0, 900), st.integers(0, 900))
    def test_two_windows_are_one(self, anchor, rule, offset, one, other):
        first = anchor + offset * DAY
        middle, last = first + one * DAY, first + (one + other) * DAY
        halves = [
            *occurrences(anchor, rule, first, middle),
            *occurrences(anchor, rule, middle + DAY, last),
        ]
        self.assertEqual(halves, list(occurrences(anchor, rule, first, last)))

    @settings(deadline=None)
    @given(DAYS, RULES, NEAR)
    def test_the_next_one_is_the_first_after_a_day(self, anchor, rule, offset):
        today = anchor + offset * DAY
        number, due = next_after(anchor, rule, today)
        self.assertGreater(due, today)
        self.assertEqual(due, occurrence(anchor, rule, number))
        self.assertEqual(number_at(anchor, rule, today), number - 1)
        if number:
            self.assertLessEqual(occurrence(anchor, rule, number - 1), today)


@tagged("post_install", "-at_install")
class TestForecast(BaseCase):
    def test_by_the_average_between_first_and_last(self):
        readings = [(day("2026-01-01"), 100), (day("2026-01-31"), 400)]
        self.assertEqual(forecast(readings, 500), day("2026-02-10"))
        self.assertEqual(forecast(readings[::-1], 500), day("2026-02-10"), "any order")
        self.assertEqual(forecast(readings, 501), day("2026-02-11"), "not before")

    def test_what_is_older_than_a_year_counts_no_more(self):
        old = (day("2020-01-01"), 0)
        readings = [(day("2026-01-01"), 100), (day("2027-01-01"), 465)]
        self.assertEqual(forecast([old, *readings], 475), day("2027-01-11"))

    def test_a_unit_that_is_seldom_read_goes_by_the_reading_before(self):
        readings = [(day("2023-01-01"), 0), (day("2024-01-01"), 0)]
        readings.append((day("2025-12-31"), 730))
        self.assertEqual(forecast(readings, 731), day("2026-01-01"))

    def test_never_before_the_last_reading(self):
        last = day("2026-03-01")
        readings = [(day("2026-01-01"), 0), (last, 800)]
        self.assertEqual(forecast(readings, 800), last)
        self.assertEqual(forecast(readings, 10), last)
        self.assertEqual(forecast([(last, 800)], 10), last, "reached is reached")

    def test_nobody_knows(self):
        today = day("2026-01-01")
        self.assertIsNone(forecast([], 10))
        self.assertIsNone(forecast([(today, 1)], 10))
        self.assertIsNone(forecast([(today, 1), (today, 5)], 10), "one day only")
        later = today + 30 * DAY
        self.assertIsNone(forecast([(today, 5), (later, 5)], 10), "not used")
        self.assertIsNone(forecast([(today, 900), (later, 5)], 10), "set back")
        self.assertIsNone(forecast([(today, 0), (later, 1e-9)], 1e9), "too far")
        self.assertIsNone(forecast([(today, 0), (later, 1)], float("inf")))

    def test_the_highest_of_a_day(self):
        one, other = day("2026-01-01"), day("2026-01-11")
        readings = [(one, 0), (other, 100), (other, 40)]
        self.assertEqual(forecast(readings, 110), day("2026-01-12"))

    @settings(deadline=None)
    @given(
        st.lists(st.tuples(DAYS, st.floats(0, 1e6)), max_size=8),
        st.floats(0, 1e6),
        st.floats(0, 1e6),
    )
    def test_more_is_reached_later(self, readings, one, other):
        less, more = sorted((one, other))
        first, second = forecast(readings, less), forecast(readings, more)
        if first and second:
            self.assertLessEqual(first, second)
            self.assertGreaterEqual(first, max(due for due, _value in readings))


@tagged("post_install", "-at_install")
class TestWorkingDay(BaseCase):
    def test_around_a_weekend(self):
        saturday, sunday = days("2026-06-13", "2026-06-14")
        friday, monday = days("2026-06-12", "2026-06-15")
        for due, direction, expected in (
            (saturday, "next", monday),
            (saturday, "previous", friday),
            (saturday, "nearest", friday),
            (sunday, "nearest", monday),
            (sunday, "none", sunday),
            (friday, "next", friday),
        ):
            with self.subTest(due=due, direction=direction):
                shifted = to_working_day(due, lambda d: d.weekday() < 5, direction)
                self.assertEqual(shifted, expected)

    def test_of_two_equally_near_the_later(self):
        holiday = day("2026-06-17")
        shifted = to_working_day(holiday, lambda d: d != holiday, "nearest")
        self.assertEqual(shifted, day("2026-06-18"))

    def test_without_any_working_day_it_stays(self):
        due = day("2026-06-17")
        for direction in DIRECTIONS:
            self.assertEqual(to_working_day(due, lambda d: False, direction), due)
        tenth = due + 10 * DAY
        self.assertEqual(to_working_day(due, lambda d: d == tenth, limit=10), tenth)
        self.assertEqual(to_working_day(due, lambda d: d == tenth, limit=9), due)

    def test_at_the_ends_of_the_calendar_it_stays(self):
        for due in (date.min, date.max):
            for direction in DIRECTIONS:
                self.assertEqual(to_working_day(due, lambda d: False, direction), due)

    def test_an_unknown_direction_is_refused(self):
        with self.assertRaises(ValueError):
            to_working_day(day("2026-06-17"), lambda d: True, "sideways")

    @settings(deadline=None)
    @given(DAYS, st.sets(st.integers(0, 6), min_size=1), st.sampled_from(DIRECTIONS))
    def test_it_finds_the_nearest_in_its_direction(self, due, weekdays, direction):
        def works(one):
            return one.weekday() in weekdays

        shifted = to_working_day(due, works, direction)
        if direction == "none":
            self.assertEqual(shifted, due)
            return
        self.assertTrue(works(shifted))
        distance = abs((shifted - due).days)
        between = [due + step * DAY for step in range(1 - distance, distance)]
        if direction == "next":
            self.assertGreaterEqual(shifted, due)
            between = [one for one in between if one >= due]
        if direction == "previous":
            self.assertLessEqual(shifted, due)
            between = [one for one in between if one <= due]
        self.assertFalse(any(map(works, between)))
