"""When something is to happen: offsets, hours, quiet hours, clocks that change."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.moments import after_quiet, at_hour, get_zone, shift_day
from ..tools.schedule import to_working_day

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Brussels",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Australia/Lord_Howe",
    ]
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31))
HOURS = st.integers(0, 95).map(lambda quarter: quarter / 4)
EASTER_MONDAY = date(2026, 4, 6)


def wall(moment, zone):
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))


def is_working(day):
    return day.weekday() < 5 and day != EASTER_MONDAY


@tagged("post_install", "-at_install")
class TestMoments(BaseCase):
    def test_vector_replacement(self):
        """Replaced on 25 February: asked a week later."""
        day = shift_day(date(2026, 2, 25), 7, "day")
        self.assertEqual(to_working_day(day, is_working), date(2026, 3, 4))

    def test_vector_easter(self):
        """Delivered on 28 March: a week later is Saturday, Monday is Easter's."""
        day = shift_day(date(2026, 3, 28), 7, "day")
        self.assertEqual(day, date(2026, 4, 4))
        self.assertEqual(to_working_day(day, is_working), date(2026, 4, 7))

    def test_hour_in_summer_and_winter(self):
        brussels = "Europe/Brussels"
        self.assertEqual(
            at_hour(date(2026, 1, 5), 9, brussels), datetime(2026, 1, 5, 8)
        )
        self.assertEqual(
            at_hour(date(2026, 7, 6), 9.5, brussels), datetime(2026, 7, 6, 7, 30)
        )

    def test_skipped_hour(self):
        """At 2:30 the clock shows 3:30 on the day on which summer begins."""
        moment = at_hour(date(2026, 3, 29), 2.5, "Europe/Brussels")
        self.assertEqual(wall(moment, "Europe/Brussels").hour, 3)

    def test_last_minute_of_the_day(self):
        self.assertEqual(
            at_hour(date(2026, 1, 5), 23.999, "UTC"), datetime(2026, 1, 5, 23, 59)
        )

    def test_unknown_zone(self):
        """A zone that this machine does not know stops nothing."""
        self.assertEqual(get_zone("Mars/Olympus").key, "UTC")
        self.assertEqual(at_hour(date(2026, 1, 5), 9, "../x"), datetime(2026, 1, 5, 9))

    def test_quiet_over_midnight(self):
        late, early = datetime(2026, 1, 5, 21), datetime(2026, 1, 6, 5)
        morning = datetime(2026, 1, 6, 8)
        self.assertEqual(after_quiet(late, 20, 8, "UTC"), morning)
        self.assertEqual(after_quiet(early, 20, 8, "UTC"), morning)
        self.assertEqual(after_quiet(morning, 20, 8, "UTC"), morning)

    def test_quiet_at_noon(self):
        noon = datetime(2026, 1, 5, 12, 30)
        self.assertEqual(after_quiet(noon, 12, 14, "UTC"), datetime(2026, 1, 5, 14))
        self.assertEqual(after_quiet(noon, 13, 14, "UTC"), noon)

    def test_no_quiet(self):
        noon = datetime(2026, 1, 5, 12, 30)
        self.assertEqual(after_quiet(noon, 8, 8, "UTC"), noon)

    def test_month_ends(self):
        self.assertEqual(shift_day(date(2026, 5, 31), -1, "month"), date(2026, 4, 30))
        self.assertEqual(shift_day(date(2026, 1, 31), 1, "month"), date(2026, 2, 28))
        self.assertEqual(shift_day(date(2024, 2, 29), 1, "year"), date(2025, 2, 28))
        self.assertEqual(shift_day(date(2024, 2, 29), 4, "year"), date(2028, 2, 29))
        self.assertEqual(shift_day(date(2024, 2, 29), -1, "year"), date(2023, 2, 28))

    def test_working_days(self):
        friday = date(2026, 4, 3)
        self.assertEqual(shift_day(friday, 1, "workday", is_working), date(2026, 4, 7))
        self.assertEqual(shift_day(date(2026, 4, 7), -1, "workday", is_working), friday)

    def test_nobody_works(self):
        """A calendar in which nobody works ends the search."""
        day = shift_day(date(2026, 4, 3), 3, "workday", lambda day: False)
        self.assertLess(day, date(2026, 8, 1))

    @settings(max_examples=300, deadline=None)
    @given(MOMENTS, HOURS, HOURS, ZONES)
    def test_quiet_property(self, moment, quiet_from, quiet_to, zone):
        """Never earlier, never in the quiet hours, at most some 25 hours later."""
        result = after_quiet(moment, quiet_from, quiet_to, zone)
        self.assertGreaterEqual(result, moment)
        self.assertLessEqual(result - moment, timedelta(hours=25, minutes=30))
        self.assertEqual(after_quiet(result, quiet_from, quiet_to, zone), result)

    @settings(max_examples=300, deadline=None)
    @given(DAYS, HOURS, ZONES)
    def test_hour_property(self, day, hour, zone):
        """The clock shows the hour on that day, or the one after a skipped hour."""
        local = wall(at_hour(day, hour, zone), zone)
        shown = local.hour + local.minute / 60
        if local.date() == day:
            self.assertIn(round(shown - hour, 4), (0, 0.5, 1))

    @settings(max_examples=300, deadline=None)
    @given(DAYS, st.integers(0, 60), st.sampled_from(["day", "week", "month", "year"]))
    def test_there_and_back(self, day, count, unit):
        """Before and after lead to the day, or to the last one of a shorter month."""
        back = shift_day(shift_day(day, count, unit), -count, unit)
        self.assertLessEqual(back, day)
        self.assertLessEqual((day - back).days, 3)
        if day.day <= 28 or unit in ("day", "week"):
            self.assertEqual(back, day)

    @settings(max_examples=200, deadline=None)
    @given(DAYS, DAYS, st.integers(0, 40), st.sampled_from(["workday", "month"]))
    def test_order_is_kept(self, one, two, count, unit):
        """What happened later is not followed up earlier."""
        one, two = sorted((one, two))
        self.assertLessEqual(
            shift_day(one, count, unit, is_working),
            shift_day(two, count, unit, is_working),
        )
