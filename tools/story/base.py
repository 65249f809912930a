"""The database that the story begins on: all addons of this repository, no data."""

import contextlib

from .. import odoo_source, postgres
from ..database import Databases, addon_template
from ..paths import addons
from ..stage import Stage


@contextlib.contextmanager
def database():
    """Give the name of a fresh copy, dropped at the end."""
    with postgres.server() as server:
        databases = Databases(Stage(odoo_source.ensure(), server))
        template = databases.ensure(addon_template(databases.stage, tuple(addons())))
        with databases.scratch(template, "story") as name:
            yield name
