"""The order of serial and lot numbers as people read them: SN9 before SN10."""

import re

_DIGITS = re.compile(r"([0-9]+)")
_SEPARATORS = re.compile(r"[\n\r\t,;]+")


def natural_key(number: str) -> tuple:
    """Return what sorts numbers in natural order.

    Runs of digits count as numbers, letters without their case: "sn009" and "SN9" are
    equal, and both come before "SN10".
    """
    parts = _DIGITS.split(number.strip().casefold())
    # text and digits take turns, so that only like is compared with like
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))


def common_start(first: str, last: str) -> str:
    """Return the letters that all numbers of a range begin with, case aside."""
    text = _DIGITS.split(first.strip())[0]
    other = _DIGITS.split(last.strip())[0]
    return text if text.casefold() == other.casefold() else ""


def split_numbers(text: str) -> list[str]:
    """Return the numbers of a pasted list, each once, in their order.

    They stand on lines of their own, or between commas, semicolons or tabs.
    """
    found = (number.strip() for number in _SEPARATORS.split(text or ""))
    return list(dict.fromkeys(number for number in found if number))
