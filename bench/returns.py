"""100 returns from the request to the credit note: ours, OCA's and the platform's own.

100 orders of one customer, each of one unit, delivered and invoiced. Then, measured
one by one: the returns are made, approved, received and refunded.

OCA's ``rma`` and ``rma_sale`` are installed from their wheels into a folder of their
own in the cache and run in a database of their own. They are run for the comparison
only: no line of them is part of this project. The platform's own means are the return
wizard and the reversal of each invoice. All run in one process, round by round, each
round is rolled back.
"""

import sys
from dataclasses import dataclass, field

from odoo.fields import Command

from tools import bench_env, bench_oca

UNITS = 100
ROUNDS = 3
WHEELS = ("odoo-addon-rma==19.0.1.0.4.2", "odoo-addon-rma_sale==19.0.1.1.1")
PHASES = ("create", "approve", "receive", "refund")
# Of OCA's with one credit note a customer, of the platform's with one an invoice.
MAX_OCA_QUERIES, MAX_OCA_TIME = 0.31, 0.6
MAX_CORE = 0.25


@dataclass
class Series:
    """What the phases of one variant used: the best of its rounds."""

    title: str
    queries: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)

    def note(self, phase, used):
        """Keep the best of a phase."""
        for store, value in (
            (self.queries, used.queries),
            (self.seconds, used.seconds),
        ):
            store[phase] = min(store.get(phase, value), value)

    def total(self, store):
        """The sum of all phases."""
        return sum(store.values())

    def row(self):
        """A row of the table."""
        cells = [
            f"{self.queries.get(phase, 0):,} / {self.seconds.get(phase, 0.0):.2f} s"
            for phase in PHASES
        ]
        total = f"{self.total(self.queries):,} / {self.total(self.seconds):.2f} s"
        return f"| {self.title} | {' | '.join(cells)} | {total} |"


def measure(env, series, phase, work):
    """Run a phase with empty caches, with all that its commit would do."""
    env.cr.flush()
    env.invalidate_all()
    with bench_env.meter(env) as used:
        result = work()
        env.cr.flush()
    series.note(phase, used)
    return result


# --- The goods ---


def sell(env, units):
    """Return the invoices and the delivery moves of as many orders."""
    product = env["product.product"].create(
        {"name": "Sensor", "type": "consu", "is_storable": True, "list_price": 100.0}
    )
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, units
    )
    partner = env["res.partner"].create({"name": "Anna"})
    line = Command.create({"product_id": product.id, "product_uom_qty": 1})
    orders = env["sale.order"].create(
        [{"partner_id": partner.id, "order_line": [line]} for _number in range(units)]
    )
    orders.action_confirm()
    validate(orders.picking_ids)
    invoices = env["account.move"]
    for order in orders:
        invoices |= order._create_invoices()
    invoices.action_post()
    moves = orders.picking_ids.move_ids
    return invoices, moves.with_prefetch()


def validate(pickings):
    """Bring transfers to their end, all at once."""
    pickings = pickings.with_prefetch()
    for move in pickings.move_ids:
        if not move.quantity:
            move.quantity = move.product_uom_qty
    pickings.move_ids.picked = True
    pickings.with_context(skip_sms=True).button_validate()
    assert set(pickings.mapped("state")) == {"done"}, pickings.mapped("state")


# --- The variants ---


def play_ours(env, series, units, by_customer):
    """Returns of this addon."""
    _invoices, moves = sell(env, units)
    Rma = env["aftersales.rma"]
    rmas = measure(
        env,
        series,
        "create",
        lambda: Rma.create(
            [
                {
                    "partner_id": move.picking_id.partner_id.id,
                    "line_ids": [Command.create({"move_id": move.id, "quantity": 1})],
                }
                for move in moves
            ]
        ),
    )
    measure(env, series, "approve", rmas.action_approve)
    pickings = rmas.picking_ids
    measure(env, series, "receive", lambda: validate(pickings))
    refunds = measure(
        env,
        series,
        "refund",
        lambda: rmas._create_refunds(by_customer=by_customer),
    )
    assert len(refunds) == (1 if by_customer else units), refunds
    assert set(rmas.mapped("refund_status")) == {"refunded"}
    assert set(rmas.mapped("receipt_status")) == {"received"}
    env.cr.rollback()


