"""Pages of the portal for a customer with 10,000 documents of each kind.

Lists and single pages of installed products, returns, cases, contracts and visits
beside the platform's own ``/my/orders`` with as many, in one run, each asked in turns
by HTTP (in this process, without a network). Limits: 1.2 times the platform's time, and
a number of queries that is the same for customers with 10, 1,000 and 10,000 documents.
The same for the numbers on the start page.
"""

import json
import re
import sys
import time

from bench.returns_list import copy
from tools import bench_env

SIZES = (10, 1_000, 10_000)
ROUNDS = 15
MOST = 1.2
CORE_COUNTERS = ["quotation_count", "order_count", "invoice_count", "bill_count"]
OUR_COUNTERS = [
    *("installed_product_count", "service_case_count", "return_count"),
    *("service_contract_count", "service_visit_count"),
]
# Title, address of the list, and the platform's page that it is held against.
LISTS = {
    "orders": "/my/orders",
    "installed products": "/my/installed-products",
    "returns": "/my/returns",
    "cases": "/my/cases",
    "contracts": "/my/contracts",
    "visits": "/my/visits",
}


def make_user(env, size):
    """Return the log-in of a customer's colleague."""
    company = env["res.partner"].create({"name": f"Bench {size}", "is_company": True})
    contact = env["res.partner"].create(
        {"name": "Colleague", "parent_id": company.id, "email": f"c{size}@example.com"}
    )
    return env["res.users"].create(
        {
            "name": contact.name,
            "login": f"bench{size}",
            "partner_id": contact.id,
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
        }
    )


def make_one(env, partner):
    """Make one document of each kind, with its lines, the way they are made."""
    product = env["product.product"].create(
        {"name": f"Lock {partner.id}", "type": "consu", "sale_ok": True}
    )
    policy = env["aftersales.warranty.policy"].create(
        {"name": "Bench", "duration": 24, "duration_unit": "month"}
    )
    product.product_tmpl_id.aftersales_policy_ids = policy
    customer = partner.id
    order = env["sale.order"].create(
        {"partner_id": customer, "order_line": [(0, 0, {"product_id": product.id})]}
    )
    order.action_confirm()
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": customer,
            "serial_number": f"BENCH-{customer}",
            "delivery_date": env.company._aftersales_today(),
        }
    )
    rma = env["aftersales.rma"].create(
        {
            "partner_id": customer,
            "line_ids": [(0, 0, {"product_id": product.id, "quantity": 1})],
        }
    )
    case = env["aftersales.case"].create(
        {"name": "It is stuck", "partner_id": customer, "asset_id": asset.id}
    )
    plan = env["aftersales.plan"].create({"name": "Care"})
    contract = env["aftersales.contract"].create(
        {
            "plan_id": plan.id,
            "partner_id": customer,
            "line_ids": [(0, 0, {"name": "Lock", "asset_id": asset.id})],
        }
    )
    visit = env["aftersales.visit"].create(
        {"partner_id": customer, "line_ids": [(0, 0, {"asset_id": asset.id})]}
    )
    env.flush_all()
    return order, asset, rma, case, contract, visit


def build(env, user, size):
    """Write so many documents of each kind."""
    partner = user.partner_id
    order, asset, rma, case, contract, visit = make_one(env, partner)
    mark = f"'{partner.id}/' || g"
    day = "now() at time zone 'utc' - (g % 700) * interval '1 day'"

    def several(record, **values):
        first = copy(env, record, size, access_token="NULL", **values)
        return f"{first} + g"

    def lines(records, field, parent, **values):
        for record in records:
            copy(env, record, size, **{field: parent, **values})

    own = several(order, name=f"'SO' || {mark}", date_order=day)
    lines(order.order_line, "order_id", own)
    own = several(asset, serial_number=mark, delivery_date=f"({day})::date")
    for layer in asset.warranty_ids:
        copy(env, layer, size, asset_id=own)
    own = several(rma, name=f"'R' || {mark}", state="'requested'", date_requested=day)
    lines(rma.line_ids, "rma_id", own, state="'requested'")
    several(case, number=f"'C' || {mark}", date_reported=day)
    own = several(contract, number=f"'K' || {mark}", state="'running'")
    lines(contract.line_ids, "contract_id", own)
    own = several(visit, number=f"'V' || {mark}", date_planned=f"({day})::date")
    lines(visit.line_ids, "visit_id", own)


