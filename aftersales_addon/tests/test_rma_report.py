"""The figures of returns, against numbers worked out by hand."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .rma_common import RmaCommon

COSTS = ("cost_shipping", "cost_handling", "cost_writedown", "amount_refunded")


@tagged("post_install", "-at_install")
class TestRmaReport(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.fault = "customer"
        cls.defect = cls.env["aftersales.reason"].create(
            {"name": "Broken", "fault": "product"}
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Maker"})
        cls.later = cls.env["res.partner"].create({"name": "Later"})
        cls.sensor.seller_ids = [
            Command.create({"partner_id": cls.later.id, "sequence": 5}),
            Command.create({"partner_id": cls.vendor.id, "sequence": 1}),
        ]
        cls.team = cls.env["aftersales.team"].create({"name": "Desk", "sequence": 0})

    def _rows(self, rma, user=None):
        self.env.flush_all()
        report = self.env["aftersales.rma.report"].with_user(user or self.user_manager)
        return report.search([("rma_id", "in", rma.ids)], order="id")

    def _make(self):
        """2 sensors at 90 and half a dozen of 10 cables, one return of both."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            [
                {
                    "product_id": self.sensor.id,
                    "product_uom_qty": 4,
                    "price_unit": 100,
                    "discount": 10,
                },
                {
                    "product_id": self.cable.id,
                    "product_uom_qty": 1,
                    "product_uom_id": dozen.id,
                    "price_unit": 120,
                },
            ]
        )
        self._invoice(order)
        moves = order.picking_ids.move_ids
        with freeze_time("2026-03-03 12:00"):
            rma = self._rma(
                (moves[0], 2),
                {
                    "move_id": moves[1].id,
                    "lot_id": moves[1].lot_ids.id,
                    "quantity": 6,
                    "reason_id": self.defect.id,
                },
            )
            rma.action_request()
        with freeze_time("2026-03-04 00:00"):
            rma.action_approve()
        with freeze_time("2026-03-10 12:00"):
            self._receive(rma)
            self.env.flush_all()
        with freeze_time("2026-03-13 12:00"):
            rma.action_refund()
            rma.sudo().refund_ids.action_post()
            self.env.flush_all()
        return rma

    def test_figures_worked_out_by_hand(self):
        rma = self._make()
        rma.sudo().write({"cost_shipping": 24.0})
        first, second = self._rows(rma)
        self.assertEqual((first.quantity, second.quantity), (2, 6))
        self.assertEqual((first.quantity_received, second.quantity_received), (2, 6))
        self.assertAlmostEqual(first.value, 180, 2)
        self.assertAlmostEqual(second.value, 60, 2)
        for row in (first, second):
            self.assertAlmostEqual(row.days_to_decision, 0.5)
            self.assertAlmostEqual(row.days_to_receipt, 7.0)
            self.assertAlmostEqual(row.days_to_money, 10.0)
            self.assertAlmostEqual(row.returns, 0.5)
            self.assertEqual(row.partner_id, self.customer)
            self.assertEqual(row.team_id, self.team)
            self.assertEqual(row.categ_id, self.category)
        self.assertEqual((first.reason_id, first.fault), (self.reason, "customer"))
        self.assertEqual((second.reason_id, second.fault), (self.defect, "product"))
        self.assertEqual(first.vendor_id, self.vendor, "the first by sequence")
        self.assertFalse(second.vendor_id)
        self.assertAlmostEqual(first.cost_shipping, 18, 2, "180 of 240")
        self.assertAlmostEqual(second.cost_shipping, 6, 2)
        self.assertAlmostEqual(first.amount_refunded, 180, 2)
        self.assertAlmostEqual(second.amount_refunded, 60, 2)
        self.assertAlmostEqual(first.cost_total, 198, 2)
        self.assertAlmostEqual(second.cost_total, 66, 2)
        self.assertAlmostEqual(rma.sudo().cost_total, 264, 2)

    def test_the_lines_add_up_to_the_return(self):
        order = self._sell([(self.sensor, 3)])
        free = {"product_id": self.cable.id, "quantity": 1}
        self.cable.list_price = self.sensor.list_price = 0
        order.order_line.price_unit = 0
        with freeze_time("2026-03-03 12:00"):
            rma = self._rma((order.picking_ids.move_ids, 1), free, free)
            rma.action_request()
        rma.sudo().write({"cost_shipping": 10.0})
        rows = self._rows(rma)
        self.assertAlmostEqual(sum(rows.mapped("returns")), 1)
        self.assertAlmostEqual(sum(rows.mapped("cost_shipping")), 10, 2)
        self.assertFalse(any(rows.mapped("value")))
        self.assertEqual(rows.mapped("days_to_decision"), [0.0] * 3)

    def test_averages_leave_out_what_has_not_happened(self):
        rma = self._make()
        order = self._sell([(self.sensor, 1)])
        with freeze_time("2026-03-03 12:00"):
            waiting = self._rma((order.picking_ids.move_ids, 1))
            waiting.action_request()
        self.env.flush_all()
        report = self.env["aftersales.rma.report"].with_user(self.user_manager)
        [(days, returns)] = report._read_group(
            [("rma_id", "in", (rma | waiting).ids)],
            [],
            ["days_to_money:avg", "returns:sum"],
        )
        self.assertAlmostEqual(days, 10.0)
        self.assertAlmostEqual(returns, 2.0)

    def test_other_currencies(self):
        dollar = self.env["res.currency"].create(
            {
                "name": "XDO",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": dollar.id}
        )
        order = self._sell(
            [{"product_id": self.sensor.id, "price_unit": 50}],
            pricelist_id=pricelist.id,
        )
        with freeze_time("2026-03-03 12:00"):
            rma = self._rma((order.picking_ids.move_ids, 1))
            rma.action_request()
        self.assertAlmostEqual(self._rows(rma).value, 25, 2)
        self.assertAlmostEqual(rma.line_ids.value, 25, 2)

    def test_drafts_do_not_count(self):
        order = self._sell([(self.sensor, 1)])
        self.assertFalse(self._rows(self._rma((order.picking_ids.move_ids, 1))))

    def test_who_may_see_it(self):
        rma = self._make()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.user_manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(self._rows(rma))
        with self.assertRaises(AccessError):
            self._rows(rma, self.user_agent)
        self.assertEqual(len(self._rows(rma, self.user_agent_all)), 2)

    def test_the_row_opens_its_return(self):
        rma = self._make()
        self.assertEqual(self._rows(rma)[0].action_open()["res_id"], rma.id)
