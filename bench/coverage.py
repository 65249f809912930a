"""100,000 installed products with three layers each, and the questions people ask.

How long, with how many queries: the assessment of one unit and of 1,000 at once, the
search for what expires soon, the first page of the list, a serial number looked up.
With the plans of PostgreSQL, to show that indexes serve them. And the nightly job with
50 notices due among 1,000 and among 1,000,000 warranties.
"""

import statistics
import sys
import time
from unittest.mock import patch

from tools import bench_env

UNITS = 100_000
MILLION = 1_000_000
DUE = 50
ROUNDS = 5
# Delivered over three years: some are covered, some expire soon, some are over.
DAYS = 1096


def build(env, units):
    """Write units with a statutory, a manufacturer's and an extended layer."""
    policies = env["aftersales.warranty.policy"].create(
        [
            {"name": "Legal rights", "kind": "statutory", "duration": 24},
            {"name": "Maker", "kind": "manufacturer", "duration": 12},
            {
                "name": "Third year",
                "kind": "extended",
                "duration": 12,
                "stacking": "after",
            },
        ]
    )
    product = env["product.product"].create(
        {"name": "Goods", "aftersales_policy_ids": policies.ids}
    )
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": env["res.partner"].create({"name": "Customer"}).id,
            "serial_number": "PROTOTYPE",
        }
    )
    env.flush_all()
    day = f"current_date - g % {DAYS}"
    first = copy(
        env,
        asset,
        units,
        serial_number="'SN' || lpad(g::text, 8, '0')",
        delivery_date=day,
        warranty_end=f"({day} + interval '36 months')::date",
    )
    for warranty in asset.warranty_ids:
        copy_warranty(env, warranty, units, f"{first} + g", day)
    finish(env)
    return env["aftersales.asset"].browse(range(first, first + units))


def copy_warranty(env, warranty, units, asset, day):
    before = 24 if warranty.base_id else 0
    months = before + warranty.version_id.duration
    end = f"({day} + interval '{months} months')::date"
    coverage = f"""(SELECT jsonb_agg(jsonb_set(l, '{{end}}', to_jsonb({end}::text)))
        FROM jsonb_array_elements(t.coverage) l)"""
    copy(
        env,
        warranty,
        units,
        asset_id=asset,
        date_anchor=day,
        date_start=f"({day} + interval '{before} months')::date",
        date_end=end,
        coverage=coverage,
        base_id="NULL",
    )


