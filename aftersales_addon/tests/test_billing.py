"""Terms, billing periods and shares: rows of the test vectors, and properties."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.billing import (
    Period,
    fraction,
    indexed,
    notice_day,
    periods,
    prorate,
    split,
    term,
    term_end,
    terms,
    unused,
)
from ..tools.periods import UNITS, add_period

DAYS = st.one_of(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2025, 1, 31), date(2023, 12, 31)]),
)
COUNTS = st.integers(min_value=1, max_value=30)
UNIT = st.sampled_from(UNITS)
LENGTHS = st.integers(min_value=0, max_value=3000)
AMOUNTS = st.decimals(-(10**6), 10**6, places=2)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)
DIGITS = st.integers(min_value=0, max_value=4)
DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


def spans(found):
    """First and last days, as a test reads them."""
    return [(one.first.isoformat(), one.last.isoformat()) for one in found]


@tagged("post_install", "-at_install")
class TestContractTerms(BaseCase):
    def test_c1_a_month_from_the_31st(self):
        start = day("2025-01-31")
        found = list(periods(start, None, 1, "month", until=day("2026-01-30")))
        self.assertEqual(
            spans(found[:3]),
            [
                ("2025-01-31", "2025-02-27"),
                ("2025-02-28", "2025-03-30"),
                ("2025-03-31", "2025-04-29"),
            ],
        )
        self.assertEqual((len(found), found[-1].last), (12, day("2026-01-30")))
        self.assertEqual(term_end(start, 12, "month"), day("2026-01-30"))

    def test_renewals_do_not_drift(self):
        start = day("2024-02-29")
        self.assertEqual(
            list(islice(terms(start, 1, "year"), 2)),
            [
                (start, day("2025-02-27")),
                (day("2025-02-28"), day("2026-02-27")),
            ],
        )
        self.assertEqual(term(start, 1, "year", 4)[0], day("2028-02-29"))

    def test_c11_notice(self):
        self.assertEqual(notice_day(day("2027-05-31"), 3, "month"), day("2027-02-28"))

    def test_notice_at_month_ends(self):
        for end, months, expected in (
            ("2027-12-31", 3, "2027-09-30"),
            ("2027-05-30", 3, "2027-02-28"),
            ("2028-05-30", 3, "2028-02-29"),
            ("2027-02-28", 3, "2026-11-30"),
            ("2028-02-28", 3, "2027-11-28"),
            ("2027-04-30", 1, "2027-03-31"),
            ("2027-06-15", 1, "2027-05-15"),
            ("2027-06-30", 0, "2027-06-30"),
        ):
            with self.subTest(end=end, months=months):
                self.assertEqual(notice_day(day(end), months, "month"), day(expected))
        self.assertEqual(notice_day(day("2025-02-28"), 1, "year"), day("2024-02-29"))
        self.assertEqual(notice_day(day("2027-06-15"), 6, "week"), day("2027-05-04"))
        self.assertEqual(notice_day(day("2027-06-15"), 30, "day"), day("2027-05-16"))

    def test_nonsense_is_refused(self):
        today = day("2026-01-01")
        for count, unit in ((0, "month"), (-1, "year"), (1, "fortnight")):
            for call in (
                lambda c=count, u=unit: term_end(today, c, u),
                # At once, not when the first one is asked for.
                lambda c=count, u=unit: periods(today, None, c, u),
                lambda c=count, u=unit: periods(today, None, c, u, aligned=True),
            ):
                with self.assertRaises(ValueError):
                    call()
        for count, unit in ((-1, "month"), (1, "fortnight")):
            with self.assertRaises(ValueError):
                notice_day(today, count, unit)

    @settings(deadline=None)
    @given(DAYS, COUNTS, UNIT, st.integers(0, 50))
    def test_terms_follow_each_other(self, start, count, unit, number):
        first, last = term(start, count, unit, number)
        self.assertLessEqual(first, last)
        self.assertEqual(term(start, count, unit, number + 1)[0], last + DAY)
        self.assertEqual(term_end(start, count * (number + 1), unit), last)

    @settings(deadline=None)
    @given(DAYS, st.integers(0, 30), UNIT)
    def test_a_notice_is_the_latest_that_runs_out_in_time(self, end, count, unit):
        latest = notice_day(end, count, unit)
        self.assertLessEqual(add_period(latest, count, unit), end)
        self.assertGreater(add_period(latest + DAY, count, unit), end)


@tagged("post_install", "-at_install")
class TestBillingPeriods(BaseCase):
    def aligned(self, start, end, count, unit):
        until = add_period(day(start), 2, "year")
        found = periods(day(start), day(end) if end else None, count, unit, True, until)
        return list(found)

    def test_calendar_months(self):
        found = self.aligned("2026-03-10", "2026-05-12", 1, "month")
        self.assertEqual(
            spans(found),
            [
                ("2026-03-10", "2026-03-31"),
                ("2026-04-01", "2026-04-30"),
                ("2026-05-01", "2026-05-12"),
            ],
        )
        self.assertEqual(found[0].whole_first, day("2026-03-01"))
        self.assertEqual(found[2].whole_last, day("2026-05-31"))
        self.assertEqual([fraction(one) for one in found[:2]], [Fraction(22, 31), 1])

    def test_the_calendar_of_each_unit(self):
        for start, count, unit, whole_first, whole_last in (
            ("2026-05-10", 3, "month", "2026-04-01", "2026-06-30"),
            ("2026-12-31", 2, "month", "2026-11-01", "2026-12-31"),
            ("2026-05-10", 12, "month", "2026-01-01", "2026-12-31"),
            ("2026-05-10", 5, "month", "2026-05-01", "2026-09-30"),
            ("2026-05-10", 24, "month", "2026-05-01", "2028-04-30"),
            ("2026-05-10", 1, "year", "2026-01-01", "2026-12-31"),
            ("2026-05-10", 2, "year", "2026-01-01", "2027-12-31"),
            ("2026-05-10", 1, "week", "2026-05-04", "2026-05-10"),
            ("2026-05-10", 10, "day", "2026-05-10", "2026-05-19"),
        ):
            with self.subTest(count=count, unit=unit):
                first = self.aligned(start, None, count, unit)[0]
                self.assertEqual(first.first, day(start))
                self.assertEqual(
                    first[3:], (day(whole_first), day(whole_last)), "the whole"
                )

    def test_numbers_go_on_where_a_term_before_stopped(self):
        window = (day("2026-01-01"), None, 1, "month")
        found = periods(*window, until=day("2026-03-31"), first_number=12)
        self.assertEqual([one.number for one in found], [12, 13, 14])
        late = periods(*window, first_number=12, since=day("2526-02-01"))
        self.assertEqual(next(late).number, 12 + 500 * 12 + 1)

    def test_a_term_that_is_over_before_it_starts_has_none(self):
        start = day("2026-01-15")
        self.assertFalse(list(periods(start, start - DAY, 1, "month")))
        self.assertFalse(list(periods(start, None, 1, "month", True, start - DAY)))
        later = day("2026-01-25")
        cut = periods(start, day("2026-01-20"), 1, "month", True, since=later)
        self.assertFalse(list(cut), "the cut period ended before, its whole did not")

    @settings(deadline=None)
    @given(DAYS, LENGTHS, COUNTS, UNIT, st.booleans())
    def test_periods_tile_the_term(self, start, length, count, unit, aligned):
        end = start + length * DAY
        found = list(periods(start, end, count, unit, aligned))
        self.assertEqual((found[0].first, found[-1].last), (start, end))
        for number, one in enumerate(found):
            self.assertEqual(one.number, number)
            self.assertLessEqual(one.whole_first, one.first)
            self.assertLessEqual(one.first, one.last)
            self.assertLessEqual(one.last, one.whole_last)
        for one, other in zip(found, found[1:], strict=False):
            self.assertEqual(other.first, one.last + DAY)
            self.assertEqual(other.whole_first, one.whole_last + DAY)
        for inner in found[1:-1]:
            self.assertEqual(fraction(inner), 1)
        if not aligned:
            self.assertEqual(found[0].whole_first, start)

    @settings(deadline=None)
    @given(DAYS, LENGTHS, COUNTS, UNIT, st.booleans(), st.data())
    def test_skipping_is_filtering(self, start, length, count, unit, aligned, data):
        end = start + length * DAY
        offsets = st.integers(-100, length + 100)
        since, until = (start + data.draw(offsets) * DAY for _day in range(2))
        every = list(periods(start, end, count, unit, aligned))
        self.assertEqual(
            list(periods(start, end, count, unit, aligned, since=since)),
            [one for one in every if one.last >= since],
        )
        self.assertEqual(
            list(periods(start, end, count, unit, aligned, until)),
            [one for one in every if one.first <= until],
        )
        self.assertEqual(
            list(periods(start, end, count, unit, aligned, until, since=since)),
            [one for one in every if one.last >= since and one.first <= until],
        )


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    def first_amount(self, amount, start):
        first = next(periods(day(start), None, 1, "month", aligned=True))
        return str(prorate(Decimal(amount), first, 2))

    def test_c7_c8_a_part_of_a_month(self):
        self.assertEqual(self.first_amount("310", "2026-03-10"), "220.00")
        self.assertEqual(self.first_amount("100", "2027-02-24"), "17.86")
        self.assertEqual(self.first_amount("100", "2028-02-24"), "20.69")
        self.assertEqual(self.first_amount("100", "2028-02-01"), "100.00")

    def test_half_a_cent_is_rounded_up_away_from_zero(self):
        first, last = day("2026-06-01"), day("2026-06-30")
        half = Period(0, first, day("2026-06-15"), first, last)
        self.assertEqual(prorate(Decimal("0.05"), half, 2), Decimal("0.03"))
        self.assertEqual(prorate(Decimal("-0.05"), half, 2), Decimal("-0.03"))
        self.assertEqual(prorate(Decimal("3"), half, 0), Decimal("2"))

    def test_c9_prepaid_and_cancelled(self):
        year = day("2026-01-01"), day("2026-12-31")
        for last_day, credit in (
            ("2026-03-31", "275.00"),
            ("2025-12-31", "365.00"),
            ("2020-01-01", "365.00"),
            ("2026-01-01", "364.00"),
            ("2026-12-30", "1.00"),
            ("2026-12-31", "0.00"),
            ("2030-01-01", "0.00"),
        ):
            with self.subTest(last_day=last_day):
                amount = unused(Decimal("365"), *year, day(last_day), 2)
                self.assertEqual(str(amount), credit)
        with self.assertRaises(ValueError):
            unused(Decimal("365"), *reversed(year), day("2026-03-31"), 2)

    @settings(deadline=None)
    @given(DAYS, st.integers(0, 400), AMOUNTS, DIGITS, st.data())
    def test_parts_add_up_to_the_whole(self, first, length, amount, digits, data):
        last = first + length * DAY
        offsets = st.sets(st.integers(1, length), max_size=6) if length else st.just([])
        cuts = sorted(first + offset * DAY for offset in data.draw(offsets))
        starts, ends = [first, *cuts], [*(cut - DAY for cut in cuts), last]
        parts = [
            Period(0, begin, stop, first, last)
            for begin, stop in zip(starts, ends, strict=True)
        ]
        prices = [prorate(amount, part, digits) for part in parts]
        whole = prorate(amount, Period(0, first, last, first, last), digits)
        self.assertEqual(sum(prices), whole)
        self.assertLessEqual(abs(whole - amount), Decimal("0.5").scaleb(-digits))
        for part, price in zip(parts, prices, strict=True):
            exact = Fraction(amount) * fraction(part)
            self.assertLessEqual(abs(Fraction(price) - exact), Fraction(1, 10**digits))
        self.assertEqual(sum(map(fraction, parts)), 1)

    @settings(deadline=None)
    @given(DAYS, st.integers(0, 400), AMOUNTS, st.integers(-30, 430))
    def test_what_is_used_and_what_is_credited_add_up(self, first, length, amount, at):
        last, last_day = first + length * DAY, first + at * DAY
        credit = unused(amount, first, last, last_day, 2)
        self.assertLessEqual(abs(credit), abs(amount))
        if last_day < first:
            self.assertEqual(credit, amount)
        elif last_day >= last:
            self.assertEqual(credit, 0)
        else:
            used = Period(0, first, last_day, first, last)
            self.assertEqual(credit + prorate(amount, used, 2), amount)

    def test_the_cents_left_go_to_those_that_lost_most(self):
        def shared(amount, weights, digits=2):
            return [str(part) for part in split(Decimal(amount), weights, digits)]

        self.assertEqual(shared("100", [1, 1, 1]), ["33.34", "33.33", "33.33"])
        self.assertEqual(shared("-100", [1, 1, 1]), ["-33.34", "-33.33", "-33.33"])
        self.assertEqual(shared("0.01", [0, 1, 2]), ["0.00", "0.00", "0.01"])
        self.assertEqual(shared("10", [Fraction(1, 3), Fraction(2, 3)], 0), ["3", "7"])

    def test_no_weights_no_shares(self):
        for weights in ([], [0], [0, 0], [2, -1]):
            with self.assertRaises(ValueError):
                split(Decimal("10"), weights, 2)

    @settings(deadline=None)
    @given(
        AMOUNTS,
        st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
        DIGITS,
    )
    def test_shares_add_up(self, amount, weights, digits):
        shares = split(amount, weights, digits)
        whole = split(amount, [1], digits)[0]
        self.assertEqual(sum(shares), whole)
        for share, weight in zip(shares, weights, strict=True):
            exact = Fraction(whole) * weight / sum(weights)
            self.assertLess(abs(Fraction(share) - exact), Fraction(1, 10**digits))
            if not weight:
                self.assertEqual(share, 0)


@tagged("post_install", "-at_install")
class TestIndex(BaseCase):
    def price(self, index, **kwargs):
        kwargs = {key: Decimal(value) for key, value in kwargs.items()}
        return str(indexed(Decimal("1000"), Decimal("105.2"), Decimal(index), **kwargs))

    def test_c10_always_from_the_base(self):
        self.assertEqual(self.price("108.9"), "1035.17")
        self.assertEqual(self.price("112.0"), "1064.64")
        self.assertEqual(self.price("112.0", previous="1035.17"), "1064.64")
        self.assertEqual(self.price("108.9", cap_percent="3"), "1030.00")

    def test_what_a_cap_took_is_caught_up_within_the_next_cap(self):
        capped = self.price("112.0", cap_percent="3", previous="1030.00")
        self.assertEqual(capped, "1060.90")
        calm = self.price("109.0", cap_percent="3", previous="1030.00")
        self.assertEqual(calm, "1036.12")

    def test_a_cap_limits_no_fall(self):
        fallen = self.price("84.16", cap_percent="0", previous="1030.00")
        self.assertEqual(fallen, "800.00")
        self.assertEqual(self.price("108.9", cap_percent="0"), "1000.00")

    def test_a_free_time_before_does_not_cap_the_price_at_nothing(self):
        price = self.price("108.9", cap_percent="3", previous="0")
        self.assertEqual(price, "1030.00")

    def test_never_below_zero(self):
        price = indexed(Decimal("-5"), Decimal("100"), Decimal("110"))
        self.assertEqual(price, 0)

    def test_nonsense_is_refused(self):
        for base_index, index, cap in ((0, 1, None), (1, 0, None), (-1, -1, None)):
            with self.assertRaises(ValueError):
                indexed(Decimal(1), Decimal(base_index), Decimal(index), cap)
        with self.assertRaises(ValueError):
            indexed(Decimal(1), Decimal(1), Decimal(1), Decimal(-3))
