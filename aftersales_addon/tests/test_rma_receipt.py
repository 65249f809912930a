"""Receipts of returns: dropped shipments, packages, routes of several steps, lists."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .rma_common import RmaCommon

DISPOSITION = "odoo.addons.aftersales_addon.models.aftersales_rma_disposition"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaReceipt(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in (cls.sensor, cls.lock, cls.cable):
            product.invoice_policy = "delivery"
        cls.vendor = cls.env["res.partner"].create({"name": "Maker"})

    def _on_hand(self, product, location):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def _inspect(self, rma, **vals):
        wizard = self.env["aftersales.rma.inspection"]
        wizard = wizard.browse(rma.action_inspect()["res_id"]).sudo()
        wizard.line_ids.write(vals)
        wizard.action_confirm()
        return rma.sudo().disposition_ids

    # --- Goods that a supplier has sent to the customer ---

    def _dropship(self, product, quantity=1, lots=None):
        """Sell goods that come from the vendor to the customer."""
        product.seller_ids = [(0, 0, {"partner_id": self.vendor.id, "price": 40})]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_cancel()
        move = self._move(
            product,
            quantity,
            self.suppliers,
            self.customers,
            lots,
            self.customer,
            sale_line_id=order.order_line.id,
        )
        self.assertEqual(order.order_line.qty_delivered, quantity)
        self._invoice(order)
        return move, order

    def test_a_dropshipped_unit_comes_to_our_warehouse(self):
        lot = self._make_lots(self.lock, "D1")
        self.lock.aftersales_policy_ids = self.policy_12
        move, order = self._dropship(self.lock, lots=lot)
        asset = self._assets(move)
        self.assertEqual(asset.state, "in_use")
        rma = self._rma({"move_id": move.id, "lot_id": lot.id})
        self.assertEqual(rma.send_to, "warehouse")
        rma.action_approve()
        self._receive(rma)
        back = rma.line_ids.sudo().move_ids
        self.assertEqual(back.origin_returned_move_id, move)
        returns = self.warehouse.aftersales_return_loc_id
        self.assertEqual(self._on_hand(self.lock, returns), 1)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertEqual(asset.state, "returned")
        found = self._inspect(rma, disposition="vendor")
        self.assertEqual(found.stock_move_ids.picking_id.partner_id, self.vendor)
        self.assertEqual(found.stock_move_ids.origin_returned_move_id, move)
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 100)

    def test_a_dropshipped_unit_goes_straight_to_the_supplier(self):
        move, order = self._dropship(self.sensor, 3)
        rma = self._rma((move, 2), send_to="vendor")
        self.assertEqual(rma.sudo().vendor_id, self.vendor)
        rma.action_approve()
        receipt = rma.sudo().picking_ids
        self.assertEqual(receipt.partner_id, self.vendor)
        self.assertEqual(receipt.location_dest_id.usage, "supplier")
        self.assertEqual(receipt.move_ids.origin_returned_move_id, move)
        self.assertEqual(rma._get_return_address(), self.vendor)
        self.assertEqual(rma.picking_count, 1)
        with self.assertRaisesRegex(UserError, "is prepared already"):
            rma.send_to = "warehouse"
        self._receive(rma)
        self.assertEqual(rma.receipt_status, "received")
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(rma.inspection_status, "none")
        self.assertEqual(rma.line_ids.quantity_to_inspect, 0)
        with self.assertRaisesRegex(UserError, "Nothing waits"):
            rma.action_inspect()
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_untaxed, 200)
        rma.sudo().refund_ids.action_post()
        rma.action_done()

    def test_a_return_goes_to_one_supplier(self):
        move, _order = self._dropship(self.sensor)
        other = self.env["res.partner"].create({"name": "Another maker"})
        self.cable.seller_ids = [(0, 0, {"partner_id": other.id, "price": 1})]
        cable = self._sell([(self.cable, 1)]).order_line.move_ids
        rma = self._rma((move, 1), (cable, 1), send_to="vendor")
        with self.assertRaisesRegex(UserError, "Open a return for each"):
            rma.action_approve()
        lone = self._sell([(self.lock, 1)]).order_line.move_ids
        rma = self._rma((lone, 1), send_to="vendor")
        with (
            self.assertRaisesRegex(UserError, "To which supplier"),
            self.cr.savepoint(),
        ):
            rma.action_approve()
        rma.sudo().vendor_id = other
        rma.action_approve()
        self.assertEqual(rma.sudo().picking_ids.partner_id, other)

    # --- Packages ---

    def test_goods_that_were_delivered_in_a_package(self):
        """The package's goods come back without it, and can be sold again."""
        for product in (self.sensor, self.lock):
            lots = self.env["stock.lot"]
            if product.tracking == "serial":
                lots = self._make_lots(product, "P1", "P2")
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        (0, 0, {"product_id": product.id, "product_uom_qty": 2})
                    ],
                }
            )
            order.action_confirm()
            self._put_in_stock(product, 2 / (len(lots) or 1), lots)
            picking = order.picking_ids
            picking.action_assign()
            picking.action_put_in_pack()
            package = picking.move_line_ids.result_package_id
            self.assertTrue(package)
            picking.button_validate()
            self.assertEqual(picking.state, "done")
            move = order.order_line.move_ids
            rma = self._rma((move, 2))
            rma.action_approve()
            self._receive(rma)
            self.assertEqual(rma.receipt_status, "received")
            self.assertFalse(rma.sudo().mismatch_ids)
            self.assertEqual(order.order_line.qty_delivered, 0)
            before = product.free_qty
            found = self._inspect(rma, disposition="restock")
            self.assertEqual(sum(found.mapped("quantity")), 2)
            product.invalidate_recordset()
            self.assertEqual(product.free_qty, before + 2)

    def test_a_package_comes_back_as_it_is(self):
        """Received in a package of their own, goods leave it for the shelf."""
        rma = self._rma((self._sell([(self.sensor, 2)]).order_line.move_ids, 2))
        rma.action_approve()
        picking = rma.sudo().picking_ids
        picking.action_put_in_pack()
        package = picking.move_line_ids.result_package_id
        self._receive(rma)
        self.assertEqual(package.quant_ids.quantity, 2)
        self._inspect(rma, disposition="restock")
        self.assertFalse(package.quant_ids.filtered("quantity"))
        self.assertEqual(self.sensor.free_qty, 2)

    # --- Routes of several steps ---

    def test_two_and_three_steps(self):
        """Goods wait for their inspection wherever usual receipts would pass by."""
        for steps, out in (
            ("two_steps", "pick_ship"),
            ("three_steps", "pick_pack_ship"),
        ):
            self.warehouse.write({"reception_steps": steps, "delivery_steps": out})
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        (0, 0, {"product_id": self.sensor.id, "product_uom_qty": 5})
                    ],
                }
            )
            order.action_confirm()
            self._put_in_stock(self.sensor, 5)
            for _step in range(3):
                todo = order.picking_ids.filtered(
                    lambda p: p.state not in ("done", "cancel")
                )
                if todo:
                    todo.action_assign()
                    todo.button_validate()
            self.assertEqual(order.order_line.qty_delivered, 5, steps)
            shipped = order.order_line.move_ids.filtered(
                lambda m: m.location_dest_id.usage == "customer"
            )
            self._invoice(order)
            rma = self._rma((shipped, 4))
            rma.action_approve()
            first = self._receive(rma, 3)
            self.assertEqual(first.location_dest_id.name, "WH Returns")
            self.assertEqual(rma.receipt_status, "partial")
            before = self.sensor.free_qty
            self.assertEqual(order.order_line.qty_delivered, 2)
            self._inspect(rma, disposition="restock")
            self.sensor.invalidate_recordset()
            self.assertEqual(self.sensor.free_qty, before + 3, "no push to a next step")
            self.assertEqual(rma.inspection_status, "inspected")
            self.assertEqual(rma.receipt_status, "partial")
            rma.action_refund()
            self.assertEqual(sum(rma.sudo().refund_ids.mapped("amount_untaxed")), 300)
            self._receive(rma)
            self.assertEqual(rma.receipt_status, "received")
            self.assertEqual(rma.inspection_status, "partial")
            self._inspect(rma, disposition="scrap")
            self.assertEqual(order.order_line.qty_delivered, 1)
            rma.action_refund()
            self.assertEqual(sum(rma.sudo().refund_ids.mapped("amount_untaxed")), 400)

    def test_the_rest_is_not_waited_for(self):
        rma = self._rma((self._sell([(self.sensor, 3)]).order_line.move_ids, 3))
        rma.action_approve()
        self._receive(rma, 1, backorder=False)
        self.assertEqual(rma.receipt_status, "partial")
        self.assertEqual(rma.line_ids.quantity_received, 1)
        with self.assertRaisesRegex(UserError, "goods are still expected"):
            rma.action_done()

    # --- One number, and a lorry-load ---

    def _find(self, number, user=None):
        Rma = self.env["aftersales.rma"].with_user(user or self.user_stock)
        return Rma.find_receipt(number)

    def test_a_number_opens_its_receipt(self):
        order = self._sell([(self.lock, 2)])
        move = order.order_line.move_ids
        lot = move.move_line_ids.lot_id[0]
        rma = self._rma({"move_id": move.id, "lot_id": lot.id})
        rma.action_approve()
        rma.sudo().tracking_ref = "1Z999"
        rma.sudo().reference = "Your box"
        picking = rma.sudo().picking_ids
        numbers = (
            rma.name,
            rma.name.lower(),
            f" {rma.name} ",
            picking.name,
            lot.name,
            "1Z999",
            "Your box",
        )
        for number in numbers:
            action = self._find(number)["action"]
            self.assertEqual(action["res_model"], "stock.picking", number)
            self.assertEqual(action["res_id"], picking.id, number)
            self.assertEqual(action["views"], [(False, "form")])
        self._receive(rma)
        action = self._find(rma.name)["action"]
        self.assertEqual((action["res_model"], action["res_id"]), (rma._name, rma.id))

    def test_the_number_of_a_unit_that_nobody_named(self):
        order = self._sell([(self.lock, 1)])
        move = order.order_line.move_ids
        rma = self._rma((move, 1))
        rma.action_approve()
        action = self._find(move.move_line_ids.lot_id.name)["action"]
        self.assertEqual(action["res_id"], rma.sudo().picking_ids.id)

    def test_unknown_and_odd_numbers(self):
        self._rma((self._sell([(self.sensor, 1)]).order_line.move_ids, 1))
        for number in ("", None, "%", "_" * 14, "RMA/%", "x" * 500, "' OR 1=1"):
            self.assertNotIn("action", self._find(number), number)
        self.assertIn("No return is expected", self._find("RMA/0")["message"])

    def test_a_customer_cannot_look_for_numbers(self):
        portal = new_test_user(self.env, "as_portal", groups="base.group_portal")
        rma = self._rma((self._sell([(self.sensor, 1)]).order_line.move_ids, 1))
        rma.action_approve()
        with self.assertRaises(AccessError):
            self._find(rma.name, portal)
        with self.assertRaises(AccessError):
            rma.with_user(portal).action_receive()
        with self.assertRaises(AccessError):
            self._find(rma.name, self.user_internal)

    def test_a_lorry_load(self):
        moves = self._sell([(self.sensor, 1)] * 3).order_line.move_ids
        rmas = self.env["aftersales.rma"]
        for move in moves:
            rmas |= self._rma((move, 1)).with_env(self.env)
        with self.assertRaisesRegex(UserError, "Nothing is expected"):
            rmas.action_receive()
        rmas.action_approve()
        rmas.with_user(self.user_stock).action_receive()
        self.assertEqual(set(rmas.mapped("receipt_status")), {"received"})

    def test_of_a_lorry_load_each_number_is_read(self):
        moves = self._sell([(self.sensor, 1), (self.lock, 1)]).order_line.move_ids
        rma = self._rma(*((move, 1) for move in moves))
        rma.action_approve()
        lock = rma.sudo().picking_ids.move_ids.filtered(
            lambda m: m.product_id == self.lock
        )
        lock.move_line_ids.write({"lot_id": False, "lot_name": False})
        with self.assertRaisesRegex(UserError, "scan the number"):
            rma.with_user(self.user_stock).action_receive()
        self.assertEqual(rma.receipt_status, "expected", "nothing half done")

    def test_a_lorry_load_costs_few_steps_for_each(self):
        def cost(count):
            order = self._sell([(self.sensor, 1)] * count)
            rmas = self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [(0, 0, {"move_id": move.id})],
                    }
                    for move in order.order_line.move_ids
                ]
            )
            rmas.action_approve()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            rmas.action_receive()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        one, many = cost(1), cost(50)
        self.assertLessEqual(many - one, 49 * 10)

    # --- Bad input ---

    def test_what_cannot_come_back(self):
        """Each a clear message, and nothing half done."""
        order = self._sell([(self.sensor, 2)])
        move = order.order_line.move_ids
        self.sensor.action_archive()
        rma = self._rma((move, 1))
        rma.action_approve()
        self._receive(rma)
        self._inspect(rma)
        self.assertEqual(rma.receipt_status, "received", "archived goods come back")
        waits = self._sell([(self.cable, 1)])
        undelivered = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        undelivered.action_confirm()
        todo = undelivered.picking_ids.move_ids
        with self.assertRaisesRegex(UserError, "0 are left"):
            self._rma((todo, 1)).action_request()
        undelivered.action_cancel()
        with self.assertRaisesRegex(UserError, "0 are left"):
            self._rma((todo, 1)).action_request()
        lot = waits.order_line.move_ids.move_line_ids.lot_id
        with self.assertRaisesRegex(ValidationError, "belongs to another product"):
            self._rma({"product_id": self.lock.id, "lot_id": lot.id})

    def test_a_disposition_is_not_larger_than_what_came(self):
        move = self._sell([(self.sensor, 2)]).order_line.move_ids
        rma = self._rma((move, 2))
        rma.action_approve()
        self._receive(rma, 1)
        vals = {"line_id": rma.line_ids.id, "disposition": "restock"}
        create = self.env["aftersales.rma.disposition"].create
        with self.assertRaisesRegex(
            ValidationError, "2 of Sensor are inspected, but 1"
        ):
            create({**vals, "quantity": 2})
        for quantity in (0, -1):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                create({**vals, "quantity": quantity}).flush_recordset()
        with self.assertRaisesRegex(UserError, "Type in the quantities"):
            self._inspect(rma, quantity=0)
        self.assertEqual(rma.inspection_status, "to_inspect")

    def test_a_photo_that_is_too_large(self):
        rma = self._rma((self._sell([(self.sensor, 1)]).order_line.move_ids, 1))
        rma.action_approve()
        self._receive(rma)
        photo = self.env["ir.attachment"].create(
            {"name": "huge.gif", "raw": b"GIF89a" + b"0" * 2000}
        )
        with (
            patch(f"{DISPOSITION}.PHOTO_LIMIT", 1024),
            self.assertRaisesRegex(ValidationError, "huge.gif is too large"),
            self.cr.savepoint(),
        ):
            self._inspect(rma, photo_ids=[(6, 0, photo.ids)])
        self.assertEqual(rma.inspection_status, "to_inspect", "nothing half done")
