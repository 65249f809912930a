"""Planning of visits: many at once, and the nightly job among a great many.

Contracts with several units and a monthly service are planned for some years ahead by
the nightly job, in its own steps; then once more, when there is nothing to do. After
that the visits are copied until there are many, contracts among them, a hundred are
made due, and the nightly job runs again: it must find and plan those without looking at
the others. The plan of its query is printed.

``make bench ARGS="visits --visits=600 --many=3000 --due=10"`` is a quick look at
whether it runs at all; its figures say nothing. What the job commits is thrown away
with the database.
"""

import argparse
import sys

from odoo.fields import Command

from tools import bench_env

UNITS, MONTHS = 3, 60
PLAN = """
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
 SELECT id
   FROM aftersales_contract
  WHERE company_id = %s AND date_plan_next IS NOT NULL AND date_plan_next <= %s
  ORDER BY date_plan_next, id
  LIMIT 200
    FOR NO KEY UPDATE SKIP LOCKED
"""


def read_sizes():
    """How many visits of each sort; those of the table when nothing is said."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=100)
    return parser.parse_args()


def make_contracts(env, count):
    """Contracts in force with units, none of them planned yet."""
    env.company.resource_calendar_id.tz = "UTC"
    today = env.company._aftersales_today()
    plan = env["aftersales.plan"].create(
        {
            "name": "Full Care",
            "company_id": env.company.id,
            "term_count": MONTHS,
            "horizon_months": MONTHS,
            "service_ids": [
                Command.create({"name": "Maintenance", "interval_count": 1})
            ],
        }
    )
    product = env["product.product"].create({"name": "Machine", "type": "consu"})
    partners = env["res.partner"].create(
        [{"name": f"Customer {number}"} for number in range(count)]
    )
    assets = env["aftersales.asset"].create(
        [
            {
                "product_id": product.id,
                "partner_id": partner.id,
                "serial_number": f"{partner.id}-{number}",
            }
            for partner in partners
            for number in range(UNITS)
        ]
    )
    contracts = env["aftersales.contract"].create(
        [
            {
                "plan_id": plan.id,
                "partner_id": partner.id,
                "date_start": today,
                "line_ids": [
                    Command.create({"name": asset.serial_number, "asset_id": asset.id})
                    for asset in assets[index * UNITS : (index + 1) * UNITS]
                ],
            }
            for index, partner in enumerate(partners)
        ]
    )
    contracts._write_state(state="running", date_anchor=today)
    contracts._replan_soon()
    env.cr.commit()
    return contracts


def plan(env):
    """Run the nightly job with an empty cache."""
    env.flush_all()
    env.invalidate_all()
    with bench_env.meter(env) as used:
        env["aftersales.contract"]._cron_plan_visits()
    return used


def copy_rows(env, table, times, replaced, without=()):
    """Copy the rows of a table some times in SQL."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND column_name <> 'id'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall() if name not in without]
    into = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(replaced.get(name, f'c."{name}"') for name in names)
    env.cr.execute(
        f"INSERT INTO {table} ({into}) "
        f"SELECT {values} FROM {table} c, generate_series(1, %s) n",
        [times],
    )


def grow(env, many):
    """Copy contracts and visits until there are many, all with nothing to plan."""
    count = env["aftersales.visit"].search_count([])
    times = -(-max(many - count, 0) // count)
    # Half of what runs has a day to come on which it is looked at again.
    env.cr.execute(
        "UPDATE aftersales_contract SET date_plan_next = "
        "CASE WHEN id % 2 = 0 THEN current_date + 30 + (id % 300)::int END"
    )
    copied = {"number": "c.number || '-' || n", "access_token": "NULL"}
    copy_rows(env, "aftersales_contract", times, copied)
    copy_rows(env, "aftersales_visit", times, copied)
    env.cr.commit()
    for table in ("aftersales_contract", "aftersales_visit", "aftersales_visit_line"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all()


def make_due(env, contracts, count):
    """Take the last visit of some contracts away: the job has to make it again."""
    due = contracts[:count]
    lines = env["aftersales.visit.line"].search(
        [("service_id", "in", due.service_ids.ids)]
    )
    last = {}
    for line in lines.sorted("number"):
        last[line.contract_line_id] = line
    env["aftersales.visit.line"].browse(line.id for line in last.values()).unlink()
    due._replan_soon()
    env.cr.commit()
    env.cr.execute("ANALYZE aftersales_contract")
    env.cr.commit()


def main():
    """Run all and print the table."""
    sizes = read_sizes()
    with bench_env.environment(addon=True) as env:
        contracts = make_contracts(env, max(-(-sizes.visits // MONTHS), sizes.due))
        first, again = plan(env), None
        visits = env["aftersales.visit"].search_count([])
        contracts._replan_soon()
        env.cr.commit()
        again = plan(env)
        assert env["aftersales.visit"].search_count([]) == visits, "planned twice"
        grow(env, sizes.many)
        idle = plan(env)
        make_due(env, contracts, sizes.due)
        env.cr.execute(PLAN, [env.company.id, env.company._aftersales_today()])
        explained = [row for (row,) in env.cr.fetchall()]
        night = plan(env)
        many = env["aftersales.visit"].search_count([])
        total = env["aftersales.contract"].search_count([])
    print("\n| | seconds | queries | MiB |\n|---|---|---|---|")
    for title, used in (
        (f"{visits:,} visits with {visits * UNITS:,} units planned", first),
        ("the same once more, nothing to do", again),
        (f"the nightly job among {many:,} visits, nothing due", idle),
        (f"{sizes.due} of {total:,} contracts due among {many:,} visits", night),
    ):
        figures = f"{used.seconds:.2f} | {used.queries:,} | {used.peak_mib:,.0f}"
        print(f"| {title} | {figures} |")
    print("\n" + "\n".join(explained))
    return 0


if __name__ == "__main__":
    sys.exit(main())
