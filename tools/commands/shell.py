"""Odoo's shell on a fresh copy of the template with the addons and their demo data.

A script on standard input is run instead; its status is that of the command.
DB=name keeps the database for the next time, DEMO=0 leaves the demo data out,
ADDONS=aftersales_addon the bridges.
"""

import contextlib
import os

from ..database import Databases, addon_template
from ..paths import ROOT, asked_addons
from ..process import foreground
from ..stage import ready


def main(arguments: list[str]) -> int:
    """Start the shell."""
    with ready() as stage:
        databases = Databases(stage)
        demo = os.environ.get("DEMO", "1") not in ("0", "no", "false")
        with database(databases, os.environ.get("DB"), demo) as name:
            command = stage.odoo_command(
                "shell", "-d", name, "--no-http", "--log-level=warn", *arguments
            )
            return foreground(command, stage.environment(), cwd=ROOT)


@contextlib.contextmanager
def database(databases: Databases, kept: str | None, demo: bool):
    """The database of that name, or one that is dropped afterwards."""
    if kept and databases.exists(kept):
        yield kept
        return
    template = databases.ensure(addon_template(databases.stage, asked_addons(), demo))
    if kept:
        databases.copy(template, kept)
        yield kept
        return
    with databases.scratch(template, "shell") as name:
        yield name
