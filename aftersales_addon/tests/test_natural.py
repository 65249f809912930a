from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..tools.natural import common_start, natural_key, split_numbers


@tagged("post_install", "-at_install")
class TestNatural(TransactionCase):
    """Serial numbers in the order in which people count them."""

    def test_numbers_count_as_numbers(self):
        numbers = ["SN10", "SN9", "sn009-B", "A2", "12", "SN9-A", ""]
        self.assertEqual(
            sorted(numbers, key=natural_key),
            ["", "12", "A2", "SN9", "SN9-A", "sn009-B", "SN10"],
        )
        self.assertEqual(natural_key("sn0009"), natural_key(" SN9 "))

    @settings(deadline=None)
    @given(st.integers(0, 10**9), st.integers(0, 10**9), st.text(max_size=5))
    def test_order_is_that_of_the_numbers(self, one, other, start):
        """Whatever stands before them."""
        keys = natural_key(f"{start}x{one}"), natural_key(f"{start}x{other}")
        self.assertEqual(keys[0] < keys[1], one < other)

    @settings(deadline=None)
    @given(st.text(max_size=20), st.text(max_size=20))
    def test_any_two_texts_can_be_compared(self, one, other):
        self.assertIn(natural_key(one) < natural_key(other), (True, False))

    def test_common_start(self):
        self.assertEqual(common_start("SN-9", "sn-120"), "SN-")
        self.assertEqual(common_start("A1", "C5"), "")
        self.assertEqual(common_start("9", "12"), "")

    def test_pasted_lists(self):
        text = " SN1, SN2;SN3\n\nSN1\tSN 4\r\n"
        self.assertEqual(split_numbers(text), ["SN1", "SN2", "SN3", "SN 4"])
        self.assertEqual(split_numbers(False), [])
