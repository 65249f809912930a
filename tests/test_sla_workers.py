"""The watch over promised times, killed in the middle, alone and beside another.

Each of the cases has a promise that ran out and one that runs out soon. A third of them
has to be worked out again first, as after a change of the working hours.
"""

import time

import pytest

CASES = 300
BUILD = f"""
from odoo.fields import Command
user = env.ref("base.user_admin")
team = env["aftersales.team"].create({{
    "name": "Desk", "user_id": user.id, "member_ids": [Command.set(user.ids)]}})
env["aftersales.sla.policy"].create({{
    "name": "Promise", "sequence": 1, "team_ids": [Command.set(team.ids)],
    "around_the_clock": True, "hours_first_response": 4, "hours_resolution": 2,
    "hours_warning": 3.5}})
env["aftersales.case"].create([
    {{"name": f"Case {{number}}", "team_id": team.id, "channel": "email"}}
    for number in range({CASES})])
env.flush_all()
# Three hours later; nobody has worked out or noted anything since.
env.cr.execute('''
    UPDATE aftersales_sla_clock
       SET date_start = date_start - INTERVAL '3 hours',
           date_due = date_due - INTERVAL '3 hours',
           date_warning = date_warning - INTERVAL '3 hours'
     WHERE case_id % 3 <> 0;
    UPDATE aftersales_sla_clock
       SET date_start = date_start - INTERVAL '3 hours', is_stale = TRUE
     WHERE case_id % 3 = 0
''')
answer(env["aftersales.sla.clock"].search_count([]))
"""
# At it until nothing is left to do, in steps of 10. Two that meet on one case are told
# so by the database; the platform runs such a job again, as is done here.
WORK = """
import time
import psycopg2
Clock = env["aftersales.sla.clock"]
TODO = ["|", "|", ("is_stale", "=", True),
        "&", ("kind", "=", "resolution"), ("is_breached", "=", False),
        "&", ("kind", "=", "first_response"), ("is_warned", "=", False)]
while Clock.search_count(TODO):
    try:
        Clock._cron_watch(batch=10)
        env.cr.commit()
    except psycopg2.Error:
        env.cr.rollback()
    env.invalidate_all()
    time.sleep(0.02)
"""
NOTED = "SELECT COUNT(*) FROM mail_activity WHERE res_model = 'aftersales.case'"
BROKEN = "SELECT COUNT(*) FROM aftersales_sla_clock WHERE is_breached"
WARNED = "SELECT COUNT(*) FROM aftersales_sla_clock WHERE is_warned"
ON_CASES = "SELECT COUNT(*) FROM aftersales_case WHERE is_sla_breached"
BY_TEXT = (
    "SELECT summary, COUNT(*), COUNT(DISTINCT res_id) FROM mail_activity"
    " WHERE res_model = 'aftersales.case' GROUP BY summary ORDER BY summary"
)


def wait_for(base, least, workers):
    """Until so many were told, with all workers still at it."""
    limit = time.monotonic() + 300
    while base.count(NOTED) < least:
        for worker in workers:
            assert worker.poll() is None, worker.log.read_text()[-4000:]
        assert time.monotonic() < limit, "it got nowhere"
        time.sleep(0.02)


@pytest.mark.parametrize("count", [1, 2])
def test_the_watch_is_killed(instance, count):
    """Each breach and each warning is noted once, and none is missed."""
    base = instance("addon")
    assert base.script(BUILD) == 2 * CASES
    assert base.count(NOTED) == 0
    workers = [base.start_script(WORK) for _number in range(count)]
    try:
        # While it works out and notes what broke, and again while it warns.
        for least in (CASES // 4, CASES + CASES // 4):
            wait_for(base, least, workers)
            workers[0].kill()
            workers[0].wait(60)
            assert base.count(NOTED) < 2 * CASES, "it was killed too late"
            workers = [*workers[1:], base.start_script(WORK)]
        for worker in workers:
            worker.wait(600)
        printed = [worker.log.read_text()[-4000:] for worker in workers]
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
    assert [worker.returncode for worker in workers] == [0] * count, printed
    assert (base.count(BROKEN), base.count(WARNED)) == (CASES, CASES)
    assert base.count(ON_CASES) == CASES
    assert base.sql(BY_TEXT) == [
        f"A promised time ran out|{CASES}|{CASES}",
        f"A promised time runs out soon|{CASES}|{CASES}",
    ]