def play_oca(env, series, units):
    """Returns of OCA's addons: one record a return, one credit note a customer."""
    _invoices, moves = sell(env, units)
    operation = env.ref("rma.rma_operation_refund")
    rmas = measure(
        env,
        series,
        "create",
        lambda: env["rma"].create(
            [
                {
                    "partner_id": move.picking_id.partner_id.id,
                    "order_id": move.sale_line_id.order_id.id,
                    "picking_id": move.picking_id.id,
                    "move_id": move.id,
                    "product_id": move.product_id.id,
                    "product_uom_qty": 1,
                    "operation_id": operation.id,
                }
                for move in moves
            ]
        ),
    )
    measure(env, series, "approve", rmas.action_confirm)
    pickings = rmas.reception_move_id.picking_id
    measure(env, series, "receive", lambda: validate(pickings))
    measure(env, series, "refund", rmas.action_refund)
    assert set(rmas.mapped("state")) == {"refunded"}, set(rmas.mapped("state"))
    assert len(rmas.refund_id) == 1, rmas.refund_id
    env.cr.rollback()


def play_core(env, series, units):
    """The platform alone: a return by wizard, the reversal of each invoice."""
    invoices, moves = sell(env, units)

    def take_back():
        pickings = env["stock.picking"]
        for picking in moves.picking_id:
            wizard = (
                env["stock.return.picking"]
                .with_context(active_id=picking.id, active_model="stock.picking")
                .create({"picking_id": picking.id})
            )
            for line in wizard.product_return_moves:
                line.quantity = line.move_id.quantity
            action = wizard.action_create_returns()
            pickings |= pickings.browse(action["res_id"])
        return pickings

    pickings = measure(env, series, "approve", take_back)
    measure(env, series, "receive", lambda: validate(pickings))
    refunds = measure(env, series, "refund", invoices._reverse_moves)
    assert len(refunds) == units, refunds
    env.cr.rollback()


# --- The report ---


def compare(title, ours, theirs, max_queries, max_time):
    """Print a ratio; return whether the limits are kept."""
    queries = ours.total(ours.queries) / theirs.total(theirs.queries)
    seconds = ours.total(ours.seconds) / theirs.total(theirs.seconds)
    kept = queries <= max_queries and seconds <= max_time
    print(
        f"{title}: {queries:.3f} of the queries (at most {max_queries}), "
        f"{seconds:.3f} of the time (at most {max_time}): "
        + ("kept" if kept else "NOT kept")
    )
    return kept


def main(units=UNITS, rounds=ROUNDS):
    """Run the rounds; the exit status tells whether the limits were kept."""
    note = Series("ours, one credit note a customer")
    each = Series("ours, one credit note an invoice")
    oca = Series("OCA rma + rma_sale, one credit note a customer")
    core = Series("platform alone, one credit note an invoice")
    with (
        bench_env.environment(addon=True) as our_env,
        bench_env.environment(addon=False) as core_env,
        bench_oca.environment(WHEELS, "rma_sale") as oca_env,
    ):
        # The first round warms up: what the first use costs is no one's fault.
        for number in range(rounds + 1):
            kept = bool(number)
            play_ours(our_env, note if kept else Series(""), units, True)
            play_ours(our_env, each if kept else Series(""), units, False)
            play_core(core_env, core if kept else Series(""), units)
            if oca_env:
                play_oca(oca_env, oca if kept else Series(""), units)
    print(f"\n{units} returns of one unit each, the best of {rounds} rounds\n")
    print("| | create | approve | receive | refund | all |")
    print("|---|---|---|---|---|---|")
    for series in (note, oca, each, core) if oca_env else (note, each, core):
        print(series.row())
    print()
    kept = compare("Beside the platform", each, core, MAX_CORE, MAX_CORE)
    if oca_env:
        kept &= compare("Beside OCA", note, oca, MAX_OCA_QUERIES, MAX_OCA_TIME)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
