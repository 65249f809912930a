from odoo.fields import Command
from odoo.tests import tagged

from .rma_common import RmaCommon

# More than this for each further return is a loop that asks the database. What the
# platform asks for each transfer, order line and change that it keeps track of is in.
EACH = {"create": 0.5, "approve": 0.5, "receive": 9.0, "refund": 0.5}


@tagged("post_install", "-at_install")
class TestRmaQueryCounts(RmaCommon):
    """Fifty returns cost little more than one."""

    def _make_moves(self, count):
        """Sell, deliver and invoice as many orders of one unit."""
        self._put_in_stock(self.sensor, count)
        line = Command.create({"product_id": self.sensor.id, "product_uom_qty": 1})
        orders = self.env["sale.order"].create(
            [{"partner_id": self.customer.id, "order_line": [line]}] * count
        )
        orders.action_confirm()
        orders.picking_ids.button_validate()
        invoices = orders._create_invoices(grouped=True)
        invoices.action_post()
        return orders.picking_ids.move_ids.with_prefetch()

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _play(self, count, by_customer=True):
        """Return the number of queries of each phase of as many returns."""
        moves = self._make_moves(count)
        used = {}
        used["create"], rmas = self._count(
            lambda: self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [
                            Command.create({"move_id": move.id, "quantity": 1})
                        ],
                    }
                    for move in moves
                ]
            )
        )
        used["approve"], _done = self._count(rmas.action_approve)
        pickings = rmas.picking_ids.with_prefetch()

        def receive():
            pickings.move_ids.picked = True
            pickings.button_validate()

        used["receive"], _done = self._count(receive)
        used["refund"], refunds = self._count(
            lambda: rmas._create_refunds(by_customer=by_customer)
        )
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        self.assertEqual(set(rmas.mapped("refund_status")), {"refunded"})
        self.assertEqual(len(refunds.invoice_line_ids), count)
        return used

    def test_each_return_costs_little(self):
        self._play(2)  # what the first use costs is in no count
        one, fifty = self._play(1), self._play(50)
        for phase, most in EACH.items():
            each = (fifty[phase] - one[phase]) / 49
            self.assertLessEqual(each, most, (phase, one, fifty))

    def test_requests_are_numbered_at_once(self):
        """The numbers follow each other, whichever way they are drawn."""
        rmas = self.env["aftersales.rma"].create(
            [{"partner_id": self.customer.id} for _number in range(3)]
        )
        numbers = [int(name.rsplit("/", 1)[1]) for name in rmas.mapped("name")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))
        [single] = self.env["aftersales.rma"].create([{"partner_id": self.customer.id}])
        self.assertEqual(int(single.name.rsplit("/", 1)[1]), numbers[-1] + 1)
        sequence = self.env.ref("aftersales_addon.aftersales_rma_sequence")
        sequence.implementation = "no_gap"
        sequence.date_range_ids.number_next = 90_000
        more = self.env["aftersales.rma"].create(
            [{"partner_id": self.customer.id} for _number in range(2)]
        )
        self.assertEqual(len(set((rmas | single | more).mapped("name"))), 6)
