"""A lorry-load of returns at once, and what is refused."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .rma_receipt_common import RmaReceiptCommon

DISPOSITION = "odoo.addons.aftersales_addon.models.aftersales_rma_disposition"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaReceiptBatch(RmaReceiptCommon):
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
