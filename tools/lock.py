"""File locks, so that two commands at once never build the same thing twice.

A lock belongs to an open file: it is gone with its process, however that ends.
"""

import contextlib
import fcntl
import os
import re

from .paths import cached
from .steps import say


def open_lock(name: str) -> int:
    """Open the file behind a lock."""
    path = cached("locks") / (re.sub(r"[^\w.-]", "_", name) + ".lock")
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def try_lock(handle: int, mode: int = fcntl.LOCK_EX) -> bool:
    """Take a lock if nobody else has it."""
    try:
        fcntl.flock(handle, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def lock(name: str, shared: bool = False):
    """Hold a lock, waiting for whoever has it."""
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    handle = open_lock(name)
    try:
        if not try_lock(handle, mode):
            say(f"  … waiting for another command that holds “{name}”")
            fcntl.flock(handle, mode)
        yield handle
    finally:
        os.close(handle)
