from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAssetDelivery(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12

    def _validate(self, picking, **quantities):
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True)._action_done()

    def test_serials_become_one_unit_each(self):
        lots = self._make_lots(self.lock, "S1", "S2", "S3")
        move = self._deliver(self.lock, lots=lots)
        assets = self._assets(move)
        self.assertEqual(assets.mapped("serial_number"), ["S1", "S2", "S3"])
        self.assertEqual(assets.mapped("quantity"), [1.0, 1.0, 1.0])
        self.assertEqual(assets.partner_id, self.customer)
        self.assertEqual(assets.picking_id, move.picking_id)
        self.assertEqual(len(assets.warranty_ids), 3)

    def test_lots_become_one_share_a_move_and_lot(self):
        lots = self._make_lots(self.cable, "L1", "L2")
        move = self._deliver(self.cable, 4.0, lots)
        self.assertEqual(
            self._assets(move).mapped(lambda a: (a.lot_id.name, a.quantity)),
            [("L1", 4.0), ("L2", 4.0)],
        )
        again = self._deliver(self.cable, 2.0, lots[0])
        self.assertEqual(self._assets(again).quantity, 2.0)

    def test_untracked_goods_are_counted_in_the_products_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._put_in_stock(self.sensor, 24)
        move = self._deliver(self.sensor, 2.0, product_uom=dozen.id)
        asset = self._assets(move)
        self.assertEqual(asset.quantity, 24.0)
        self.assertEqual(asset.uom_id, self.sensor.uom_id)

    def test_goods_without_policy_are_followed_when_ticked(self):
        self.category.aftersales_policy_ids = False
        self.assertFalse(self._assets(self._deliver(self.sensor)))
        self.sensor.aftersales_serviced = True
        asset = self._assets(self._deliver(self.sensor))
        self.assertEqual(asset.coverage_state, "none")
        self.assertFalse(asset.warranty_ids)

    def test_layers_are_snapshots_with_their_own_lines(self):
        legal = self._make_policy("Legal", 24, kind="statutory")
        self.company.aftersales_policy_ids = legal
        self.policy_12.line_ids.filtered(lambda x: x.item == "labour").write(
            {"duration": 6, "share": 50}
        )
        with freeze_time("2026-08-31 10:00"):
            asset = self._assets(self._deliver(self.sensor))
        ends = {w.kind: w.date_end for w in asset.warranty_ids}
        self.assertEqual(
            ends,
            {"statutory": date(2028, 8, 31), "manufacturer": date(2027, 8, 31)},
        )
        self.assertEqual(asset.warranty_end, date(2028, 8, 31))
        lines = asset.warranty_ids.filtered(lambda w: w.kind == "manufacturer").line_ids
        self.assertEqual(
            lines.mapped(lambda x: (x.item, x.share, x.date_end)),
            [
                ("parts", 100.0, date(2027, 8, 31)),
                ("labour", 50.0, date(2027, 2, 28)),
            ],
        )

    def test_w12_what_was_sold_stays(self):
        with freeze_time("2026-01-10 10:00"):
            asset = self._assets(self._deliver(self.sensor))
        self.policy_12.write({"duration": 24, "name": "Two years now"})
        self.category.aftersales_policy_ids = self.policy_24
        with freeze_time("2026-02-10 10:00"):
            later = self._assets(self._deliver(self.sensor))
        self.assertEqual(asset.warranty_ids.date_end, date(2027, 1, 10))
        self.assertEqual(asset.warranty_ids.version_id.name, "One year")
        self.assertEqual(later.warranty_ids.date_end, date(2028, 2, 10))

    def test_w8_the_day_is_the_companys(self):
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        with freeze_time("2026-02-01 07:30"):
            asset = self._assets(self._deliver(self.sensor))
        self.assertEqual(asset.delivery_date, date(2026, 1, 31))
        self.assertEqual(asset.warranty_ids.date_start, date(2026, 1, 31))
        self.assertEqual(asset.warranty_ids.date_end, date(2027, 1, 31))

    def test_order_gives_customer_line_and_responsible(self):
        self._put_in_stock(self.sensor, 5)
        order = self._sell([(self.sensor, 5)], user_id=self.user_sale.id)
        self._validate(order.picking_ids)
        asset = self._assets(order.order_line.move_ids)
        self.assertEqual(asset.sale_order_id, order)
        self.assertEqual(asset.sale_line_id, order.order_line)
        self.assertEqual(asset.user_id, self.user_sale)
        self.assertEqual(order.aftersales_asset_count, 1)

    def test_backorders_and_several_deliveries(self):
        self._put_in_stock(self.sensor, 10)
        order = self._sell([(self.sensor, 10)])
        first = order.picking_ids
        first.move_ids.quantity = 4
        self._validate_part(first, 4)
        self.assertEqual(self._assets(order.order_line.move_ids).quantity, 4.0)
        backorder = order.picking_ids - first
        self._validate(backorder)
        assets = self._assets(order.order_line.move_ids)
        self.assertEqual(assets.mapped("quantity"), [4.0, 6.0])
        self.assertEqual(assets.picking_id, first | backorder)

    def _validate_part(self, picking, quantity):
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True)._action_done()

    def test_only_the_last_step_counts(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._put_in_stock(self.sensor, 3)
        order = self._sell([(self.sensor, 3)])
        for step in range(3):
            moves = order.order_line.move_ids
            self.assertFalse(self._assets(moves), f"before step {step + 1}")
            todo = moves.picking_id.filtered(lambda p: p.state not in ("done",))
            self._validate(todo[:1] if step else todo.sorted("id")[:1])
        assets = self._assets(order.order_line.move_ids)
        self.assertEqual(assets.mapped("quantity"), [3.0])

    def test_dropship_counts(self):
        lot = self._make_lots(self.lock, "DS1")
        move = self._deliver(self.lock, lots=lot, source=self.suppliers)
        self.assertEqual(self._assets(move).lot_id, lot)

    def test_internal_receipt_and_scrap_do_not_count(self):
        Asset = self.env["aftersales.asset"]
        before = Asset.search_count([])
        self._move(
            self.sensor, 5, self.suppliers, self.stock, None, self.other_customer
        )
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.sensor.id, "scrap_qty": 1}
        )
        scrap.do_scrap()
        self.assertEqual(Asset.search_count([]), before)

    def test_delivery_without_a_partner(self):
        move = self._deliver(self.sensor, partner=self.env["res.partner"])
        self.assertFalse(self._assets(move).partner_id)
        self.assertEqual(self._assets(move).coverage_state, "covered")

    def test_the_warehouse_needs_no_more_rights(self):
        self._put_in_stock(self.sensor, 2)
        order = self._sell([(self.sensor, 2)])
        picking = order.picking_ids.with_user(self.user_stock)
        self._validate(picking)
        self.assertEqual(self._assets(order.order_line.move_ids).quantity, 2.0)

    def test_handling_a_move_again_changes_nothing(self):
        lots = self._make_lots(self.lock, "A1", "A2")
        move = self._deliver(self.lock, lots=lots)
        back = self._return(move, lots=lots[0])
        before = self._assets(move).read(["state", "quantity"])
        (move | back)._aftersales_process_done()
        self.assertEqual(self._assets(move).read(["state", "quantity"]), before)
        self.assertFalse(self._assets(back))

    def test_another_companys_delivery_stays_its_own(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        move = self.env["stock.move"].create(
            {
                "product_id": self.sensor.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "company_id": company.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "partner_id": self.customer.id,
            }
        )
        move._action_done()
        self.assertEqual(self._assets(move).company_id, company)

    def test_labels_on_the_order_line(self):
        self._put_in_stock(self.sensor, 2)
        with freeze_time("2026-03-15 10:00"):
            order = self._sell([(self.sensor, 2)])
            line = order.order_line
            self.assertEqual(line.aftersales_coverage_label, "12 months")
            self._validate(order.picking_ids)
            self.assertEqual(
                line.aftersales_coverage_label, "Covered until 15 Mar 2027"
            )

    def test_serial_typed_in_by_hand_is_kept(self):
        form = Form(self.env["aftersales.asset"].with_user(self.user_agent_all))
        form.product_id = self.sensor
        form.serial_number = "ELSEWHERE-1"
        asset = form.save()
        self.assertEqual(asset.serial_number, "ELSEWHERE-1")

    def test_derived_fields_cannot_be_forged(self):
        lot = self._make_lots(self.lock, "F1")
        asset = self._assets(self._deliver(self.lock, lots=lot))
        for vals in (
            {"commercial_partner_id": self.other_customer.id},
            {"is_serial": False},
        ):
            with (
                self.assertRaisesRegex(ValidationError, "Change those instead"),
                self.cr.savepoint(),
            ):
                asset.with_user(self.user_agent_all).write(vals)
        asset.with_user(self.user_agent_all).partner_id = self.other_customer
        self.assertEqual(asset.commercial_partner_id, self.other_customer)

    def test_a_moves_quantities_are_worked_out_a_few_times_only(self):
        """Not once for each of its units: that grows with the square of them."""
        StockMove = self.registry["stock.move"]
        original = StockMove._aftersales_get_quantities
        calls = {}
        for number in (1, 20):
            lots = self._make_lots(
                self.lock, *(f"Q{number}-{index}" for index in range(number))
            )
            with patch.object(
                StockMove, "_aftersales_get_quantities", autospec=True
            ) as counted:
                counted.side_effect = original
                self._deliver(self.lock, lots=lots)
            calls[number] = counted.call_count
        self.assertEqual(calls[20], calls[1])
