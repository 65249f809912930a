"""Dates: the rows of the test vectors that are pure arithmetic, and properties."""

from datetime import date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.periods import (
    UNITS,
    Change,
    add_period,
    add_periods,
    last_covered_day,
    local_day,
    run_term,
)

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
COUNTS = st.integers(min_value=0, max_value=600)
PERIODS = st.lists(
    st.tuples(st.integers(min_value=0, max_value=120), st.sampled_from(UNITS)),
    max_size=5,
)


def day(text):
    return date.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def assert_end(self, start, count, unit, end):
        self.assertEqual(last_covered_day(day(start), count, unit), day(end))

    def test_w1_two_years_from_the_ides_of_march(self):
        self.assert_end("2025-03-15", 24, "month", "2027-03-15")

    def test_w2_clamped_to_the_end_of_february(self):
        self.assert_end("2025-08-31", 6, "month", "2026-02-28")

    def test_w3_leap_day(self):
        self.assert_end("2024-02-29", 1, "year", "2025-02-28")
        self.assert_end("2024-02-29", 4, "year", "2028-02-29")

    def test_w4_last_of_february_stays_the_same_number(self):
        self.assert_end("2023-02-28", 1, "year", "2024-02-28")

    def test_w5_months_and_days_differ_in_a_leap_year(self):
        self.assert_end("2023-03-15", 24, "month", "2025-03-15")
        self.assert_end("2023-03-15", 730, "day", "2025-03-14")

    def test_w6_boundaries_come_from_the_anchor(self):
        anchor = day("2025-08-31")
        self.assertEqual(add_period(anchor, 12, "month"), day("2026-08-31"))
        drifted = add_period(add_period(anchor, 6, "month"), 6, "month")
        self.assertEqual(drifted, day("2026-08-28"), "the reason for the rule")

    def test_w8_local_day_west_of_greenwich(self):
        moment = datetime(2026, 2, 1, 7, 30)
        self.assertEqual(local_day(moment, "America/Los_Angeles"), day("2026-01-31"))

    def test_w9_still_the_day_before_in_los_angeles(self):
        moment = datetime(2026, 7, 1, 2, 30, tzinfo=timezone.utc)
        self.assertEqual(local_day(moment, "America/Los_Angeles"), day("2026-06-30"))

    def test_w10_already_the_next_day_in_auckland(self):
        moment = datetime(2026, 6, 30, 13, 0)
        self.assertEqual(local_day(moment, "Pacific/Auckland"), day("2026-07-01"))

    def test_no_time_zone_is_utc(self):
        self.assertEqual(local_day(datetime(2026, 1, 1, 0, 0), None), day("2026-01-01"))

    def test_bad_input_is_refused(self):
        with self.assertRaises(ValueError):
            add_period(day("2026-01-01"), 1, "fortnight")
        with self.assertRaises(ValueError):
            add_period(day("2026-01-01"), -1, "month")

    @settings(deadline=None)
    @given(DAYS, COUNTS, st.sampled_from(UNITS))
    def test_end_is_never_before_the_start(self, start, count, unit):
        end = last_covered_day(start, count, unit)
        self.assertGreaterEqual(end, start)

    @settings(deadline=None)
    @given(DAYS, COUNTS, st.sampled_from(UNITS))
    def test_longer_terms_end_later(self, start, count, unit):
        self.assertLess(
            last_covered_day(start, count, unit),
            last_covered_day(start, count + 1, unit),
        )

    @settings(deadline=None)
    @given(DAYS, DAYS, COUNTS, st.sampled_from(UNITS))
    def test_later_starts_never_end_earlier(self, one, other, count, unit):
        first, second = sorted((one, other))
        self.assertLessEqual(
            last_covered_day(first, count, unit), last_covered_day(second, count, unit)
        )

    @settings(deadline=None)
    @given(DAYS, COUNTS)
    def test_months_keep_the_day_or_clamp_to_the_last(self, start, count):
        end = add_period(start, count, "month")
        if end.day != start.day:
            self.assertLess(end.day, start.day)
            self.assertEqual((end + timedelta(days=1)).day, 1)

    @settings(deadline=None)
    @given(DAYS, COUNTS)
    def test_years_are_twelve_months(self, start, count):
        self.assertEqual(
            add_period(start, count, "year"), add_period(start, 12 * count, "month")
        )

    @settings(deadline=None)
    @given(DAYS, COUNTS)
    def test_weeks_are_seven_days(self, start, count):
        self.assertEqual(
            add_period(start, count, "week"), start + timedelta(days=7 * count)
        )

    @settings(deadline=None)  # the first look-up of a zone reads a file
    @given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
    def test_a_local_day_is_at_most_a_day_away(self, moment):
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"):
            distance = local_day(moment, zone) - moment.date()
            self.assertLessEqual(abs(distance.days), 1)


