"""Many guests ask at the same moment, each on a connection of its own."""

import pytest

# Asks on connections of its own in threads; all of them begin before one is done.
SCRIPT = """
import threading
from concurrent.futures import ThreadPoolExecutor
from odoo.api import Environment
from odoo.modules.registry import Registry

THREADS = 8
start = threading.Barrier(THREADS)

def ask(visitor, subject, most):
    with Registry(env.cr.dbname).cursor() as cr:
        Try = Environment(cr, 1, {})["aftersales.return.try"]
        cr.execute("SELECT count(*) FROM aftersales_return_try")  # a view of its own
        start.wait(60)
        return Try._may_ask(visitor, subject, most)

def ask_at_once(calls):
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda call: ask(*call), calls))

env.cr.commit()
one = ask_at_once([("home", str(n), (5, 9)) for n in range(THREADS)])
subject = ask_at_once([(str(n), "house", (9, 3)) for n in range(THREADS)])
env.cr.rollback()
rows = env["aftersales.return.try"].search_count([])
answer([one, subject, rows])
"""


@pytest.fixture
def made(instance):
    return instance("addon")


def test_limits_hold_for_tries_at_the_same_moment(made):
    """Eight ask at once: five of one visitor, three about one thing get through."""
    assert made.script(SCRIPT) == [5, 3, 8]
