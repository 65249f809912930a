"""For benchmarks: OCA's addons from their wheels, in a database of their own.

They are run for the comparison only: no line of them is part of this project.
"""

import contextlib
import subprocess
import sys
from pathlib import Path

from . import odoo_source, postgres
from .database import Databases, platform_template
from .paths import ADDON, ROOT, cached
from .process import logged
from .stage import Stage


def fetch(wheels):
    """Install wheels into a folder of the cache; return its addons folder."""
    names = "-".join(wheel.replace("==", "-") for wheel in wheels)
    folder = cached("oca", names.replace("odoo-addon-", ""))
    addons = Path(folder, "odoo", "addons")
    if not addons.is_dir():
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
                *("--target", str(folder), *wheels),
            ],
            check=True,
        )
    return addons


@contextlib.contextmanager
def environment(wheels, modules):
    """An environment of the superuser on the platform with OCA's addons.

    :param wheels: requirements, each with its version
    :param str modules: what is installed, with commas between
    :return: None when the wheels are not to be had
    """
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.module import initialize_sys_path
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db
    from odoo.tools import config

    try:
        addons = fetch(wheels)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"OCA's addons cannot be had, so they are left out: {error}")
        yield None
        return
    with postgres.server() as server:
        databases = Databases(Stage(odoo_source.ensure(), server))
        stage = databases.stage
        template = databases.ensure(platform_template(stage, (ADDON,), False))
        with databases.scratch(template, "oca") as name:
            paths = [*config["addons_path"], str(addons)]
            command = stage.odoo_command(
                *("server", "-d", name, "-i", modules, "--stop-after-init"),
                *("--no-http", "--max-cron-threads=0"),
                f"--addons-path={','.join(map(str, paths))}",
            )
            log = cached("oca") / "install.log"
            logged(command, log, None, env=stage.environment(), cwd=ROOT)
            config["addons_path"] = paths
            initialize_sys_path()
            try:
                with Registry(name).cursor() as cr:
                    yield Environment(cr, SUPERUSER_ID, {})
            finally:
                Registry.delete(name)
                close_db(name)