@tagged("post_install", "-at_install")
class TestTerms(BaseCase):
    """Terms that follow each other, and what moves their ends."""

    @settings(deadline=None)
    @given(DAYS, PERIODS, PERIODS)
    def test_what_comes_before_never_shortens_what_follows(self, anchor, first, second):
        both = add_periods(anchor, [*first, *second])
        self.assertEqual(both, add_periods(anchor, [*second, *first]), "any order")
        self.assertGreaterEqual(both, add_periods(anchor, first))

    @settings(deadline=None)
    @given(DAYS, st.lists(COUNTS, min_size=1, max_size=6))
    def test_months_are_added_up_from_the_anchor(self, anchor, counts):
        periods = [(count // 6, "month") for count in counts]
        total = sum(count for count, _unit in periods)
        self.assertEqual(
            add_periods(anchor, periods), add_period(anchor, total, "month")
        )

    @settings(deadline=None)
    @given(DAYS, COUNTS, st.sampled_from(UNITS))
    def test_one_period_is_a_period(self, anchor, count, unit):
        self.assertEqual(
            add_periods(anchor, [(count, unit)]), add_period(anchor, count, unit)
        )

    @settings(deadline=None)
    @given(DAYS, PERIODS, st.integers(0, 400), st.integers(0, 400))
    def test_a_change_moves_the_end_by_what_it_says(self, anchor, periods, days, late):
        before = add_periods(anchor, periods)
        change = Change(day=before, period=(days, "day"))
        self.assertEqual((run_term(anchor, periods, [change]).end - before).days, days)
        after = before + timedelta(days=late + 1)
        over = Change(day=after, period=(days, "day"))
        self.assertEqual(run_term(anchor, periods, [over]).end, before)
        revived = Change(day=after, period=(days, "day"), revives=True)
        self.assertEqual((run_term(anchor, periods, [revived]).end - before).days, days)

    @settings(deadline=None)
    @given(DAYS, PERIODS, st.integers(-400, 400), PERIODS)
    def test_a_floor_is_the_least_and_a_new_anchor(self, anchor, periods, days, more):
        end = add_periods(anchor, periods)
        floor = end + timedelta(days=days)
        term = run_term(anchor, periods, [Change(day=end, floor=floor)])
        self.assertEqual(term.end, max(end, floor))
        self.assertEqual(add_periods(term.anchor, term.periods), term.end)
        followed = run_term(term.anchor, (*term.periods, *more))
        self.assertGreaterEqual(followed.end, term.end)

    @settings(deadline=None)
    @given(DAYS, PERIODS, st.integers(1, 60))
    def test_a_change_taken_back_leaves_no_trace(self, anchor, periods, months):
        plain = run_term(anchor, periods)
        change = Change(day=plain.end, period=(months, "month"))
        self.assertGreater(run_term(anchor, periods, [change]).end, plain.end)
        self.assertEqual(run_term(anchor, periods, []), plain)

    def test_w6_w20_w21(self):
        self.assertEqual(
            add_periods(day("2025-08-31"), [(6, "month"), (6, "month")]),
            day("2026-08-31"),
        )
        base = [(24, "month")]
        anchor = day("2025-03-15")
        repaired = Change(day("2026-01-01"), (12, "month"))
        rested = Change(day("2026-06-21"), (20, "day"))
        self.assertEqual(run_term(anchor, base, [repaired]).end, day("2028-03-15"))
        self.assertEqual(run_term(anchor, base, [rested]).end, day("2027-04-04"))

    def test_w19(self):
        floor = Change(day("2027-02-20"), floor=day("2027-05-21"))
        self.assertEqual(
            run_term(day("2025-03-15"), [(24, "month")], [floor]).end, day("2027-05-21")
        )

    def test_nonsense_is_refused(self):
        for period in [(-1, "month"), (1, "fortnight")]:
            with self.assertRaises(ValueError):
                add_periods(day("2025-01-01"), [period])
