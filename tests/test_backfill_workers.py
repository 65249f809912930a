"""Past deliveries, with two processes at work on one run and one of them killed."""

from tools.paths import ROOT

UNITS = 20_000
BUILD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from bench._history import History
History(env, {UNITS}).build()
run = env["aftersales.backfill"].create({{"date_from": "2020-01-01"}})
run.action_preview()
run.action_start()
answer(run.preview_new_count)
"""
# Both stay at it until the run has ended, in steps of 200 moves.
WORK = """
import time
import odoo.addons.aftersales_addon.models.aftersales_backfill as backfill
backfill.BACKFILL_BATCH = 200
Backfill = env["aftersales.backfill"]
while Backfill.search_count([("state", "=", "running")]):
    Backfill._cron_run_backfill()
    env.cr.commit()
    time.sleep(0.02)
"""
FINISH = """
env["aftersales.backfill"]._cron_run_backfill()
run = env["aftersales.backfill"].search([], limit=1)
run.invalidate_recordset()
answer([run.state, run.created_count, run.processed_count, run.total_count,
        run.failed_count, run.asset_count])
"""
TAKEN = "SELECT COUNT(*) FROM aftersales_asset WHERE backfill_id IS NOT NULL"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_asset"
    " GROUP BY move_id, lot_id HAVING COUNT(*) > 1) AS twice"
)
WARRANTIES = (
    "SELECT COUNT(*) FROM aftersales_asset AS a WHERE (SELECT COUNT(*)"
    " FROM aftersales_warranty AS w WHERE w.asset_id = a.id) <> 1"
)


def test_two_workers_and_a_kill(instance):
    """Nothing is lost and nothing is there twice."""
    base = instance("addon")
    expected = base.script(BUILD)
    assert expected >= UNITS
    # Each of the first two is killed, wherever it is; a new one takes over.
    base.work_with_a_kill(WORK, TAKEN, 1, UNITS // 4)
    state, created, processed, total, failed, assets = base.script(FINISH)
    assert (state, failed) == ("done", 0)
    assert created == assets == expected
    assert processed == total
    assert base.count(TWICE) == 0
    assert base.count(WARRANTIES) == 0