class Visitor:
    """A browser without a network, logged in as a customer."""

    def __init__(self, env, user):
        from werkzeug.test import Client

        from odoo import http
        from odoo.service import security

        store = http.root.session_store
        session = store.new()
        session.update(http.get_default_session())
        session.update(
            db=env.cr.dbname,
            login=user.login,
            uid=user.id,
            session_token=None,
        )
        session.context = dict(user.context_get())
        session.session_token = security.compute_session_token(session, env(user=user))
        store.save(session)
        self.client = Client(http.root)
        self.client.set_cookie("session_id", session.sid, domain="localhost")

    def ask(self, path):
        """Open a page, or ask for the numbers of the start page."""
        if isinstance(path, str):
            response = self.client.get(path)
        else:
            body = json.dumps({"params": {"counters": path}})
            response = self.client.post(
                "/my/counters", data=body, content_type="application/json"
            )
        content = response.get_data()
        assert response.status_code == 200, (path, response.status_code)
        return content

    def measure(self, path):
        """Return milliseconds, those of this process's processor, and queries.

        The times of the numbers on the start page are those of one number.
        """
        from odoo import sql_db

        parts = 1 if isinstance(path, str) else len(path)
        begin, worked = time.perf_counter(), time.process_time()
        before = sql_db.sql_counter
        self.ask(path)
        return (
            (time.perf_counter() - begin) * 1000 / parts,
            (time.process_time() - worked) * 1000 / parts,
            sql_db.sql_counter - before,
        )


def get_pages(visitor):
    """Return the pages of one customer by title, core's first in each group."""
    lists = {f"list of {title}": url for title, url in LISTS.items()}
    single = {}
    for title, url in LISTS.items():
        # One that has a neighbour on both sides.
        found = re.findall(rf'href="({url}/\d+)[?"]', visitor.ask(url).decode())
        single[f"one of {title}"] = found[2]
    return {
        **lists,
        **single,
        "one number of orders": CORE_COUNTERS,
        "one number of after-sales": OUR_COUNTERS,
    }


def measure(visitors):
    """Ask for everything in turns; return times and queries by title and size."""
    found = {}
    for turn in range(ROUNDS + 2):
        for size, (visitor, pages) in visitors.items():
            for title, path in pages.items():
                used = visitor.measure(path)
                if turn > 1:  # the first ones fill caches, and give tokens
                    found.setdefault(title, {}).setdefault(size, []).append(used)
    return found


def best_of(rounds):
    """Return the best time and the least work of the processor."""
    return min(used[0] for used in rounds), min(used[1] for used in rounds)


def report(found):
    """Print the table; return whether the limits hold."""
    kept = True
    head = " | ".join(f"queries at {size:,}" for size in SIZES)
    print(
        f"| page, {SIZES[-1]:,} own | best, ms | beside orders | processor, ms "
        f"| beside orders | {head} |"
    )
    print("|---|---|---|---|---|" + "---|" * len(SIZES))
    for title, by_size in found.items():
        core = found[f"{title.partition(' of ')[0]} of orders"]
        best, work = best_of(by_size[SIZES[-1]])
        core_best, core_work = best_of(core[SIZES[-1]])
        ratio = best / core_best
        counts = [min(used[2] for used in by_size[size]) for size in SIZES]
        if by_size is not core:
            kept = kept and len(set(counts)) == 1 and ratio <= MOST
        shown = " | ".join(str(count) for count in counts)
        print(
            f"| {title} | {best:.1f} | {ratio:.2f} "
            f"| {work:.1f} | {work / core_work:.2f} | {shown} |",
            flush=True,
        )
    return kept


def main():
    """Print the table, and fail when a limit is passed."""
    with bench_env.environment(addon=True) as env:
        env = env(context={"tracking_disable": True, "mail_notrack": True})
        users = {size: make_user(env, size) for size in SIZES}
        for size, user in users.items():
            build(env, user, size)
        env.cr.execute("UPDATE aftersales_contract SET state = 'running'")
        env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        visitors = {}
        for size, user in users.items():
            visitor = Visitor(env, user)
            visitors[size] = (visitor, get_pages(visitor))
        return 0 if report(measure(visitors)) else 1


if __name__ == "__main__":
    sys.exit(main())
