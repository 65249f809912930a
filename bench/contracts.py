"""Invoices of contracts beside the platform's own, and beside OCA's ``contract``.

300 contracts are due, one invoice each, as drafts. The limit is one ``create`` of 300
invoices with the same values: that is the platform's own work, without any contract.
The three take turns, each from an empty cache and rolled back. ``--many`` invoices
10,000 contracts by the nightly job instead, and tells how much memory it took; then
once more by two workers, one of which is killed halfway.
"""

import sys

from odoo import fields
from odoo.fields import Command

from tools import bench_env, bench_oca, bench_workers

CONTRACTS, MANY, ROUNDS = 300, 10_000, 3
WHEELS = ("odoo-addon-contract==19.0.1.2.1.2",)
MOST = 1.10


def make_partners(env, count):
    """Customers without anything special."""
    return env["res.partner"].create(
        [{"name": f"Customer {number}"} for number in range(count)]
    )


def make_fee(env):
    """What is invoiced."""
    return env["product.product"].create(
        {"name": "Maintenance Fee", "type": "service", "list_price": 100.0}
    )


def our_contracts(env, count):
    """Running contracts, of which the present month is due."""
    fee, day = make_fee(env), env.company._aftersales_today().replace(day=1)
    plan = env["aftersales.plan"].create({"name": "Care"})
    contracts = env["aftersales.contract"]
    for start in range(0, count, 500):
        partners = make_partners(env, min(500, count - start))
        made = contracts.create(
            [
                {
                    "plan_id": plan.id,
                    "partner_id": partner.id,
                    "date_start": day,
                    "billing_from": day,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Maintenance Fee",
                                "product_id": fee.id,
                                "price_unit": 100.0,
                            }
                        )
                    ],
                }
                for partner in partners
            ]
        )
        made._write_state(state="running", date_anchor=day)
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
        contracts |= made
    return contracts


def their_contracts(env, count):
    """The same with OCA's addon."""
    fee, day = make_fee(env), fields.Date.today().replace(day=1)
    contracts = env["contract.contract"].create(
        [
            {
                "name": f"Contract {partner.id}",
                "partner_id": partner.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "name": "Maintenance Fee",
                            "product_id": fee.id,
                            "quantity": 1,
                            "price_unit": 100.0,
                            "recurring_rule_type": "monthly",
                            "recurring_interval": 1,
                            "date_start": day,
                            "recurring_next_date": day,
                        }
                    )
                ],
            }
            for partner in make_partners(env, count)
        ]
    )
    env.flush_all()
    env.cr.commit()
    return contracts


def measure(env, work):
    """Run from an empty cache, and take it back."""
    env.flush_all()
    env.invalidate_all()
    with bench_env.meter(env) as used:
        work()
    env.cr.rollback()
    env.invalidate_all()
    return used


def ours(env):
    """The limit and the addon, in turns; the best of each."""
    contracts = our_contracts(env, CONTRACTS)
    domain = contracts._get_due_domain()
    pending = contracts._get_pending(
        contracts.company_id._aftersales_today_by_company()
    )
    vals = [contracts._prepare_invoice_vals(charges) for charges in pending.values()]
    assert len(vals) == CONTRACTS

    def limit():
        env["account.move"].create(vals)

    def addon():
        contracts._invoice_batch(contracts, domain)

    measure(env, limit)
    rounds = [(measure(env, limit), measure(env, addon)) for _round in range(ROUNDS)]
    limits, addons = zip(*rounds, strict=True)
    return best(limits), best(addons)


def theirs(env):
    """OCA's addon; the best round."""
    contracts = their_contracts(env, CONTRACTS)

    def invoice():
        moves = contracts._recurring_create_invoice()
        assert len(moves) == CONTRACTS

    return best([measure(env, invoice) for _round in range(ROUNDS)])


def best(rounds):
    """The fastest round."""
    return min(rounds, key=lambda used: used.seconds)


FAULTS = {
    "lines invoiced twice": """
        SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_contract_bill
        GROUP BY line_id HAVING COUNT(*) > 1) AS twice""",
    "invoices without a contract": """
        SELECT COUNT(*) FROM account_move AS m
        WHERE move_type = 'out_invoice' AND NOT EXISTS (
            SELECT 1 FROM aftersales_contract_bill AS b WHERE b.move_id = m.id)""",
}


def many():
    """The nightly job over very many contracts, in committed batches."""
    with bench_env.environment(addon=True) as env:
        our_contracts(env, MANY)
        with bench_env.meter(env) as used:
            env["aftersales.contract"]._cron_invoice()
        count = env["aftersales.contract.bill"].search_count([])
    print(
        f"\n{count:,} contracts invoiced: {used.seconds:.1f} s, {used.queries:,} "
        f"queries, {used.peak_mib:.0f} MiB at most"
    )
    return 0 if count == MANY else 1


def many_with_a_kill():
    """The same by two workers, one of which is killed halfway; a new one takes over."""
    with bench_env.environment(addon=True) as env:
        our_contracts(env, MANY)
        left = list(env["aftersales.contract"]._get_due_domain())
        env.cr.commit()
        job = bench_workers.Job("aftersales.contract", "_cron_invoice", left)
        used = bench_workers.run(env, job, workers=2, kill_at=MANY // 2)
        faults = {}
        for title, query in FAULTS.items():
            env.cr.execute(query)
            faults[title] = env.cr.fetchone()[0]
        count = env["aftersales.contract.bill"].search_count([])
    print(
        f"{count:,} contracts invoiced by two workers, one of them killed halfway: "
        f"{used.seconds:.1f} s, {used.peak_mib:.0f} MiB at most for each worker; "
        + ", ".join(f"{number} {title}" for title, number in faults.items())
    )
    return 0 if count == MANY and not any(faults.values()) else 1


def main():
    """Run all and print the table."""
    if "--many" in sys.argv:
        return many() or many_with_a_kill()
    with bench_env.environment(addon=True) as env:
        limit, addon = ours(env)
    rows = [("one create of 300 invoices", limit), ("with the addon", addon)]
    with bench_oca.environment(WHEELS, "contract") as env:
        if env:
            rows.append(("OCA contract", theirs(env)))
    print(f"\n{CONTRACTS} contracts due, one draft invoice each, best of {ROUNDS}\n")
    print("| | s | times | queries | times |")
    print("|---|---|---|---|---|")
    for title, used in rows:
        print(
            f"| {title} | {used.seconds:.2f} | {used.seconds / limit.seconds:.2f} "
            f"| {used.queries:,} | {used.queries / limit.queries:.2f} |"
        )
    slow = addon.seconds > MOST * limit.seconds
    return int(slow or addon.queries > MOST * limit.queries)


if __name__ == "__main__":
    sys.exit(main())
