"""A delivery of 1,000 serial numbers, and its return: the platform alone and with us.

Both run in one process, turn by turn, each on a fresh copy of a database: one with
the platform's modules only, one with the addon and a warranty policy on the product.
Every round is rolled back, so that all rounds see the same tables.
"""

import statistics
import sys
import time
from dataclasses import dataclass, field

from odoo.fields import Command

from tools import bench_env

UNITS = 1000
ROUNDS = 3
MAX_RATIO = 1.15
MAX_EXTRA_QUERIES = 60


@dataclass
class Series:
    """What the rounds of one variant used."""

    seconds: list = field(default_factory=list)
    cpu: list = field(default_factory=list)
    queries: list = field(default_factory=list)

    def row(self, name):
        """A row of the table."""
        return (
            f"| {name} | {min(self.seconds):.2f}"
            f" | {statistics.median(self.seconds):.2f}"
            f" | {min(self.cpu):.2f} | {min(self.queries)} |"
        )


def measure(env, series, work):
    """Run ``work`` with empty caches and note what it used."""
    env.flush_all()
    env.invalidate_all()
    cpu = time.process_time()
    with bench_env.meter(env) as used:
        work()
    series.seconds.append(used.seconds)
    series.cpu.append(time.process_time() - cpu)
    series.queries.append(used.queries)


def make_delivery(env, units, policy):
    """Return a picking that is ready to be validated."""
    product = env["product.product"].create(
        {"name": "Lock", "type": "consu", "is_storable": True, "tracking": "serial"}
    )
    if policy:
        product.aftersales_policy_ids = env["aftersales.warranty.policy"].create(
            {"name": "Two years", "duration": 24}
        )
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    lots = env["stock.lot"].create(
        [{"name": f"SN{i:06}", "product_id": product.id} for i in range(units)]
    )
    env["stock.quant"].create(
        [
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "location_id": warehouse.lot_stock_id.id,
                "quantity": 1,
            }
            for lot in lots
        ]
    )
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Anna"}).id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": units})
            ],
        }
    )
    order.action_confirm()
    return order.picking_ids


def make_return(env, picking):
    """Return a picking that brings everything back."""
    wizard = (
        env["stock.return.picking"]
        .with_context(active_id=picking.id, active_model="stock.picking")
        .create({"picking_id": picking.id})
    )
    for line in wizard.product_return_moves:
        line.quantity = line.move_id.quantity
    action = wizard.action_create_returns()
    return env["stock.picking"].browse(action["res_id"])


def play(env, policy, deliveries, returns, units=UNITS):
    """One round: deliver, take back, undo."""
    picking = make_delivery(env, units, policy)
    measure(env, deliveries, picking.button_validate)
    if policy:
        created = env["aftersales.asset"].search([("picking_id", "=", picking.id)])
        assert len(created) == len(created.warranty_ids) == units, len(created)
    back = make_return(env, picking)
    measure(env, returns, back.button_validate)
    if policy:
        states = set(created.mapped("state"))
        assert states == {"returned"}, states
    assert (picking.state, back.state) == ("done", "done")
    env.cr.rollback()


def report(title, core, ours):
    """Print a table; return whether the limits are kept."""
    ratio = min(ours.seconds) / min(core.seconds)
    extra = min(ours.queries) - min(core.queries)
    print(f"\n{title}, {len(core.seconds)} rounds each\n")
    print("| | best, s | median, s | processor of Odoo, s | queries |")
    print("|---|---|---|---|---|")
    print(core.row("platform alone"))
    print(ours.row("with the addon"))
    median = statistics.median(ours.seconds) / statistics.median(core.seconds)
    cpu = min(ours.cpu) / min(core.cpu)
    print(f"| ratio, or more | {ratio:.3f} | {median:.3f} | {cpu:.3f} | +{extra} |")
    return ratio <= MAX_RATIO and extra <= MAX_EXTRA_QUERIES


def main(units=UNITS, rounds=ROUNDS):
    """Run the rounds; the exit status tells whether the delivery kept the limits."""
    core, ours = (Series(), Series()), (Series(), Series())
    with (
        bench_env.environment(addon=False) as core_env,
        bench_env.environment(addon=True) as our_env,
    ):
        # What the first use of a registry costs is no one's fault.
        play(core_env, False, Series(), Series(), 5)
        play(our_env, True, Series(), Series(), 5)
        for _round in range(rounds):
            play(core_env, False, *core, units)
            play(our_env, True, *ours, units)
    kept = report(f"Delivery of {units:,} serial numbers", core[0], ours[0])
    report(f"Return of {units:,} serial numbers for a refund", core[1], ours[1])
    print(
        f"\nLimits of the delivery: {MAX_RATIO} times, {MAX_EXTRA_QUERIES} queries: "
        + ("kept" if kept else "NOT kept")
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
