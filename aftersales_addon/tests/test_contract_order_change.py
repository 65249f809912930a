"""Changes of a confirmed order that sold service plans; plans over several goods."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .contract_sale_common import ContractSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractOrderChange(ContractSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.each = cls._plan_product(cls._plan(name="Each", price_basis="unit"))
        (cls.sensor | cls.lock).aftersales_serviced = True

    def _change(self, line, **vals):
        line.with_user(self.user_sale).write(vals)

    def _deliver_order(self, order, **quantities):
        """Deliver all that the order has still to deliver."""
        for picking in order.picking_ids.filtered(lambda x: x.state != "done"):
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking.with_context(skip_sms=True).button_validate()

    # --- The price ---

    def test_price_follows_until_the_first_invoice(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        fee = contract.line_ids.filtered("price_unit")
        self._change(order.order_line, price_unit=40.0, discount=5)
        self.assertEqual((fee.price_unit, fee.discount), (40.0, 5))
        self.assertEqual(fee.price_base, 40.0)
        self.assertEqual(contract.version, 2)
        self.assertIn(order.name, contract.version_ids.sorted("number")[-1].reason)
        self._change(order.order_line, price_unit=40.0)
        self.assertEqual(contract.version, 2, "nothing changed")

    def test_price_after_the_first_invoice(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        contract._create_invoices()
        with self.assertRaisesRegex(UserError, "Change Terms"):
            self._change(order.order_line, price_unit=40.0)
        # What only accounting goes by is not a price.
        tax = self.env["account.tax"].create({"name": "7 %", "amount": 7.0})
        self._change(order.order_line, tax_ids=tax.ids)
        self.assertEqual(contract.line_ids.filtered("price_unit").tax_ids, tax)

    def test_price_before_the_delivery(self):
        self._put_in_stock(self.sensor, 1)
        order = self._order(
            {"product_id": self.sensor.id, "product_uom_qty": 1}, self._line()
        )
        contract = self._contracts(order)
        self._change(order.order_line[1], price_unit=40.0)
        self.assertEqual(contract.line_ids.price_unit, 40.0)
        self.assertEqual(contract.state, "draft")

    # --- The quantity ---

    def test_quantity_of_a_fee(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        self._change(order.order_line, product_uom_qty=3)
        self.assertEqual(contract.line_ids.filtered("price_unit").quantity, 3)
        contract._create_invoices()
        with self.assertRaisesRegex(UserError, "Change Terms"):
            self._change(order.order_line, product_uom_qty=2)

    def test_quantity_of_chosen_units(self):
        order = self._order(self._line(self.each, 2, self._unit(count=2)))
        for quantity in (1, 3):
            with self.assertRaisesRegex(UserError, "which ones"):
                self._change(order.order_line, product_uom_qty=quantity)

    def test_quantity_follows_the_goods(self):
        self._put_in_stock(self.sensor, 5)
        order = self._order(
            {"product_id": self.sensor.id, "product_uom_qty": 2},
            self._line(self.each, 2),
        )
        goods, plan = order.order_line
        contract = self._contracts(order)
        with self.assertRaisesRegex(UserError, "this one follows"):
            self._change(plan, product_uom_qty=3)
        self._change(goods, product_uom_qty=3)
        self.assertEqual(plan.product_uom_qty, 3)
        self._deliver_order(order)
        self.assertEqual(sum(contract.line_ids.mapped("quantity")), 3)
        contract._create_invoices()
        self._change(goods, product_uom_qty=4)
        self.assertEqual(plan.product_uom_qty, 4)
        self._deliver_order(order)
        self.assertEqual(sum(contract.line_ids.mapped("quantity")), 4)

    def test_no_quantity_cancels_while_nothing_came_of_it(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        self._change(order.order_line, product_uom_qty=0)
        self.assertEqual(contract.state, "cancelled")
        self._change(order.order_line, product_uom_qty=1)
        again = self._contracts(order) - contract
        self.assertEqual(again.state, "running")
        again._create_invoices()
        with self.assertRaisesRegex(UserError, "Give notice"):
            self._change(order.order_line, product_uom_qty=0)

    def test_another_product(self):
        order = self._order(self._line(units=self._unit()))
        with self.assertRaisesRegex(UserError, "was made by this line"):
            self._change(order.order_line, product_id=self.each.id)

    def test_line_that_is_added_to_a_confirmed_order(self):
        unit = self._unit()
        order = self._order({"product_id": self.fee.id, "product_uom_qty": 1})
        order.with_user(self.user_sale).write(
            {"order_line": [(0, 0, self._line(units=unit))]}
        )
        self.assertEqual(self._contracts(order).state, "running")
        self.assertEqual(self._contracts(order).line_ids.asset_id, unit)
        with self.assertRaisesRegex(UserError, "choose them"):
            order.write({"order_line": [(0, 0, self._line(self.each))]})

    # --- Plans over several goods ---

    def _order_goods(self, *quantities, plan=None, **vals):
        """An order of sensors and locks without numbers, and a plan."""
        self.lock.tracking = "none"
        products = (self.sensor, self.lock, self.fee)
        lines = [
            {"product_id": product.id, "product_uom_qty": quantity}
            for product, quantity in zip(products, quantities, strict=False)
        ]
        for product in products[:2]:
            self._put_in_stock(product, 5)
        return self._order(*lines, plan or self._line(**vals), confirm=False)

    def test_all_goods_of_the_order(self):
        order = self._order_goods(2, 1, 1, aftersales_covers_order=True)
        order.action_confirm()
        contract = self._contracts(order)
        self.assertEqual(contract.state, "draft")
        self.assertTrue(contract.waiting_label)
        self._deliver_order(order)
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.line_ids.asset_id.product_id, self.sensor | self.lock)

    def test_several_lines(self):
        plan = self._line(self.each, 3)
        order = self._order_goods(2, 1, plan=plan)
        line = order.order_line[-1]
        line.aftersales_goods_line_ids = order.order_line[:2]
        order.order_line[0].product_uom_qty = 3
        self.assertEqual(line.product_uom_qty, 4, "a quotation stays in step")
        copied = order.copy().order_line
        self.assertEqual(copied[-1].aftersales_goods_line_ids, copied[:2])
        order.with_user(self.user_sale).action_confirm()
        contract = self._contracts(order)
        with freeze_time("2026-03-20 10:00:00"):
            self._deliver_order(order)
        self.assertEqual(contract.date_start, date(2026, 3, 20))
        self.assertEqual(sum(contract.line_ids.mapped("quantity")), 4)
        self.assertEqual(set(contract.line_ids.mapped("price_unit")), {50.0})

    def test_nothing_chosen_of_several_goods_binds_nothing(self):
        order = self._order_goods(2, 1)
        order.action_confirm()
        self.assertEqual(self._contracts(order).state, "running")
        self.assertFalse(self._contracts(order).line_ids.asset_id)

    def test_nothing_that_is_followed(self):
        (self.sensor | self.lock).aftersales_serviced = False
        (self.sensor | self.lock).product_tmpl_id.aftersales_policy_ids = False
        order = self._order_goods(1, 1, aftersales_covers_order=True)
        with self.assertRaisesRegex(UserError, "none of them is followed"):
            order.action_confirm()

    def test_wrong_lines(self):
        order = self._order_goods(1, 1, 1)
        line = order.order_line[-1]
        with self.assertRaisesRegex(ValidationError, "cannot cover"):
            line.aftersales_goods_line_ids = order.order_line[2]
        other = self._order_goods(1)
        with self.assertRaisesRegex(ValidationError, "same order"):
            line.aftersales_goods_line_ids = other.order_line[0]

    def test_quantity_on_the_form(self):
        order = self._order_goods(2, 1, plan=self._line(self.each, 1))
        with Form(order) as form, form.order_line.edit(2) as line:
            line.aftersales_covers_order = True
            self.assertEqual(line.product_uom_qty, 3)

    def test_goods_stay_once_sold(self):
        order = self._order_goods(1, 1, aftersales_covers_order=True)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "is sold"):
            order.order_line[-1].aftersales_covers_order = False
