"""100,000 units delivered in the past, taken in by the scheduled action's method.

Beside it: what PostgreSQL needs to write the same rows, with the same columns and
indexes, by a plain INSERT … SELECT. And the memory of the process on the way.
"""

import resource
import sys
import time
from unittest.mock import patch

from tools import bench_env

from ._history import History

UNITS = 100_000
MARKS = (0.25, 0.5, 1.0)
# Growth of the peak from a quarter of the way to its end that counts as none.
MAX_GROWTH_MIB = 16


def peak_mib():
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def take_in(env, units):
    """Run it; return the run, its seconds and the peaks at the marks."""
    run = env["aftersales.backfill"].create({"date_from": "2020-01-01"})
    begin = time.perf_counter()
    run.action_preview()
    env.flush_all()
    preview = time.perf_counter() - begin
    print(
        f"preview: {run.preview_new_count:,} units of {run.preview_move_count:,}"
        f" moves, {preview:.2f} s"
    )
    run.action_start()
    env.cr.commit()
    peaks = {}
    commit = env.registry["ir.cron"]._commit_progress

    def committed(self, *args, **kwargs):
        done = run.created_count
        for mark in MARKS:
            if done >= mark * units and mark not in peaks:
                peaks[mark] = peak_mib()
        return commit(self, *args, **kwargs)

    begin, cpu = time.perf_counter(), time.process_time()
    with patch.object(env.registry["ir.cron"], "_commit_progress", committed):
        env["aftersales.backfill"]._cron_run_backfill()
    seconds = time.perf_counter() - begin
    print(f"processor time of Odoo: {time.process_time() - cpu:.1f} s")
    env.invalidate_all()
    assert run.state == "done" and not run.failed_count, run.failures
    assert run.created_count == run.preview_new_count
    return run, seconds, peaks


def plain_sql(env):
    """Return the rows and seconds of writing the same rows again in SQL."""
    cr = env.cr
    rows, begin = 0, time.perf_counter()
    for table in ("aftersales_asset", "aftersales_warranty"):
        cr.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        cr.execute(f"INSERT INTO bench_{table} SELECT * FROM {table}")
        rows += cr.rowcount
    cr.commit()
    return rows, time.perf_counter() - begin


def main(units=UNITS):
    """Build the history, take it in, print the table."""
    with bench_env.environment(addon=True) as env:
        begin = time.perf_counter()
        history = History(env, units)
        history.build()
        moves = history.moves + history.returns
        print(f"history: {moves:,} moves in {time.perf_counter() - begin:.1f} s")
        run, seconds, peaks = take_in(env, units)
        rows, plain = plain_sql(env)
        again = env["aftersales.backfill"].create({"date_from": "2020-01-01"})
        again.action_start()
        env.cr.commit()
        begin = time.perf_counter()
        env["aftersales.backfill"]._cron_run_backfill()
        second = time.perf_counter() - begin
        env.invalidate_all()
        assert again.state == "done" and not again.created_count
        created = run.created_count
    print("\n| | seconds | units per second |\n|---|---|---|")
    print(f"| backfill, {created:,} units | {seconds:.1f} | {created / seconds:,.0f} |")
    print(f"| the same {rows:,} rows in SQL | {plain:.1f} | {created / plain:,.0f} |")
    print(f"| a second run, nothing new | {second:.1f} | {created / second:,.0f} |")
    print("\n| units | peak memory, MiB |\n|---|---|")
    for mark, peak in peaks.items():
        print(f"| {int(mark * units):,} | {peak:.0f} |")
    growth = peaks[MARKS[-1]] - peaks[MARKS[0]]
    print(f"\ngrowth from a quarter to the end: {growth:.1f} MiB")
    return 0 if growth <= MAX_GROWTH_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
