"""``python3 -m tools <command> [arguments]``: the Makefile's targets."""

import importlib
import os
import shlex
import signal
import sys

from .process import Terminated
from .steps import Failure, say

COMMANDS = {
    "run": "start Odoo with the addons and demo data on http://localhost:8069",
    "test": 'lint, Odoo tests, tours and outside tests (ARGS="path -k name" narrows)',
    "lint": "every check of the code, without running it",
    "shell": "Odoo's shell on a fresh database (a script on standard input is run)",
    "bench": "the benchmarks in bench/",
    "story": "play the whole story in a browser, and leave its pictures in story/",
    "screenshots": "take the pictures of every screen",
    "pot": "write the translation templates of the addons again",
    "exec": "run a program with Odoo and PostgreSQL at hand: exec psql -l",
    "clean": "remove .venv, .data and this clone's databases (ALL=1: the cache too)",
    "help": "this list",
}


def help_text() -> str:
    """The commands, one line each."""
    lines = [f"  make {name:12} {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "After-Sales for Odoo 19. make run and make test set up what they lack.",
            *lines,
            "",
            "Variables: PORT=8070  DB=name (keeps the database)  DEMO=0  ARGS='…'",
            "           ADDONS=aftersales_addon (run and shell: without the bridges)",
            "Your own:  ODOO_HOME=checkout  PGHOST/PGPORT/PGUSER  AFTERSALES_CACHE=…",
        ]
    )


def stop(*_signal) -> None:
    """Treat a polite kill like Ctrl-C, so that servers are stopped."""
    raise Terminated


def main(argv: list[str]) -> int:
    """Run one command."""
    command, *arguments = argv or ["help"]
    if command in ("help", "-h", "--help"):
        print(help_text())
        return 0
    if command not in COMMANDS:
        say(f"There is no command {command!r}.\n{help_text()}")
        return 2
    arguments += shlex.split(os.environ.get("ARGS", ""))
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        module = importlib.import_module(f".commands.{command}", __package__)
        return module.main(arguments)
    except Failure as error:
        say(f"\n✗ {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
