"""Appointments as a file that every calendar reads (RFC 5545), without any database.

The library that the platform writes its own invitations with does the writing. It
escapes texts; names and addresses it writes as they come, so they are cleaned here: no
text of a customer can begin a line of its own.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

import vobject
from dateutil import tz

STATUSES = ("TENTATIVE", "CONFIRMED", "CANCELLED")
METHODS = ("PUBLISH", "REQUEST", "CANCEL")
# What ends a line for some reader or other, and what no text may contain.
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Event(NamedTuple):
    """An appointment; a naive moment is in UTC, as the ORM stores it."""

    uid: str
    """What it is recognised by when it changes: the same for good, nobody else's."""
    start: datetime
    end: datetime | None
    """None, or the start itself, for a moment without a duration."""
    summary: str
    location: str = ""
    description: str = ""
    """Plain text; it may have lines."""
    sequence: int = 0
    """How often the appointment was changed: calendars keep the highest."""
    status: str = "CONFIRMED"
    """One of ``STATUSES``."""
    organizer: tuple[str, str] | None = None
    """A name, which may be empty, and an e-mail address."""
    url: str = ""


def _text(value) -> str:
    """Return a text with line feeds as its only line breaks, without controls."""
    return FORBIDDEN.sub("", BREAKS.sub("\n", value or ""))


def _address(value) -> str:
    """Return an address without anything that could end it."""
    return re.sub(r"\s", "", _text(value))


def _utc(moment: datetime) -> datetime:
    """Return a moment in the time zone that is written as a Z."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(tz.UTC)


def _check(event: Event) -> None:
    """Raise ValueError for an appointment that no calendar would take."""
    if not _text(event.uid).strip():
        raise ValueError("an appointment needs an identifier")
    if event.status not in STATUSES:
        raise ValueError(f"unknown status: {event.status!r}")
    if event.sequence < 0:
        raise ValueError("a sequence is zero or more")
    if event.end and _utc(event.end) < _utc(event.start):
        raise ValueError("an appointment cannot end before it starts")


def _add_event(component, event: Event, stamp: datetime) -> None:
    """Write one appointment into a calendar."""
    _check(event)
    vevent = component.add("vevent")
    vevent.add("uid").value = _text(event.uid).strip()
    vevent.add("dtstamp").value = _utc(stamp)
    vevent.add("dtstart").value = _utc(event.start)
    if event.end and _utc(event.end) > _utc(event.start):
        vevent.add("dtend").value = _utc(event.end)
    vevent.add("sequence").value = str(event.sequence)
    vevent.add("status").value = event.status
    for name in ("summary", "location", "description"):
        value = _text(getattr(event, name)).strip()
        if value:
            vevent.add(name).value = value
    if _address(event.url):
        vevent.add("url").value = _address(event.url)
    name, email = event.organizer or ("", "")
    if _address(email):
        organizer = vevent.add("organizer")
        organizer.value = f"mailto:{_address(email)}"
        # A parameter in quotes has neither quotes nor line breaks in it.
        name = " ".join(_text(name).replace('"', "'").split())
        if name:
            organizer.params["CN"] = [name]


def calendar(
    events: Iterable[Event],
    prodid: str,
    method: str = "PUBLISH",
    stamp: datetime | None = None,
) -> bytes:
    """Return a calendar file with appointments, all times in UTC.

    :param events: ``Event`` tuples
    :param str prodid: which program wrote it, such as "-//Company//Program//EN"
    :param str method: one of ``METHODS``; "CANCEL" takes appointments back, whose
        status is then "CANCELLED"
    :param datetime stamp: when it was written; now, if nothing is said
    :return: the file, in UTF-8, its long lines folded
    :raises ValueError: for an appointment without an identifier, with an unknown
        status, a negative sequence or an end before its start; for an unknown method
    """
    if method not in METHODS:
        raise ValueError(f"unknown method: {method!r}")
    component = vobject.iCalendar()
    component.add("prodid").value = " ".join(_text(prodid).split())
    component.add("method").value = method
    stamp = stamp or datetime.now(timezone.utc)
    for event in events:
        _add_event(component, event, stamp)
    return component.serialize().encode()
