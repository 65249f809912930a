"""Kits: sold as one product, delivered and taken back as their components."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_addon.tests.rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestKit(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls._make_product("Alarm kit", "none", list_price=300)
        cls.kit.is_storable = False
        for product in (cls.kit, cls.sensor, cls.lock):
            product.invoice_policy = "delivery"
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create({"product_id": cls.sensor.id, "product_qty": 2}),
                    Command.create({"product_id": cls.lock.id, "product_qty": 1}),
                ],
            }
        )

    def _sell_kits(self, quantity, **kwargs):
        order = self._sell([(self.kit, quantity)], **kwargs)
        self.assertEqual(order.order_line.qty_delivered, quantity)
        return order

    def _kit_rma(self, order, quantity, **line_vals):
        return self._rma(
            {
                "product_id": self.kit.id,
                "sale_line_id": order.order_line.id,
                "quantity": quantity,
                "reason_id": self.reason.id,
                **line_vals,
            }
        )

    def _open_picking(self, rma):
        return rma.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )

    def _inspect(self, rma, **by_product):
        """Inspect all; values by the name of the product's field of this class."""
        wizard = self.env["aftersales.rma.inspection"]
        wizard = wizard.browse(rma.action_inspect()["res_id"]).sudo()
        for row in wizard.line_ids:
            for name, vals in by_product.items():
                if row.product_id == getattr(self, name):
                    row.write(vals)
        wizard.action_confirm()
        return rma.sudo().disposition_ids

    def test_components_are_the_installed_products(self):
        self.lock.aftersales_policy_ids = self.policy_12
        order = self._sell_kits(2)
        assets = self._assets(order.order_line.move_ids)
        self.assertEqual(assets.product_id, self.lock)
        self.assertEqual(len(assets), 2)
        self.assertEqual(assets.sale_line_id, order.order_line)
        self.assertEqual(set(assets.warranty_ids.mapped("state")), {"open"})

    def test_a_kit_comes_back_whole(self):
        self.lock.aftersales_policy_ids = self.policy_12
        order = self._sell_kits(3)
        self._invoice(order)
        rma = self._kit_rma(order, 2)
        self.assertTrue(rma.line_ids.is_eligible)
        rma.action_approve()
        receipt = self._open_picking(rma)
        parts = {m.product_id: m.product_uom_qty for m in receipt.move_ids}
        self.assertEqual(parts, {self.sensor: 4, self.lock: 2})
        for move in receipt.move_ids:
            self.assertEqual(move.origin_returned_move_id.product_id, move.product_id)
        self._receive(rma)
        self.assertEqual(rma.line_ids.quantity_received, 2)
        self.assertEqual(rma.receipt_status, "received")
        self.assertEqual(order.order_line.qty_delivered, 1)
        rma.action_refund()
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.amount_untaxed, 600)
        refund.action_post()
        self.assertEqual(order.order_line.qty_invoiced, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        found = self._inspect(rma)
        self.assertEqual(found.product_id, self.sensor | self.lock)
        self.assertEqual(rma.inspection_status, "inspected")
        self.assertEqual(self.sensor.free_qty, 4)
        assets = self._assets(order.order_line.move_ids)
        self.assertEqual(sorted(assets.mapped("state")).count("returned"), 2)
        rma.action_done()

    def test_a_part_of_a_kit_comes_first(self):
        order = self._sell_kits(1)
        self._invoice(order)
        rma = self._kit_rma(order, 1)
        rma.action_approve()
        receipt = self._open_picking(rma)
        sensors = receipt.move_ids.filtered(lambda m: m.product_id == self.sensor)
        (receipt.move_ids - sensors).quantity = 0
        sensors.quantity = 2
        sensors.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(rma.line_ids.quantity_received, 0)
        self.assertEqual(rma.receipt_status, "partial")
        self.assertEqual(rma.inspection_status, "to_inspect")
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_refund()
        with self.assertRaisesRegex(UserError, "have come back already"):
            rma.action_cancel()
        self._inspect(rma)
        self.assertEqual(self._open_picking(rma).move_ids.product_id, self.lock)
        self._receive(rma)
        self.assertEqual(rma.receipt_status, "received")
        self.assertEqual(order.order_line.qty_delivered, 0)
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 300)

    def test_a_part_that_is_not_refunded_keeps_its_kit(self):
        order = self._sell_kits(2)
        self._invoice(order)
        rma = self._kit_rma(order, 2)
        rma.action_approve()
        self._receive(rma)
        wizard = self.env["aftersales.rma.inspection"]
        wizard = wizard.browse(rma.action_inspect()["res_id"]).sudo()
        sensors = wizard.line_ids.filtered(lambda x: x.product_id == self.sensor)
        self.assertEqual(sensors.quantity, 4)
        sensors.copy({"quantity": 1, "disposition": "scrap", "remedy": "none"})
        sensors.quantity = 3
        wizard.action_confirm()
        self.assertEqual(rma.line_ids.quantity_to_refund, 1)
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 300)

    def test_r4_for_kits_and_their_parts(self):
        order = self._sell_kits(2)
        lock = order.order_line.move_ids.filtered(lambda m: m.product_id == self.lock)
        self._kit_rma(order, 1).action_request()
        with self.assertRaisesRegex(UserError, "cannot come back"):
            self._kit_rma(order, 2).action_request()
        part = {"move_id": lock.id, "quantity": 2, "remedy": "repair"}
        with self.assertRaisesRegex(UserError, "1 are left"):
            self._rma(part).action_request()
        self._rma({**part, "quantity": 1}).action_request()
        with self.assertRaisesRegex(UserError, "0 are left"):
            self._kit_rma(order, 1).action_request()

    def test_a_part_has_no_price(self):
        order = self._sell_kits(1)
        self._invoice(order)
        lock = order.order_line.move_ids.filtered(lambda m: m.product_id == self.lock)
        with self.assertRaisesRegex(UserError, "Return the kit"):
            self._rma((lock, 1)).action_request()
        rma = self._rma({"move_id": lock.id, "quantity": 1, "remedy": "replacement"})
        rma.action_approve()
        self._receive(rma)
        self._inspect(rma, lock={"remedy": "refund", "disposition": "scrap"})
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_refund()

    def test_the_start_offers_the_kit(self):
        order = self._sell_kits(2)
        start = self.env["aftersales.rma.start"].browse(
            order.action_aftersales_return()["res_id"]
        )
        self.assertEqual(start.line_ids.product_id, self.kit)
        self.assertEqual(start.line_ids.available, 2)
        start.line_ids.quantity = 1
        start.reason_id = self.reason
        rma = self.env["aftersales.rma"].browse(start.action_approve()["res_id"])
        self.assertEqual(rma.line_ids.product_id, self.kit)
        self.assertEqual(len(self._open_picking(rma).move_ids), 2)
        start = self.env["aftersales.rma.start"].browse(
            order.action_aftersales_return()["res_id"]
        )
        self.assertEqual(start.line_ids.available, 1)

    def test_the_page_offers_the_kit(self):
        order = self._sell_kits(2)
        Rma = self.env["aftersales.rma"]
        moves = order._get_aftersales_delivered_moves()
        [row] = Rma._get_request_rows(moves, self.customer)
        self.assertEqual((row["name"], row["available"]), (self.kit.display_name, 2))
        self.assertTrue(row["eligible"])
        values = {
            "lines": [
                {
                    "row": row,
                    "quantity": 1,
                    "reason": self.reason,
                    "remedy": "refund",
                    "photos": [],
                }
            ],
            "description": "",
            "photos": [],
        }
        rma, error = Rma._receive_request(
            self.company, self.customer, values, "", "portal"
        )
        self.assertFalse(error)
        self.assertEqual(rma.line_ids.product_id, self.kit)
        [row] = Rma._get_request_rows(moves, self.customer)
        self.assertEqual(row["available"], 1)

    def test_another_serial_of_a_part(self):
        order = self._sell_kits(1)
        rma = self._kit_rma(order, 1)
        rma.action_approve()
        receipt = self._open_picking(rma)
        lock = receipt.move_ids.filtered(lambda m: m.product_id == self.lock)
        strange = self._make_lots(self.lock, "STRANGE")
        lock.move_line_ids.lot_id = strange
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        row = rma.sudo().mismatch_ids
        self.assertEqual((row.kind, row.lot_id), ("serial", strange))
        self.assertEqual(rma.line_ids.quantity_received, 0)
        self.assertEqual(self._open_picking(rma).move_ids.product_id, self.lock)
        row.action_accept()
        self.assertEqual(rma.line_ids.quantity_received, 1)
        self.assertFalse(self._open_picking(rma))
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_more_parts_than_expected(self):
        order = self._sell_kits(2)
        rma = self._kit_rma(order, 1)
        rma.action_approve()
        receipt = self._open_picking(rma)
        sensors = receipt.move_ids.filtered(lambda m: m.product_id == self.sensor)
        sensors.quantity = 3
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        row = rma.sudo().mismatch_ids
        self.assertEqual((row.kind, row.quantity), ("excess", 1))
        self.assertEqual(rma.line_ids.quantity_received, 1)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_a_kit_bought_elsewhere(self):
        rma = self._rma({"product_id": self.kit.id, "quantity": 1})
        rma.action_approve()
        receipt = self._open_picking(rma)
        parts = {m.product_id: m.product_uom_qty for m in receipt.move_ids}
        self.assertEqual(parts, {self.sensor: 2, self.lock: 1})

    def test_a_bill_that_has_changed(self):
        order = self._sell_kits(2)
        self.bom.bom_line_ids[1].product_id = self.cable
        rma = self._kit_rma(order, 1)
        rma.action_approve()
        parts = {
            m.product_id: m.product_uom_qty for m in self._open_picking(rma).move_ids
        }
        self.assertEqual(parts, {self.sensor: 2, self.lock: 1})
        self._receive(rma)
        self.assertEqual(rma.line_ids.quantity_received, 1)

    def test_fifty_kits_cost_few_steps_for_each(self):
        def cost(count):
            order = self._sell([(self.kit, 1)] * count)
            rma = self._rma(
                *(
                    {"product_id": self.kit.id, "sale_line_id": line.id}
                    for line in order.order_line
                )
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            rma.action_approve()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        one, many = cost(1), cost(20)
        self.assertLessEqual(many - one, 19 * 35)
