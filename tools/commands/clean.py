"""Remove what the commands have made: .venv, .data and this clone's databases.

What other clones share stays: Odoo, PostgreSQL and the templates. ALL=1 removes the
whole cache folder as well.
"""

import os
import re
import shutil
from pathlib import Path

from .. import postgres
from ..lock import lock, open_lock, try_lock
from ..paths import DATA, ROOT, VENV, cache
from ..steps import Failure, say, step
from . import run

SCRATCH = (".pytest_cache", ".ruff_cache", ".hypothesis")


def main(_arguments: list[str]) -> int:
    """Clean up."""
    everything = os.environ.get("ALL", "0") not in ("0", "", "no")
    own = bool(os.environ.get("PGHOST"))
    if VENV.is_dir() and (own or (cache() / "pg" / "made").is_file()):
        drop_databases(templates=own and everything)
    if everything:
        remove_cache()
    with step("Removing .venv and .data"):
        for folder in (VENV, DATA, *(ROOT / name for name in SCRATCH)):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in list(ROOT.rglob("__pycache__")):
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def drop_databases(templates: bool) -> None:
    """Drop what make run keeps for this clone; on a server of the user's own also
    the templates, which no cache folder takes with it.
    """
    name = run.kept_name()
    with postgres.server() as server, step("Dropping databases"):
        ours = re.compile(rf"{name}|(tpl|build)_(platform|addon)_\w+")
        for found in server.databases():
            if found == name or (templates and ours.fullmatch(found)):
                server.sql(f'DROP DATABASE IF EXISTS "{found}" WITH (FORCE)')
    shutil.rmtree(cache() / "data" / "filestore" / name, ignore_errors=True)
    Path(cache() / "kept" / f"{name}.hash").unlink(missing_ok=True)


def remove_cache() -> None:
    """Remove the cache folder, unless another command is using it."""
    if not cache().is_dir():
        return
    with lock("postgres"):
        users = open_lock("postgres-users")
        if not try_lock(users):
            raise Failure("Another command is running in this cache: stop it first.")
        if (cache() / "pg" / "made").is_file() and VENV.is_dir():
            postgres.Embedded().stop()
        with step(f"Removing {cache()}"):
            shutil.rmtree(cache())
    say("The next command fetches Odoo again.")
