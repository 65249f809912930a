"""What the commands print: each step, its progress and how long it took."""

import contextlib
import sys
import time


class Failure(Exception):
    """Something that the user can mend; the message says how."""


class Step:
    """One line on the terminal that tells what is going on."""

    def __init__(self, title: str):
        self.title = title
        self.begin = time.monotonic()
        self.shown = self.begin

    def progress(self, text: str) -> None:
        """Say how far it is: at once on a terminal, now and then in a log."""
        if sys.stderr.isatty():
            say(f"\r\033[K  … {self.title}: {text[:90]}", end="")
        elif time.monotonic() - self.shown > 15:
            self.shown = time.monotonic()
            say(f"  … {self.title}: {text[:120]}")

    def done(self, mark: str = "✓") -> None:
        """Close the line."""
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        say(f"{clear}  {mark} {self.title} ({time.monotonic() - self.begin:.1f} s)")


def say(text: str, end: str = "\n") -> None:
    """Print for the user; standard output is left to the command's own result."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


@contextlib.contextmanager
def step(title: str):
    """Show a piece of work that takes a moment."""
    current = Step(title)
    say(f"  … {title}", end="" if sys.stderr.isatty() else "\n")
    try:
        yield current
    except BaseException:
        current.done("✗")
        raise
    current.done()
