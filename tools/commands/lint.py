"""Every check of the code.

ARGS=--fast leaves out those that need a database, ARGS=--odoo runs only those.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

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
    """All checks, one phase each: those that only read files beside the others."""
    with aside() as pool:
        say("\n── Lint " + "─" * 52)
        files = [pool.submit(measured, check) for check in static.CHECKS]
        found = live.phases(stage, measured, pool)
    return [job.result() for job in files] + found


def live_phases(stage: Stage) -> list[Phase]:
    """The checks that need a database with the addons: test_lint, translations."""
    say("\n── Lint with Odoo " + "─" * 42)
    with aside() as pool:
        return live.phases(stage, measured, pool)


@contextmanager
def aside() -> Iterator[Executor]:
    """One thread for programs that run beside this one's.

    What has not begun at a Ctrl-C does not begin; what a template that cannot be built
    leaves over is still checked and shown. Templates are built in the main thread.
    """
    with ThreadPoolExecutor(1) as pool:
        try:
            yield pool
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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
