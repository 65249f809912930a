"""100,000 returns, and what agents open: the list, its queues, the board, the figures.

The returns are written straight into the tables: of 2,000 customers, 1 % to decide,
3 % expected, 1 % to inspect, 1 % to refund, the rest done. Each question is asked with
an empty cache, five times; with the plans of PostgreSQL, to show that indexes serve
the queues.
"""

import statistics
import sys
import time

from tools import bench_env

RETURNS = 100_000
CUSTOMERS = 2_000
ROUNDS = 5
PAGE = 80
# What of a hundred returns waits for something; the others are done.
KINDS = (
    "CASE WHEN g %% 100 = 0 THEN {decide} WHEN g %% 100 < 4 THEN {expected} "
    "WHEN g %% 100 = 4 THEN {inspect} WHEN g %% 100 = 5 THEN {refund} "
    "ELSE {done} END"
).replace("%%", "%")


def by_kind(decide, expected, inspect, refund, done):
    """Return the SQL of a value that depends on what a return waits for."""
    values = dict(
        decide=decide, expected=expected, inspect=inspect, refund=refund, done=done
    )
    return KINDS.format(**{name: f"'{value}'" for name, value in values.items()})


def copy(env, record, count, **values):
    """Write copies of a record in SQL; values are expressions of ``g``, from 1."""
    env.flush_all()
    table = record._table
    env.cr.execute(
        """
        SELECT column_name FROM information_schema.columns
         WHERE table_name = %s AND column_name != 'id' ORDER BY ordinal_position
        """,
        [table],
    )
    columns = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    [first] = env.cr.fetchone()
    chosen = ", ".join(values.get(name, f'source."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"INSERT INTO {table} (id, {names}) SELECT {first} + g, {chosen} "
        f"FROM {table} AS source, generate_series(1, {count}) AS g "
        f"WHERE source.id = {record.id}"
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
    return first


def build(env, returns):
    """Write returns of one line each."""
    product = env["product.product"].create({"name": "Goods", "type": "consu"})
    customer = env["res.partner"].create({"name": "Customer"})
    partner = copy(
        env,
        customer,
        CUSTOMERS,
        name="'Customer ' || g",
        commercial_partner_id=f"{customer.id} + g",
    )
    rma = env["aftersales.rma"].create(
        {
            "partner_id": customer.id,
            "line_ids": [(0, 0, {"product_id": product.id, "quantity": 1})],
        }
    )
    customer_sql = f"{partner} + 1 + g % {CUSTOMERS}"
    day = "now() at time zone 'utc' - (g % 700) * interval '1 day'"
    state = by_kind("requested", "approved", "approved", "approved", "done")
    first = copy(
        env,
        rma,
        returns,
        name="'BENCH/' || g",
        partner_id=customer_sql,
        commercial_partner_id=customer_sql,
        access_token="NULL",
        state=state,
        user_id=f"CASE WHEN g % 10 = 0 THEN NULL ELSE {env.uid} END",
        date_requested=day,
        date_decided=f"CASE WHEN g % 100 = 0 THEN NULL ELSE {day} END",
        date_received=f"CASE WHEN g % 100 < 4 THEN NULL ELSE {day} END",
        receipt_status=by_kind("none", "expected", "received", "received", "received"),
        inspection_status=by_kind(
            "none", "none", "to_inspect", "inspected", "inspected"
        ),
        refund_status=by_kind(
            "none", "to_refund", "to_refund", "to_refund", "refunded"
        ),
        flag_status="CASE WHEN g % 1000 = 0 THEN 'open' END",
    )
    copy(
        env,
        rma.line_ids,
        returns,
        rma_id=f"{first} + g",
        state=state,
        quantity_received="CASE WHEN g % 100 < 4 THEN 0 ELSE 1 END",
    )
    env.cr.execute("ANALYZE")
    env.invalidate_all()
    return customer.browse(partner + 1)


def get_questions(env, customer):
    """Return what is asked: a title, what to do, and the domain whose plan is shown."""
    Rma, Report = env["aftersales.rma"], env["aftersales.rma.report"]
    names = [
        *("name", "partner_id", "date_requested", "receipt_status", "refund_status"),
        *("late_label", "user_id", "state", "activity_ids"),
    ]
    queues = {
        "the list": [],
        "to decide": [("state", "=", "requested")],
        "to look at": [("state", "=", "requested"), ("flag_status", "=", "open")],
        "goods expected": [
            ("state", "=", "approved"),
            ("receipt_status", "in", ("expected", "partial")),
        ],
        "to inspect": [("inspection_status", "in", ("to_inspect", "partial"))],
        "late": [("late", "!=", False)],
        "mine": [("user_id", "=", env.uid)],
        "of a customer": [("partner_id", "child_of", customer.id)],
    }
    result = [
        (
            f"{title}, first {PAGE}",
            lambda d=domain: Rma.web_search_read(
                d, {name: {} for name in names}, limit=PAGE, count_limit=10_001
            ),
            domain,
        )
        for title, domain in queues.items()
    ]
    result += [
        (
            "the board by state",
            lambda: Rma.web_read_group(
                [],
                ["state"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification={
                    "name": {},
                    "partner_id": {},
                    "goods": {},
                    "late_label": {},
                },
            ),
            None,
        ),
        (
            "figures by reason and month",
            lambda: Report._read_group(
                [],
                ["reason_id", "date_requested:month"],
                ["quantity:sum", "cost_total:sum", "days_to_money:avg"],
            ),
            None,
        ),
        (
            "return rates of 50 customers",
            lambda: (
                env["res.partner"]
                .browse(range(customer.id, customer.id + 50))
                .mapped("aftersales_return_rate")
            ),
            None,
        ),
    ]
    return result


def show_plan(env, title, domain):
    """Print how PostgreSQL finds the first page."""
    query = env["aftersales.rma"]._search(domain, limit=PAGE, order="id desc")
    env.cr.execute(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + query.select().code,
        query.select().params,
    )
    print(f"\n{title}:\n")
    for (line,) in env.cr.fetchall():
        print(f"    {line[:110]}")


def measure(env, work):
    """Return the median time in ms and the queries of some work."""
    times, queries = [], 0
    for _round in range(ROUNDS):
        env.flush_all()
        env.invalidate_all()
        begin, before = time.perf_counter(), env.cr.sql_log_count
        work()
        times.append((time.perf_counter() - begin) * 1000)
        queries = env.cr.sql_log_count - before
    return statistics.median(times), queries


def ask(env, customer, returns):
    """Print the table and the plans."""
    questions = get_questions(env, customer)
    print(f"| {returns:,} returns | ms, median | queries |\n|---|---|---|")
    for title, work, _domain in questions:
        milliseconds, queries = measure(env, work)
        print(f"| {title} | {milliseconds:,.1f} | {queries} |", flush=True)
    for title, _work, domain in questions:
        if domain:
            show_plan(env, title, domain)


def main(returns=RETURNS):
    """Print the table and the plans."""
    with bench_env.environment(addon=True) as env:
        ask(env, build(env, returns), returns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
