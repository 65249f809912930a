"""Fixtures of the outside tests: databases made to order, each dropped at the end.

Run them with ``make test ARGS=tests`` or ``make test ARGS="tests/test_x.py -k word"``.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import Instance  # noqa: E402

from tools import odoo_source, postgres  # noqa: E402
from tools.database import Databases, addon_template, platform_template  # noqa: E402
from tools.paths import ADDON  # noqa: E402
from tools.stage import Stage  # noqa: E402


@pytest.fixture(scope="session")
def stage():
    """Odoo and a running PostgreSQL."""
    with postgres.server() as server:
        yield Stage(odoo_source.ensure(), server)


@pytest.fixture(scope="session")
def databases(stage) -> Databases:
    """The templates, and copies of them."""
    return Databases(stage)


@pytest.fixture
def instance(databases):
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
        context.__exit__(None, None, None)


# the name that a reader of the project's plan looks for
odoo_db_factory = instance
