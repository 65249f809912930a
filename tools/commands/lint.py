"""Every check of the code.

ARGS=--fast leaves out those that need a database, ARGS=--odoo runs only those.
"""

import time
from collections.abc import Callable

from ..lint import live, static
from ..results import Phase, closing, timed
from ..stage import Stage, prepare, ready
from ..steps import say


def main(arguments: list[str]) -> int:
    """Run the checks on their own."""
    begin = time.monotonic()
    if "--fast" in arguments:
        prepare()
        return closing(static_phases(), begin)
    with ready() as stage:
        chosen = live_phases if "--odoo" in arguments else phases
        return closing(chosen(stage), begin)


def phases(stage: Stage) -> list[Phase]:
    """All checks, one phase each."""
    return static_phases() + live_phases(stage)


def live_phases(stage: Stage) -> list[Phase]:
    """The checks that need a database with the addons: test_lint, translations."""
    say("\n── Lint with Odoo " + "─" * 42)
    return live.phases(stage, measured)


def static_phases() -> list[Phase]:
    """The checks that only read files."""
    say("\n── Lint " + "─" * 52)
    return [measured(check) for check in static.CHECKS]


def measured(check: Callable[..., Phase], *arguments) -> Phase:
    """A check's phase with the time that it took."""
    found: list[Phase] = []
    with timed(found):
        found.append(check(*arguments))
    return found[0]
