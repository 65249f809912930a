"""Everything that stands ready for a command: packages, Odoo, PostgreSQL, browser."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import browser, odoo_source, postgres, venv
from .paths import DATA, LOGS, ROOT, VENV, cache, cached, venv_python
from .steps import Failure

ROOMY = 3 * 2**30  # bytes that packages, Odoo and the templates need


@dataclass
class Stage:
    """A running server and an Odoo that can reach it."""

    odoo: odoo_source.Odoo
    server: postgres.Server

    def environment(self, **more: str) -> dict[str, str]:
        """The variables for a program that uses Odoo.

        The home folder lies in the cache, so that neither Odoo nor the browser writes
        into (or reads settings from) the user's own. So does Python's byte code, even
        where its writing is switched off: Odoo is started hundreds of times, and to
        compile it takes longer than to start it.
        """
        env = self.server.environment()
        folders = [str(browser.bin_folder()), str(VENV / "bin"), env["PATH"]]
        home = cached("home")
        for name in ("CACHE", "CONFIG", "DATA"):
            env.pop(f"XDG_{name}_HOME", None)
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env.update(
            PATH=os.pathsep.join(folders),
            PYTHONPATH=str(self.odoo.path),
            PYTHONNOUSERSITE="1",
            PYTHONPYCACHEPREFIX=str(cached("bytecode")),
            ODOO_RC=str(self.config()),
            HOME=str(home),
            VIRTUAL_ENV=str(VENV),
            AFTERSALES_CACHE=str(cache()),
            AFTERSALES_SERVER=self.server.label,
        )
        scratch = cached("tmp")
        if len(os.fsencode(scratch)) < 50:  # Chromium puts a socket below it
            env["TMPDIR"] = str(scratch)
        env.update(more)
        return env

    def config(self) -> Path:
        """The settings that every Odoo of this repository starts with."""
        path = DATA / "odoo.conf"
        addons = [self.odoo.base, *self.odoo.addons_path, ROOT]
        settings = {
            "addons_path": ",".join(str(folder) for folder in addons),
            "data_dir": str(data_dir()),
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "max_cron_threads": "1",
            # nothing is ever sent out of this machine
            "publisher_warranty_url": "http://127.0.0.1:9/",
            "smtp_server": "127.0.0.1",
            "smtp_port": "9",
            "screenshots": str(LOGS / "tests"),
        }
        text = "[options]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items())
        if not path.is_file() or path.read_text() != text:
            draft = path.with_name(f"odoo.conf.{os.getpid()}")
            draft.write_text(text)
            draft.rename(path)
        return path

    def odoo_command(self, *arguments) -> list[str]:
        """The command line of Odoo."""
        return [str(venv_python()), "-m", "odoo", *map(str, arguments)]


def data_dir() -> Path:
    """Odoo's data folder: filestores and sessions, beside the databases."""
    return cached("data")


@contextlib.contextmanager
def ready(tests: bool = False):
    """Set up whatever is missing, and keep PostgreSQL running inside the block."""
    prepare(tests)
    source = odoo_source.ensure()
    with postgres.server() as server:
        yield Stage(source, server)


def prepare(tests: bool = False) -> None:
    """The parts that need no server."""
    for folder in (DATA, LOGS):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            cached()
        except OSError as error:
            raise Failure(
                f"{error}\nName a folder that you may write to: AFTERSALES_CACHE=…"
            ) from error
    free = shutil.disk_usage(cache()).free
    if free < ROOMY and not (cache() / "odoo" / "VERSION").is_file():
        raise Failure(
            f"{free // 2**20} MiB are free at {cache()}, about {ROOMY // 2**20} are "
            "needed. Make room, or name another folder: AFTERSALES_CACHE=…"
        )
    venv.ensure()
    browser.ensure(required=tests)
