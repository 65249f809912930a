"""Inspection of returned goods: what becomes of them, what the customer gets."""

import base64

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .rma_common import RmaCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaInspection(RmaCommon):
    def _received(self, quantity=5, product=None, **line_vals):
        """Return an approved return whose goods have come."""
        order = self._sell([(product or self.sensor, quantity)])
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": quantity, **line_vals})
        rma.action_approve()
        self._receive(rma)
        return rma

    def _inspect(self, rma, *rows, user=None):
        """Inspect with the dialog; rows are ``(quantity, values)``."""
        rma = rma.with_user(user or self.user_stock)
        wizard = self.env["aftersales.rma.inspection"].with_user(
            user or self.user_stock
        )
        wizard = wizard.browse(rma.action_inspect()["res_id"])
        first = wizard.line_ids
        for quantity, vals in rows[1:]:
            first[0].copy({"quantity": quantity, **vals})
        if rows:
            first[0].write({"quantity": rows[0][0], **rows[0][1]})
        wizard.action_confirm()
        return rma.sudo().disposition_ids

    def _on_hand(self, product, location):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def test_restocked_goods_can_be_sold_again(self):
        before = self.sensor.free_qty
        shelf = self.env["stock.location"].create(
            {"name": "Shelf 7", "location_id": self.stock.id}
        )
        self.env["stock.putaway.rule"].create(
            {
                "product_id": self.sensor.id,
                "location_in_id": self.stock.id,
                "location_out_id": shelf.id,
            }
        )
        rma = self._received(3)
        self.assertEqual(rma.inspection_status, "to_inspect")
        found = self._inspect(rma)
        self.assertEqual(found.disposition, "restock")
        self.assertEqual(found.state, "done")
        self.assertEqual(rma.inspection_status, "inspected")
        self.assertFalse(rma.line_ids.quantity_to_inspect)
        self.assertEqual(self._on_hand(self.sensor, shelf), 3)
        self.sensor.invalidate_recordset()
        self.assertEqual(self.sensor.free_qty, before + 3)
        self.assertEqual(self._on_hand(self.sensor, found.move_id.location_dest_id), 0)

    def test_what_is_said_to_be_defect_is_kept_apart(self):
        self.reason.is_defect = True
        found = self._inspect(self._received(1, reason_id=self.reason.id))
        self.assertEqual(found.disposition, "quarantine")
        self.assertEqual(self.sensor.free_qty, 0)

    def test_goods_leave_the_package_that_they_came_in(self):
        move = self._sell([(self.sensor, 2)]).order_line.move_ids
        for vals in ({"disposition": "restock"}, {"disposition": "scrap"}):
            rma = self._rma((move, 1))
            rma.action_approve()
            package = self.env["stock.package"].create({})
            lines = rma.sudo().picking_ids.move_line_ids
            lines.result_package_id = package
            self._receive(rma)
            self.assertEqual(package.quant_ids.quantity, 1)
            self._inspect(rma, (1, vals))
            place = self.warehouse.aftersales_return_loc_id
            quants = self.env["stock.quant"].search(
                [("product_id", "=", self.sensor.id), ("location_id", "=", place.id)]
            )
            self.assertFalse([q.quantity for q in quants if q.quantity])

    def test_scrap_and_quarantine(self):
        rma = self._received(3)
        found = self._inspect(
            rma,
            (1, {"disposition": "scrap", "grade": "e", "findings": "Wet"}),
            (2, {"disposition": "quarantine"}),
        )
        scrap = self.env["stock.scrap"].search([("origin", "=", rma.name)])
        self.assertEqual((scrap.state, scrap.scrap_qty), ("done", 1))
        self.assertEqual(scrap.move_ids.aftersales_disposition_id, found[0])
        quarantine = self.warehouse.aftersales_quarantine_loc_id
        self.assertEqual(self._on_hand(self.sensor, quarantine), 2)
        self.assertEqual(self.sensor.free_qty, 0)

    def test_refurbished_to_another_product(self):
        used = self._make_product("Sensor, used", "none")
        self.category.property_cost_method = "average"
        self.sensor.standard_price = 40.0
        rma = self._received(2)
        self._inspect(
            rma, (2, {"disposition": "refurbish", "refurbish_product_id": used.id})
        )
        self.assertEqual(self._on_hand(used, self.stock), 2)
        self.assertEqual(self._on_hand(self.sensor, self.warehouse.view_location_id), 0)
        self.assertEqual(used.standard_price, 40.0)
        with self.assertRaisesRegex(ValidationError, "Which product does"):
            self._inspect(self._received(1), (1, {"disposition": "refurbish"}))

    def test_a_lot_goes_back_to_who_delivered_it(self):
        vendor = self.env["res.partner"].create({"name": "Maker"})
        lot = self._make_lots(self.lock, "V1")
        bought = self._move(self.lock, 1, self.suppliers, self.stock, lot, vendor)
        sold = self._move(self.lock, 1, self.stock, self.customers, lot, self.customer)
        rma = self._rma({"move_id": sold.id, "lot_id": lot.id, "quantity": 1})
        rma.action_approve()
        self._receive(rma)
        found = self._inspect(rma, (1, {"disposition": "vendor"}))
        move = found.stock_move_ids
        self.assertEqual(move.origin_returned_move_id, bought)
        self.assertEqual(move.picking_id.partner_id, vendor)
        self.assertEqual(move.location_dest_id.usage, "supplier")
        self.assertEqual(move.move_line_ids.lot_id, lot)
        move.picking_id.button_validate()
        self.assertEqual(move.state, "done")

    def test_without_a_vendor_it_says_so(self):
        with self.assertRaisesRegex(UserError, "To whom does"):
            self._inspect(self._received(1), (1, {"disposition": "vendor"}))

    def test_more_than_came(self):
        rma = self._received(2)
        with self.assertRaisesRegex(UserError, "2 came"):
            self._inspect(rma, (3, {}))
        self._inspect(rma, (1, {}))
        self.assertEqual(rma.inspection_status, "partial")
        with self.assertRaisesRegex(UserError, "1 came"):
            self._inspect(rma, (2, {}))
        self._inspect(rma)
        with self.assertRaisesRegex(UserError, "Nothing waits"):
            rma.action_inspect()

    def test_photos_are_photos(self):
        def photo(name, content):
            return (
                self.env["ir.attachment"]
                .with_user(self.user_stock)
                .create(
                    {
                        "name": name,
                        "datas": base64.b64encode(content),
                        "res_model": "aftersales.rma.inspection.line",
                    }
                )
            )

        rma = self._received(1)
        fake = photo("box.jpg", b"<html><script>alert(1)</script></html>")
        with (
            self.assertRaisesRegex(ValidationError, "box.jpg is no photo"),
            self.cr.savepoint(),
        ):
            self._inspect(rma, (1, {"photo_ids": [Command.set(fake.ids)]}))
        self.assertEqual(rma.inspection_status, "to_inspect", "nothing half done")
        real = photo("box.png", base64.b64decode(PIXEL))
        found = self._inspect(rma, (1, {"photo_ids": [Command.set(real.ids)]}))
        self.assertEqual(found.photo_ids, real)

    def test_r7_two_go_back_repaired_three_are_refunded(self):
        self.sensor.invoice_policy = "delivery"
        order = self._sell([(self.sensor, 10)])
        self._invoice(order)
        rma = self._rma((order.order_line.move_ids, 5))
        rma.action_approve()
        self._receive(rma)
        self.assertEqual(order.order_line.qty_delivered, 5)
        found = self._inspect(
            rma,
            (2, {"disposition": "repair", "remedy": "repair"}),
            (3, {"disposition": "restock", "remedy": "refund"}),
        )
        repair = found.repair_ids
        self.assertEqual((repair.state, repair.product_qty), ("confirmed", 2))
        rma.action_refund()
        with self.assertRaisesRegex(UserError, "still to be sent back"):
            rma.action_done()
        with self.assertRaisesRegex(UserError, "Finish the repair"):
            rma.action_send_back()
        repair.action_repair_start()
        repair.action_repair_end()
        rma.action_send_back()
        back = found.stock_move_ids.filtered(lambda m: m._aftersales_is_delivery())
        self.assertEqual(back.product_uom_qty, 2)
        back.picking_id.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 7)
        self.assertEqual(rma.line_ids.quantity_sent_back, 2)
        refund = rma.sudo().refund_ids
        self.assertEqual(sum(refund.invoice_line_ids.mapped("quantity")), 3)
        self.assertEqual(refund.amount_untaxed, 300)
        refund.action_post()
        self.assertEqual(order.order_line.qty_invoiced, 7)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        rma.action_done()

    def test_w16_what_is_repaired_and_sent_back_keeps_its_coverage(self):
        self.lock.aftersales_policy_ids = self.policy_12
        order = self._sell([(self.lock, 1)])
        asset = self._assets(order.order_line.move_ids)
        end = asset.warranty_ids.date_end
        rma = self._rma({"asset_id": asset.id, "remedy": "repair"})
        rma.action_approve()
        self._receive(rma)
        self.assertEqual((asset.state, asset.quantity), ("in_use", 1))
        found = self._inspect(rma, user=self.user_technician)
        self.assertEqual(found.repair_ids.aftersales_asset_id, asset)
        self.assertEqual(found.repair_ids.lot_id, asset.lot_id)
        found.repair_ids.action_repair_start()
        found.repair_ids.action_repair_end()
        rma.action_send_back()
        self.assertFalse(found.stock_move_ids.to_refund)
        found.stock_move_ids.picking_id.button_validate()
        self.assertEqual((asset.state, asset.quantity), ("in_use", 1))
        self.assertEqual(asset.warranty_ids.date_end, end)
        self.assertEqual(order.order_line.qty_delivered, 1)
        rma.action_done()

    def test_w17_refunded_and_sold_to_another(self):
        self.lock.aftersales_policy_ids = self.policy_12
        order = self._sell([(self.lock, 1)], day="2024-01-10")
        asset = self._assets(order.order_line.move_ids)
        with freeze_time("2024-02-01 12:00"):
            rma = self._rma({"asset_id": asset.id})
            rma.action_approve()
            self._receive(rma)
            self._inspect(rma)
        self.assertEqual(asset.state, "returned")
        self.assertEqual(asset.warranty_ids.state, "closed")
        with freeze_time("2024-03-05 12:00"):
            again = self._move(
                self.lock,
                1,
                self.stock,
                self.customers,
                asset.lot_id,
                self.other_customer,
            )
        self.assertEqual(str(self._assets(again).warranty_ids.date_end), "2025-03-05")

    def test_refused_goods_go_back_as_they_came(self):
        order = self._sell([(self.sensor, 4)])
        rma = self._rma((order.order_line.move_ids, 4))
        rma.action_approve()
        self._receive(rma)
        found = self._inspect(rma, (4, {"disposition": "customer", "remedy": "none"}))
        self.assertEqual(rma.refund_status, "none")
        found.stock_move_ids.picking_id.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 4)
        rma.action_done()

    def test_a_part_that_is_not_refunded_stays_delivered(self):
        order = self._sell([(self.sensor, 10)])
        rma = self._rma((order.order_line.move_ids, 5))
        rma.action_approve()
        receipt = self._receive(rma)
        self._inspect(
            rma,
            (3, {"disposition": "restock", "remedy": "refund"}),
            (2, {"disposition": "scrap", "remedy": "replacement"}),
        )
        self.assertEqual(order.order_line.qty_delivered, 7)
        self.assertEqual(sorted(receipt.move_ids.mapped("quantity")), [2, 3])
        self.assertEqual(rma.line_ids.quantity_received, 5)
        self.assertEqual(rma.line_ids.quantity_to_replace, 2)
        self.assertEqual(
            self._on_hand(self.sensor, self.warehouse.aftersales_return_loc_id), 0
        )

    def test_serials_that_were_not_known_before(self):
        order = self._sell([(self.lock, 3)])
        move = order.order_line.move_ids
        rma = self._rma((move, 2))
        rma.action_approve()
        picking = rma.sudo().picking_ids
        lots = move.move_line_ids.lot_id[1:]
        picking.move_ids.move_line_ids.unlink()
        for lot in lots:
            self.env["stock.move.line"].create(
                {
                    "move_id": picking.move_ids.id,
                    "picking_id": picking.id,
                    "product_id": self.lock.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                    "location_id": picking.move_ids.location_id.id,
                    "location_dest_id": picking.move_ids.location_dest_id.id,
                }
            )
        self._receive(rma)
        found = self._inspect(rma)
        self.assertEqual(found.lot_id, lots)
        self.assertEqual(found.mapped("quantity"), [1, 1])

    def test_refunded_goods_are_not_replaced_too(self):
        order = self._sell([(self.sensor, 1)])
        self._invoice(order)
        rma = self._rma((order.order_line.move_ids, 1))
        rma.action_approve()
        self._receive(rma)
        rma.action_refund()
        with self.assertRaisesRegex(UserError, "was refunded already"):
            self._inspect(rma, (1, {"remedy": "replacement"}))

    def test_what_was_inspected_stays(self):
        found = self._inspect(self._received(1)).with_user(self.user_manager)
        found.findings = "Box is missing"
        for vals in ({"quantity": 2}, {"disposition": "scrap"}, {"state": "draft"}):
            with self.assertRaisesRegex(UserError, "were moved by the inspection"):
                found.write(vals)
        with self.assertRaisesRegex(UserError, "were moved by the inspection"):
            found.unlink()

    def test_a_batch_costs_few_steps_for_each(self):
        def cost(count):
            order = self._sell([(self.sensor, 1)] * count)
            rma = self._rma(*((move, 1) for move in order.order_line.move_ids))
            rma.action_approve()
            self._receive(rma)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._inspect(rma)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        one, many = cost(1), cost(50)
        self.assertLessEqual(many - one, 49 * 9)
