"""The remaining term of a replacement, its floor, and corrected days."""

from odoo.tests import tagged

from .replacement_common import ReplacementCommon


@tagged("post_install", "-at_install")
class TestReplacementDates(ReplacementCommon):
    def test_least_term_after_a_replacement(self):
        """W19"""
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        self.assertEqual(new.warranty_end, self._day("2027-05-21"))
        change = new.warranty_ids.filtered(lambda w: w.state == "open").change_ids
        self.assertEqual(change.mapped("kind"), ["floor"])

    def test_least_term_moves_with_the_delivery(self):
        """W19, and the replacement turns out to have been delivered on another day."""
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        self._correct_day(new, "2027-03-01")
        self.assertEqual(new.replacement_date, self._day("2027-03-01"))
        self.assertEqual(new.warranty_end, self._day("2027-05-30"))
        self.assertEqual(len(self._open(new).change_ids), 1)
        self.assertEqual(old.date_closed, self._day("2027-03-01"))
        self._correct_day(new, "2026-09-01")
        self.assertEqual(new.warranty_end, self._day("2027-03-15"), "no floor needed")
        self._correct_day(new, "2027-03-20")
        self.assertEqual(new.warranty_end, self._day("2027-03-15"), "over by then")
        self._correct_day(new, "2027-03-15")
        self.assertEqual(new.warranty_end, self._day("2027-06-13"), "the last day")
        self.assertEqual(len(self._open(new)), 1)

    def test_a_term_that_was_over_goes_on_after_a_correction(self):
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-03-16", "NEW")
        self.assertFalse(self._open(new))
        self._correct_day(new, "2027-03-14")
        self.assertEqual(self._open(new).continues_id, old.warranty_ids)
        self.assertEqual(new.warranty_end, self._day("2027-06-12"))

    def test_least_term_moves_through_a_chain(self):
        self.policy_24.replacement_floor = 90
        first = self._deliver_on("2025-03-15", self.lock, "FIRST")
        second = self._replace(first, "2027-02-20", "SECOND")
        third = self._replace(second, "2027-02-22", "THIRD")
        self.assertEqual(third.warranty_end, self._day("2027-05-23"))
        self._correct_day(third, "2027-05-01")
        self.assertEqual(third.warranty_end, self._day("2027-07-30"))
        self._correct_day(second, "2027-03-10")
        self.assertEqual(third.warranty_end, self._day("2027-07-30"), "its own holds")
        floors = self._open(third).change_ids.mapped("date_floor")
        self.assertEqual(
            sorted(floors), [self._day("2027-06-08"), self._day("2027-07-30")]
        )

    def test_what_was_used_moves_with_the_delivery(self):
        self.policy_24.write({"usage_limit": 1000, "usage_unit": "hour"})
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        for day, value in (("2026-01-01", 100), ("2026-06-01", 300)):
            self._read_hours(old, day, value)
        new = self._replace(old, "2026-05-01", "NEW")
        self.assertEqual(self._open(new).usage_before, 100)
        self._correct_day(new, "2026-06-02")
        self.assertEqual(self._open(new).usage_before, 300)
        self.assertEqual(self._open(new).usage_start, -300)

    def test_floor_is_for_what_was_covered_on_the_day(self):
        self.policy_24.replacement_floor = 90
        self.policy_24.line_ids.filtered(lambda line: line.item == "labour").write(
            {"duration": 12, "duration_unit": "month"}
        )
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        items = new._assess("2027-05-21")["items"]
        self.assertEqual(set(items), {"parts"}, "labour was over on that day")

    def test_after_the_end_nothing_goes_on(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-03-16", "NEW")
        self.assertFalse(new.warranty_ids.filtered(lambda w: w.state == "open"))
        self.assertFalse(new._assess("2027-04-01")["covered"])