def copy(env, record, count, **values):
    """Copy a row many times; ``g`` counts from 0. Return the first id."""
    table = record._table
    env.cr.execute(f"SELECT nextval('{table}_id_seq')")
    first = env.cr.fetchone()[0]
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall() if name != "id"]
    quoted = ", ".join(f'"{name}"' for name in names)
    source = ", ".join(values.get(name, f't."{name}"') for name in names)
    env.cr.execute(
        f"INSERT INTO {table} (id, {quoted}) SELECT {first} + g, {source}"
        f" FROM {table} t, generate_series(0, {count - 1}) g WHERE t.id = {record.id}"
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', {first + count})")
    return first


def finish(env):
    env.cr.commit()
    for table in ("aftersales_asset", "aftersales_warranty"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all()


def measure(env, label, action):
    """Print the median seconds and the queries of an action with an empty cache."""
    seconds = []
    for _round in range(ROUNDS):
        env.invalidate_all()
        with bench_env.meter(env) as used:
            action()
        seconds.append(used.seconds)
    median = statistics.median(seconds) * 1000
    print(f"| {label} | {median:,.1f} | {used.queries} |", flush=True)


def explain(env, label, search):
    """Print the plan of the last SELECT on a table of ours that a search runs."""
    statements = []
    execute = type(env.cr).execute

    def spy(cursor, query, params=None, **kwargs):
        statements.append(cursor.mogrify(query, params).decode())
        return execute(cursor, query, params, **kwargs)

    with patch.object(type(env.cr), "execute", spy):
        search()
    ours = [s for s in statements if 'FROM "aftersales_' in s]
    print(f"\n{label}:\n")
    env.cr.execute("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + ours[0])
    for (line,) in env.cr.fetchall():
        print(f"    {line[:110]}")


def questions(env, assets):
    Asset = env["aftersales.asset"]
    thousand = assets[:1000]
    expiring = [("coverage_state", "=", "expiring")]
    columns = {
        name: {}
        for name in ("serial_number", "delivery_date", "coverage_label", "state")
    }
    columns |= {
        name: {"fields": {"display_name": {}}} for name in ("product_id", "partner_id")
    }
    print(
        "\n| 100,000 units, 300,000 warranties | ms, median | queries |\n|---|---|---|"
    )
    measure(env, "assessment of one unit", lambda: assets[5]._assess())
    measure(env, "assessment of 1,000 at once", lambda: thousand._assess_many())
    measure(env, "expiring soon, first 80", lambda: Asset.search(expiring, limit=80))
    measure(env, "expiring soon, counted", lambda: Asset.search_count(expiring))
    measure(
        env,
        "first page of the list, 80 rows with coverage",
        lambda: Asset.web_search_read([], columns, limit=80, count_limit=10001),
    )
    measure(
        env,
        "a part of a serial number",
        lambda: Asset.search([("serial_number", "ilike", "0042")], limit=80),
    )
    explain(env, "expiring soon", lambda: Asset.search(expiring, limit=80))
    explain(env, "first page of the list", lambda: Asset.search([], limit=80))
    explain(
        env,
        "a part of a serial number",
        lambda: Asset.search([("serial_number", "ilike", "00420")], limit=80),
    )


def nightly(env, units):
    """The nightly job among ``units`` warranties with a few due; its usage."""
    policy = env["aftersales.warranty.policy"].create(
        {"name": "With notice", "duration": 12, "renewal_notice_days": 30}
    )
    product = env["product.product"].create(
        {"name": "Noticed", "aftersales_policy_ids": policy.ids}
    )
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": env["res.partner"].create({"name": "Owner"}).id,
            "user_id": env.ref("base.user_admin").id,
        }
    )
    env.flush_all()
    due = f"g < {DUE}"
    # Those not due end later, each on a day of the coming three years.
    start = f"CASE WHEN {due} THEN current_date - interval '11 months 10 days'"
    start = f"({start} ELSE current_date + (g % {DAYS}) * interval '1 day' END)::date"
    end = f"({start} + interval '12 months')::date"
    first = copy(env, asset, units, delivery_date=start, warranty_end=end)
    copy(
        env,
        asset.warranty_ids,
        units,
        asset_id=f"{first} + g",
        date_anchor=start,
        date_start=start,
        date_end=end,
        renewal_date=f"{end} - 30",
    )
    finish(env)
    Warranty = env["aftersales.warranty"]
    before = env["mail.activity"].search_count([])
    begin, queries = time.perf_counter(), env.cr.sql_log_count
    Warranty._cron_notify_expiring()
    env.cr.commit()
    seconds, used = time.perf_counter() - begin, env.cr.sql_log_count - queries
    made = env["mail.activity"].search_count([]) - before
    assert made == DUE, f"{made} activities"
    begin = time.perf_counter()
    Warranty._cron_notify_expiring()
    again = time.perf_counter() - begin
    print(
        f"| {units:,} | {seconds * 1000:,.0f} | {used} | {again * 1000:,.1f} |",
        flush=True,
    )


def main(units=UNITS):
    """Print the tables and the plans."""
    with bench_env.environment(addon=True) as env:
        questions(env, build(env, units))
    print(f"\n| warranties, {DUE} due | ms | queries | ms when run again |")
    print("|---|---|---|---|")
    for count in (1000, MILLION):
        with bench_env.environment(addon=True) as env:
            nightly(env, count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
