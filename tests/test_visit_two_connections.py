"""A phone that sends the same twice at the same moment, on connections of their own.

A third connection holds the visit for a moment, so that both meet.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

SET_UP = """
group = env.ref("aftersales_addon.aftersales_group_technician")
user = env["res.users"].create(
    {"name": "tina", "login": "tina", "password": "tina", "group_ids": [(4, group.id)]}
)
partner = env["res.partner"].create({"name": "Anna"})
product = env["product.product"].create(
    {"name": "Filter", "type": "consu", "is_storable": True, "barcode": "FILTER-1"}
)
visit = env["aftersales.visit"].create({"partner_id": partner.id, "user_id": user.id})
visit.with_user(user).action_begin()
answer(visit.id)
"""
HOLD = """
import time
env.cr.execute("SELECT id FROM aftersales_visit WHERE id = {id} FOR UPDATE")
env.cr.execute("SELECT pg_advisory_lock(190006)")
time.sleep(2)
env.cr.rollback()
env.cr.execute("SELECT pg_advisory_unlock(190006)")
"""
HELD = (
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE locktype = 'advisory' AND objid = 190006 AND datname = current_database()"
)


@pytest.fixture
def workshop(instance):
    return instance("addon")


def test_the_same_sent_twice_at_once(workshop):
    visit = workshop.script(SET_UP)
    changes = [
        {"op": "part", "scan": "FILTER-1", "quantity": 1},
        {"op": "time_start", "kind": "work"},
    ]
    with workshop.serve() as web:
        holder = workshop.start_script(HOLD.format(id=visit))
        limit = time.monotonic() + 60
        while workshop.sql(HELD) != ["1"]:
            assert time.monotonic() < limit and holder.poll() is None
            time.sleep(0.1)

        def send(_number):
            rpc = web.rpc("tina", "tina")
            return rpc("aftersales.visit", "save_work", [visit], changes, "one key")

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, range(2)))
        assert holder.wait(60) == 0
    assert [answer["answers"] for answer in answers] == [[{"ok": True}] * 2] * 2
    for table in ("part", "time", "save"):
        count = (
            f"SELECT count(*) FROM aftersales_visit_{table} WHERE visit_id = {visit}"
        )
        assert workshop.sql(count) == ["1"], table
