"""A pytest plugin: each worker has a filestore of its own, as it has a database.

pytest-odoo lets its workers share the files of the database that they are copied from.
After each class of tests Odoo removes the files that its database does not know; from
a shared folder it takes those away which another worker is just about to use.
"""

import contextlib
import shutil
from pathlib import Path

import pytest_odoo

from odoo.tools import config

from .database import link_tree


@contextlib.contextmanager
def own_filestore(original: str, name: str):
    """Link the files of the original database for the copy, and remove them later."""
    if original == name:
        yield
        return
    folder = Path(config.filestore(name))
    shutil.rmtree(folder, ignore_errors=True)
    link_tree(Path(config.filestore(original)), folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


pytest_odoo._shared_filestore = own_filestore
