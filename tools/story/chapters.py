"""The story in its chapters: what is told, played and tested comes from here."""

from collections.abc import Callable
from dataclasses import dataclass

from . import buying, ending, helping, replacing


@dataclass(frozen=True)
class Chapter:
    """A part of the story: how it is told, and how it is played."""

    name: str
    title: str
    text: str
    play: Callable


CHAPTERS = (
    Chapter(
        "sale",
        "She buys a device",
        "A customer buys a smart-home device. She signs the quotation, the warehouse "
        "delivers the unit by its serial number, and its warranty begins.",
        buying.sale,
    ),
    Chapter(
        "fault",
        "It loses its connection",
        "Weeks later it loses its connection. She reads the help page, and is not "
        "helped.",
        buying.fault,
    ),
    Chapter(
        "chat",
        "She opens a chat",
        "An agent answers, and makes a case of the conversation: it has all that was "
        "said.",
        helping.chat,
    ),
    Chapter(
        "steps",
        "They go through the steps",
        "The agent sees the unit and its warranty, and guides her through the steps. "
        "What was tried is recorded. It persists.",
        helping.steps,
    ),
    Chapter(
        "decision",
        "A replacement, with two clicks",
        "The agent decides on a replacement under warranty: one click opens it, one "
        "approves the return and sends the new unit on its way.",
        replacing.decide,
    ),
    Chapter(
        "parcels",
        "Two parcels",
        "She gets the label, sends the old unit back and follows both parcels. The new "
        "unit has what was left of the term.",
        replacing.parcels,
    ),
    Chapter(
        "claim",
        "The old unit",
        "It arrives, is inspected, found defective, and claimed from its supplier. "
        "With that all is done, and the case is solved.",
        replacing.inspection,
    ),
    Chapter(
        "week",
        "A week later",
        "The follow-up asks whether all is well.",
        ending.week_later,
    ),
    Chapter(
        "thanks",
        "Five, and ten",
        "She rates the help with 5, and would recommend the shop: 10 of 10.",
        ending.thanks,
    ),
    Chapter(
        "overview",
        "What it was worth",
        "The manager's overview shows the case as solved at first contact, its cost, "
        "and the failure rate of the product.",
        ending.overview,
    ),
)
