"""Calendar files: read again by a plain reader of RFC 5545, and hostile input."""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.ics import Event, calendar

PRODID = "-//After-Sales//Visits//EN"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)
EVIL = "x\r\nATTENDEE:mailto:evil@example.com\nEND:VEVENT\rBEGIN:VEVENT\u2028a\x85b\x00"
HOSTILE = st.text(
    st.one_of(st.sampled_from('\r\n\t\x00\x0b\x85\u2028",;:\\=^'), st.characters()),
    max_size=120,
)


def visit(**values):
    values = {
        "uid": "visit-7@example.com",
        "start": datetime(2026, 10, 1, 8, 0),
        "end": datetime(2026, 10, 1, 9, 30),
        "summary": "Yearly service",
        **values,
    }
    return Event(**values)


def lines(content):
    """The unfolded lines of a calendar file."""
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def unescaped(text):
    """A text as a calendar shows it."""
    return re.sub(
        r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text, flags=re.S
    )


@tagged("post_install", "-at_install")
class TestCalendarFile(BaseCase):
    def properties(self, **values):
        """The properties of a file with one appointment, by their names."""
        content = calendar([visit(**values)], PRODID, stamp=NOW)
        return dict(re.split("(?=[:;])", line, maxsplit=1) for line in lines(content))

    def test_a_whole_file(self):
        content = calendar(
            [
                visit(
                    location="Main Street 1, Springfield",
                    description="Bring: filter\nRing twice; then wait",
                    sequence=2,
                    organizer=("Service, Team", "service@example.com"),
                    url="https://example.com/my/visits/7",
                )
            ],
            PRODID,
            stamp=NOW,
        )
        self.assertEqual(
            lines(content),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "METHOD:PUBLISH",
                f"PRODID:{PRODID}",
                "BEGIN:VEVENT",
                "UID:visit-7@example.com",
                "DTSTART:20261001T080000Z",
                "DTEND:20261001T093000Z",
                "DESCRIPTION:Bring: filter\\nRing twice\\; then wait",
                "DTSTAMP:20260601T120000Z",
                "LOCATION:Main Street 1\\, Springfield",
                'ORGANIZER;CN="Service, Team":mailto:service@example.com',
                "SEQUENCE:2",
                "STATUS:CONFIRMED",
                "SUMMARY:Yearly service",
                "URL:https://example.com/my/visits/7",
                "END:VEVENT",
                "END:VCALENDAR",
            ],
        )
        self.assertTrue(content.endswith(b"END:VCALENDAR\r\n"))

    def test_times_are_in_utc_whatever_zone_they_came_in(self):
        berlin = datetime(2026, 10, 1, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        winter = datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        found = self.properties(start=berlin, end=winter)
        self.assertEqual(found["DTSTART"], ":20261001T080000Z")
        self.assertEqual(found["DTEND"], ":20261201T090000Z")
        self.assertNotIn("TZID", str(found))

    def test_what_is_not_known_is_left_out(self):
        start = datetime(2026, 10, 1, 8, 0)
        for end in (None, start):
            found = self.properties(end=end, organizer=("Nobody", ""))
            for name in ("DTEND", "LOCATION", "DESCRIPTION", "ORGANIZER", "URL"):
                self.assertNotIn(name, found)
        found = self.properties(organizer=("", "service@example.com"))
        self.assertEqual(found["ORGANIZER"], ":mailto:service@example.com")

    def test_an_appointment_is_taken_back(self):
        cancelled = visit(status="CANCELLED", sequence=3)
        found = lines(calendar([cancelled], PRODID, "CANCEL"))
        self.assertIn("METHOD:CANCEL", found)
        self.assertIn("STATUS:CANCELLED", found)

    def test_several_and_none(self):
        events = [visit(uid=f"visit-{number}") for number in range(3)]
        found = lines(calendar(events, PRODID))
        self.assertEqual(found.count("BEGIN:VEVENT"), 3)
        self.assertNotIn("BEGIN:VEVENT", lines(calendar([], PRODID)))

    def test_long_lines_are_folded(self):
        text = "Überprüfung der Anlage, 整備。" * 40
        content = calendar([visit(description=text)], PRODID)
        longest = max(map(len, content.split(b"\r\n")))
        self.assertLessEqual(longest, 75)
        found = next(one for one in lines(content) if one.startswith("DESCRIPTION:"))
        self.assertEqual(unescaped(found.removeprefix("DESCRIPTION:")), text)

    def test_no_text_begins_a_line_of_its_own(self):
        content = calendar(
            [
                visit(
                    uid=EVIL,
                    summary=EVIL,
                    location=EVIL,
                    description=EVIL,
                    organizer=(f'{EVIL}"', f"a@example.com{EVIL}"),
                    url=f"https://example.com/{EVIL}",
                )
            ],
            PRODID + EVIL,
            stamp=NOW,
        )
        names = [re.split("[:;]", line, maxsplit=1)[0] for line in lines(content)]
        self.assertEqual(names.count("BEGIN"), 2)
        self.assertEqual(names.count("END"), 2)
        self.assertNotIn("ATTENDEE", names)
        text = content.decode().replace("\r\n", "")
        self.assertFalse(re.search("[\r\n\x00\x85\u2028]", text))

    def test_nonsense_is_refused(self):
        start = datetime(2026, 10, 1, 8, 0)
        for values in (
            {"uid": " "},
            {"status": "MAYBE"},
            {"sequence": -1},
            {"end": start - timedelta(seconds=1)},
        ):
            with self.subTest(values=values), self.assertRaises(ValueError):
                calendar([visit(**values)], PRODID)
        with self.assertRaises(ValueError):
            calendar([], PRODID, "REFRESH")

    @settings(deadline=None)
    @given(HOSTILE, HOSTILE, HOSTILE)
    def test_any_text_comes_back_and_breaks_nothing(self, text, name, address):
        event = visit(
            summary=text, organizer=(name, address), url=address, description=name
        )
        found = lines(calendar([event], PRODID, stamp=NOW))
        allowed = (
            "BEGIN|END|VERSION|METHOD|PRODID|UID|DTSTART|DTEND|DESCRIPTION|DTSTAMP"
        )
        allowed += "|ORGANIZER|SEQUENCE|STATUS|SUMMARY|URL"
        for line in found:
            self.assertRegex(line, f"^({allowed})[:;]")
        self.assertEqual(sum(line.startswith("BEGIN:") for line in found), 2)
        plain = "".join(one for one in text if one.isprintable())
        shown = [line for line in found if line.startswith("SUMMARY:")]
        shown = unescaped("".join(shown).removeprefix("SUMMARY:"))
        shown = "".join(one for one in shown if one.isprintable())
        self.assertEqual(shown.strip(), plain.strip())
