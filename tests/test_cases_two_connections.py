"""Two people with one service case at the same moment, on connections of their own.

A third connection holds the row that both need for a moment, so that both meet.
"""

import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest

SET_UP = """
group = env.ref("aftersales_addon.aftersales_group_user_all")
users = env["res.users"].create([
    {"name": name, "login": name, "password": name, "group_ids": [(4, group.id)]}
    for name in ("ava", "bob")
])
partner = env["res.partner"].create({"name": "Anna", "email": "anna@example.com"})
team = env["aftersales.team"].create({"name": "Desk"})
cases = env["aftersales.case"].create([
    {"name": name, "partner_id": partner.id, "team_id": team.id, "channel": "email"}
    for name in ("First", "Second")
])
for case in cases:
    case.message_post(body="Words of " + case.name, message_type="comment",
                      subtype_xmlid="mail.mt_comment")
answer(cases.ids)
"""
HOLD = """
import time
env.cr.execute("SELECT id FROM aftersales_case WHERE id IN ({ids}) FOR UPDATE")
env.cr.execute("SELECT pg_advisory_lock(190005)")
time.sleep(2)
env.cr.rollback()
env.cr.execute("SELECT pg_advisory_unlock(190005)")
"""
HELD = (
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE locktype = 'advisory' AND objid = 190005 AND datname = current_database()"
)
STEP = """
article = env["aftersales.article"].create({
    "name": "Steps", "is_published": True, "step_ids": [(0, 0, {"text": "Turn it"})],
})
answer(article.step_ids.id)
"""
# Somebody else's click, half a moment before it is kept.
CLICK = """
import time
case = env["aftersales.case"].browse(%s)
case.set_tried_step(%s, "helped", "It turned")
env.cr.execute("SELECT pg_advisory_lock(190005)")
time.sleep(2)
env.cr.commit()
env.cr.execute("SELECT pg_advisory_unlock(190005)")
"""


@pytest.fixture
def desk(instance):
    return instance("addon")


def press(web, login, method, *arguments):
    """Press a button as somebody; return what it was refused with, empty when not."""
    try:
        web.rpc(login, login)("aftersales.case", method, *arguments)
    except xmlrpc.client.Fault as fault:
        if "marshal None" in fault.faultString:
            return ""  # done: only its answer has no form in this protocol
        return fault.faultString
    return ""


def at_once(web, *calls):
    """Let people press their buttons at the same moment."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: press(web, *call), calls))


def hold(desk, ids):
    """Hold rows on a third connection for a moment."""
    return start(desk, HOLD.format(ids=", ".join(map(str, ids))))


def start(desk, script):
    """Start a script on a connection of its own, and wait until it waits."""
    holder = desk.start_script(script)
    limit = time.monotonic() + 60
    while desk.sql(HELD) != ["1"]:
        assert time.monotonic() < limit and holder.poll() is None
        time.sleep(0.1)
    return holder


def test_two_agents_take_the_same_case(desk):
    """One has it; the other is told so, or to try again, and never has it too."""
    first, _second = desk.script(SET_UP)
    with desk.serve() as web:
        holder = hold(desk, [first])
        busy = at_once(web, ("ava", "action_take", [first]))
        assert "right now" in busy[0] or busy == [""], busy
        assert holder.wait(60) == 0
        answers = at_once(
            web, ("ava", "action_take", [first]), ("bob", "action_take", [first])
        )
        assert any(answers), answers
        again = [press(web, name, "action_take", [first]) for name in ("ava", "bob")]
        assert sorted(map(bool, again)) == [False, True], again
        assert "is with" in next(filter(None, again))
    owner = desk.sql(
        "SELECT u.login FROM aftersales_case c JOIN res_users u ON u.id = c.user_id"
        f" WHERE c.id = {first}"
    )
    assert owner in (["ava"], ["bob"])


def test_two_merges_against_each_other(desk):
    """Into each other at once: one case is left open, with all that was said."""
    first, second = desk.script(SET_UP)
    scripts = [
        desk.start_script(
            "import time\n"
            f"target = env['aftersales.case'].browse({target})\n"
            f"target._merge(target.browse({source}))\n"
            "time.sleep(1)\n"
            "env.cr.commit()\n"
        )
        for target, source in ((first, second), (second, first))
    ]
    codes = sorted(script.wait(120) != 0 for script in scripts)
    assert codes in ([False, True], [False, False]), codes
    rows = desk.sql("SELECT state, duplicate_of_id FROM aftersales_case ORDER BY id")
    assert sorted(row.split("|")[0] for row in rows) != ["cancelled", "cancelled"], rows
    left = [x for x, row in zip((first, second), rows, strict=True) if row[-1] == "|"]
    assert len(left) == 1, rows
    said = desk.sql(
        "SELECT count(*) FROM mail_message WHERE model = 'aftersales.case'"
        f" AND res_id = {left[0]} AND body LIKE '%Words of%'"
    )
    assert said == ["2"], said


def test_two_agents_tick_the_same_step(desk):
    """One row, the first one's; the second one is no error and overwrites nothing."""
    first, _second = desk.script(SET_UP)
    step = desk.script(STEP)
    with desk.serve() as web:
        holder = start(desk, CLICK % (first, step))
        refused = press(web, "ava", "set_tried_step", [first], step, "not_helped")
        assert holder.wait(60) == 0
        assert not refused, refused
    rows = desk.sql("SELECT result, remark, revision FROM aftersales_case_step")
    assert rows == ["helped|It turned|1"], rows
