"""Receipts of returns: dropped shipments, packages, routes of several steps, lists."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .rma_receipt_common import RmaReceiptCommon

DISPOSITION = "odoo.addons.aftersales_addon.models.aftersales_rma_disposition"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaReceipt(RmaReceiptCommon):
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
