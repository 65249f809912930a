"""Counting what the test runners report, and the closing summary."""

import contextlib
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from .steps import say


@dataclass
class Phase:
    """One part of the run."""

    title: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing failed and nothing was left out."""
        return not self.failed


@contextlib.contextmanager
def timed(found: list[Phase]):
    """Note how long the phases of a block took."""
    begin = time.monotonic()
    yield
    for phase in found:
        phase.seconds = phase.seconds or time.monotonic() - begin


def from_junit(title: str, report: Path, status: int, strict: bool = True) -> Phase:
    """The counts of a pytest run; a skipped test counts as failed when strict."""
    phase = Phase(title)
    if report.is_file():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname')}::{case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                phase.failed += 1
                phase.notes.append(f"failed: {name}")
            elif (skip := case.find("skipped")) is not None:
                phase.skipped += 1
                phase.notes.append(f"skipped: {name} ({skip.get('message')})")
            else:
                phase.passed += 1
    if strict and phase.skipped:
        phase.failed += phase.skipped
        phase.skipped = 0
    if status not in (0, 1, 5) or (status == 1 and not phase.failed):
        phase.failed += 1
        phase.notes.append(f"the runner ended with status {status}")
    return phase


def closing(phases: list[Phase], begin: float) -> int:
    """Print one summary; its last line is plain, for whoever reads the output."""
    say("\n── Summary " + "─" * 49)
    for phase in phases:
        mark = "✓" if phase.good else "✗"
        counts = f"{phase.passed} passed, {phase.failed} failed"
        if phase.skipped:
            counts += f", {phase.skipped} skipped"
        say(f"  {mark} {phase.title:34} {counts}  ({phase.seconds:.0f} s)")
        for note in phase.notes[:20]:
            say(f"      {note}")
    passed = sum(phase.passed for phase in phases)
    failed = sum(phase.failed for phase in phases)
    skipped = sum(phase.skipped for phase in phases)
    say(f"  {time.monotonic() - begin:.0f} s in all")
    line = f"{passed} passed, {failed} failed"
    print(line + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 0 if passed and not failed else 1
