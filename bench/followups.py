"""1,000,000 planned follow-ups of which 500 are due: what is read is what is due.

The job that does what is due, among 10,000 and among 1,000,000 planned rows: its time
and queries for the same 500 activities, how long it takes to find that nothing is due,
and the plan of PostgreSQL. Then e-mails and activities a second, with one and with two
workers, each a process of its own.

    make bench ARGS="followups --planned=10000,100000 --due=100 --work=500"
"""

import argparse
import sys
import time

from tools import bench_env, bench_workers

PLANNED = (10_000, 1_000_000)
DUE = 500
WORK = 5_000
CUSTOMERS = 1_000


def build(env, units, customers=CUSTOMERS, action="activity", **vals):
    """Write units at customers, and a rule that is on; return the first of each."""
    env["aftersales.followup.rule"].search([("is_on", "=", True)]).action_switch_off()
    env.company.write({"aftersales_quiet_from": 0, "aftersales_quiet_to": 0})
    product = env["product.product"].create({"name": "Lock", "type": "consu"})
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {number}", "email": f"c{number}@example.com"}
            for number in range(min(customers, units))
        ]
    )
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": partners[0].id,
            "delivery_date": "2026-01-10",
        }
    )
    rule = env["aftersales.followup.rule"].create(
        {
            "name": "Call",
            "event": "delivered",
            "action": action,
            "on_workday": False,
            "user_id": env.ref("base.user_admin").id,
            **vals,
        }
    )
    rule.action_switch_on_anyway()
    prototype = env["aftersales.followup"].create(
        {**rule._prepare_followup(asset, 0, "2030-01-01"), "is_hurried": True}
    )
    env.flush_all()
    partner = f"(ARRAY{partners.ids})[g % {len(partners)} + 1]"
    first = copy(env, asset, units, partner_id=partner, access_token="NULL")
    return prototype, first, partner


def plan(env, prototype, first, planned, due, partner):
    """Copy the follow-up for each unit; the first ``due`` of them are due now."""
    copy(
        env,
        prototype,
        planned,
        res_id=f"{first} + g",
        partner_id=partner,
        date_planned=f"""now() AT TIME ZONE 'UTC' + '1h'::interval
            * CASE WHEN g < {due} THEN -1 ELSE g % 700 + 1 END""",
    )
    env.cr.execute("DELETE FROM aftersales_followup WHERE id = %s", [prototype.id])
    env.cr.commit()
    for table in ("aftersales_followup", "aftersales_asset", "res_partner"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all(flush=False)


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


def among(env, planned, due):
    """Do what is due among the planned ones; print a row of the table."""
    prototype, first, partner = build(env, planned)
    plan(env, prototype, first, planned, due, partner)
    Followup = env["aftersales.followup"]
    begin, queries = time.perf_counter(), env.cr.sql_log_count
    Followup._cron_run()
    seconds, used = time.perf_counter() - begin, env.cr.sql_log_count - queries
    done = Followup.search_count([("state", "=", "done")])
    assert done == due, f"{done} done"
    begin = time.perf_counter()
    Followup._cron_run()
    again = time.perf_counter() - begin
    print(
        f"| {planned:,} | {seconds * 1000:,.0f} | {used} | {again * 1000:,.1f} |",
        flush=True,
    )


def explain(env):
    """Print how PostgreSQL finds what is due."""
    env.cr.execute(
        """
        EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF)
        SELECT id FROM aftersales_followup
         WHERE state = 'planned' AND date_planned <= now() AT TIME ZONE 'UTC'
         ORDER BY date_planned, id LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED
        """
    )
    print("\nWhat is due, among them:\n")
    for (line,) in env.cr.fetchall():
        print(f"    {line[:110]}")
    env.cr.rollback()


def throughput(workers, count, action):
    """Print how many follow-ups a second so many workers do."""
    with bench_env.environment(addon=True) as env:
        vals = {}
        if action == "mail":
            template = env["mail.template"].create(
                {
                    "name": "Well?",
                    "model_id": env["ir.model"]._get_id("aftersales.asset"),
                    "subject": "Is all well?",
                    "body_html": "<p>Hello <t t-out='object.partner_id.name'/></p>",
                }
            )
            vals = {"template_id": template.id, "audience": "contact"}
        # One message a customer and day: so many customers.
        prototype, first, partner = build(env, count, count, action, **vals)
        plan(env, prototype, first, count, count, partner)
        job = bench_workers.Job(
            "aftersales.followup", "_cron_run", [("state", "=", "planned")]
        )
        seconds = bench_workers.run(env, job, workers).seconds
        done = env["aftersales.followup"].search_count([("state", "=", "done")])
        assert done == count, f"{done} of {count} done"
    print(
        f"| {action} | {workers} | {count:,} | {seconds:,.1f} |"
        f" {count / seconds:,.0f} |",
        flush=True,
    )


def numbers(text):
    """Return the numbers of a list like 10000,1000000."""
    return [int(part) for part in text.split(",")]


def main(arguments=None):
    """Print the tables and the plan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planned", type=numbers, default=PLANNED)
    parser.add_argument("--due", type=int, default=DUE)
    parser.add_argument("--work", type=int, default=WORK)
    options = parser.parse_args(arguments)
    print(f"\n| planned, {options.due} due | ms | queries | ms when run again |")
    print("|---|---|---|---|")
    for planned in options.planned:
        with bench_env.environment(addon=True) as env:
            among(env, planned, options.due)
            if planned == max(options.planned):
                explain(env)
    print("\n| action | workers | follow-ups | seconds, start included | a second |")
    print("|---|---|---|---|---|")
    for action in ("activity", "mail"):
        for workers in (1, 2):
            throughput(workers, options.work, action)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
