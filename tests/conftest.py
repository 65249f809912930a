"""Fixtures of the outside tests: databases made to order, each dropped at the end.

Run them with ``make test ARGS=tests`` or ``make test ARGS="tests/test_x.py -k word"``.
"""

import contextlib
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import Instance  # noqa: E402

from tools import odoo_source, postgres  # noqa: E402
from tools.database import Databases, addon_template, platform_template  # noqa: E402
from tools.paths import ADDON, cache  # noqa: E402
from tools.stage import Stage  # noqa: E402

ROOMY = 20 * 2**30  # bytes on the disk
# These begin first: one that takes minutes must not be left for the end. The second
# makes a template that the others need, meanwhile.
LONGEST = (
    "test_installs_on_an_empty_database_without_a_warning[with demo]",
    "test_uninstalls_with_demo_data",
    "test_installs_on_an_empty_database",
    "test_the_story",
    "_workers.py::",
    "test_two_workers_and_a_kill",
    "test_the_shell_ends_with_its_scripts_status[print",
    "test_a_bridge_goes_with_its_demo_data",
    "test_uninstall_after_use",
    "test_upgrades_twice",
    "test_warranties_of_the_first_release",
    "test_installs_where",
    "test_a_bridge_goes",
    "test_a_bridge_comes",
    "test_a_dropshipped",
    "_two_connections.py::",
)


def pytest_collection_modifyitems(items):
    """Longest first; xdist hands them out in this order."""

    def rank(item):
        found = (place for place, name in enumerate(LONGEST) if name in item.nodeid)
        return next(found, len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def stage():
    """Odoo and a running PostgreSQL."""
    with postgres.server() as server:
        yield Stage(odoo_source.ensure(), server)


@pytest.fixture(scope="session")
def databases(stage) -> Databases:
    """The templates, and copies of them."""
    return Databases(stage)


@pytest.fixture(scope="session")
def done_with():
    """Databases of tests that are over, dropped at the end where the disk is roomy.

    A file system without a journal (ext4 on many virtual machines) gives no inode away
    that was free for less than minutes. Making the 3,000 files of a database right
    after those of another were removed takes it 3 s of searching instead of half a one.
    """
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def instance(databases, done_with):
    """Make databases: ``instance("addon")``, ``instance("platform", demo=True)``.

    "addon" is a copy with the addon installed, "platform" one with only what it depends
    on, and "empty" a name without a database yet. Another instance may be copied, too.
    With ``bridge`` the addon is that bridge and the core one, and the platform has what
    both depend on.
    """
    made = []

    def make(kind="addon", demo: bool = False, bridge: str = "") -> Instance:
        source = None
        addons = (ADDON, bridge) if bridge else (ADDON,)
        if isinstance(kind, Instance):
            source = kind.name
        elif kind == "addon":
            source = databases.ensure(addon_template(databases.stage, addons, demo))
        elif kind == "platform":
            template = platform_template(databases.stage, addons, demo)
            source = databases.ensure(template)
        context = databases.scratch(source, "outside")
        made.append(context)
        return Instance(databases, context.__enter__())

    yield make
    for context in reversed(made):
        if shutil.disk_usage(cache()).free > ROOMY:
            done_with.push(context)
        else:
            context.__exit__(None, None, None)


# the name that a reader of the project's plan looks for
odoo_db_factory = instance
