"""For benchmarks: Odoo in this process on a database of its own, and a meter.

    from tools import bench_env

    with bench_env.environment(addon=True) as env:
        with bench_env.meter(env) as used:
            picking.button_validate()
        print(used.queries, used.seconds)

``addon=False`` gives the platform alone, for comparison.
"""

import contextlib
import resource
import time
from dataclasses import dataclass

from . import odoo_source, postgres
from .database import Databases, addon_template, platform_template
from .paths import ADDON
from .stage import Stage


@dataclass
class Usage:
    """What a block of code used."""

    seconds: float = 0.0
    processor: float = 0.0
    queries: int = 0
    peak_mib: float = 0.0


@contextlib.contextmanager
def database(addon: bool = True, demo: bool = False):
    """The name of a fresh copy, with the addon or with the platform alone."""
    with postgres.server() as server:
        databases = Databases(Stage(odoo_source.ensure(), server))
        stage = databases.stage
        if addon:
            template = addon_template(stage, demo=demo)
        else:
            template = platform_template(stage, (ADDON,), demo)
        with databases.scratch(databases.ensure(template), "bench") as name:
            yield name


@contextlib.contextmanager
def environment(addon: bool = True, demo: bool = False):
    """An environment of the superuser on such a database."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db
    from odoo.tools import config

    with database(addon, demo) as name:
        config.parse_config(["-d", name, "--no-http", "--log-level=warn"])
        try:
            with Registry(name).cursor() as cr:
                yield Environment(cr, SUPERUSER_ID, {})
        finally:
            Registry.delete(name)
            close_db(name)


@contextlib.contextmanager
def meter(env):
    """Seconds, those of Odoo's processor, queries and peak memory of a block.

    What the block leaves to flush is included.
    """
    used = Usage()
    env.flush_all()
    begin, queries = time.perf_counter(), env.cr.sql_log_count
    processor = time.process_time()
    yield used
    env.flush_all()
    used.seconds = time.perf_counter() - begin
    used.processor = time.process_time() - processor
    used.queries = env.cr.sql_log_count - queries
    used.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
