from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .contract_sale_common import ContractSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractSale(ContractSaleCommon):
    def test_units_that_the_customer_has(self):
        unit = self._unit()
        terms = self.env.ref("account.account_payment_term_30days")
        order = self._order(
            self._line(units=unit, price_unit=45.0, discount=10),
            payment_term_id=terms.id,
        )
        contract = self._contracts(order)
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_start, date(2026, 3, 10))
        self.assertEqual(contract.partner_id, self.customer)
        self.assertEqual(contract.user_id, self.user_sale)
        self.assertEqual(contract.payment_term_id, terms)
        self.assertEqual(contract.line_ids.asset_id, unit)
        fee = contract.line_ids.filtered("price_unit")
        self.assertEqual((fee.price_unit, fee.discount), (45.0, 10))
        self.assertEqual(fee.sale_line_id, order.order_line)
        self.assertEqual(fee.tax_ids, order.order_line.tax_ids)
        self.assertEqual(contract.service_ids.mapped("name"), ["Maintenance"])
        self.assertIn("Term: 12 months", order.order_line.name)

    def test_the_contract_makes_the_invoices(self):
        order = self._order(self._line(units=self._unit()))
        line = order.order_line
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual(line.amount_to_invoice, 0)
        self.assertEqual(line.untaxed_amount_to_invoice, 0)
        self.assertNotEqual(order.invoice_status, "to invoice")
        with self.assertRaises(UserError):
            order._create_invoices()
        invoice = self._contracts(order)._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 50.0)
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids, line)
        invoice._post()
        self.assertEqual(line.qty_invoiced, 1)
        self.assertEqual(line.qty_to_invoice, 0)

    def test_invoice_has_the_terms_of_the_order(self):
        terms = self.env.ref("account.account_payment_term_30days")
        order = self._order(self._line(), payment_term_id=terms.id)
        invoice = self._contracts(order)._create_invoices()
        self.assertEqual(invoice.invoice_payment_term_id, terms)

    def test_units_of_the_same_order(self):
        self._put_in_stock(self.sensor, 2)
        self.sensor.aftersales_serviced = True
        order = self._order(
            {"product_id": self.sensor.id, "product_uom_qty": 2}, self._line()
        )
        contract = self._contracts(order)
        self.assertEqual(contract.state, "draft")
        self.assertIn(order.name, contract.waiting_label)
        with freeze_time("2026-04-02 10:00:00"):
            order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
            # The warehouse has no rights on contracts.
            delivery = order.picking_ids.with_user(self.user_stock)
            delivery.with_context(skip_sms=True).button_validate()
            self.assertFalse(contract.waiting_label)
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_start, date(2026, 4, 2))
        self.assertEqual(contract.date_end, date(2027, 4, 1))
        self.assertEqual(contract.line_ids.asset_id.product_id, self.sensor)

    def test_units_that_are_delivered_later(self):
        self._put_in_stock(self.sensor, 2)
        self.sensor.aftersales_serviced = True
        plan = self._plan(name="Each", price_basis="unit")
        order = self._order(
            {"product_id": self.sensor.id, "product_uom_qty": 2},
            self._line(self._plan_product(plan), 2),
        )
        contract = self._contracts(order)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(contract.state, "running")
        rest = order.picking_ids - picking
        with freeze_time("2026-03-20 10:00:00"):
            rest.move_ids.write({"quantity": 1, "picked": True})
            rest.with_context(skip_sms=True).button_validate()
        self.assertEqual(
            contract.line_ids.mapped("date_from"), [False, date(2026, 3, 20)]
        )
        self.assertEqual(contract.line_ids.mapped("price_unit"), [50.0, 50.0])

    def test_price_for_each_unit(self):
        plan = self._plan(name="Each", price_basis="unit")
        product = self._plan_product(plan)
        units = self._unit(count=2)
        with self.assertRaisesRegex(UserError, "set its quantity to 2"):
            self._order(self._line(product, 1, units))
        with self.assertRaisesRegex(UserError, "choose them"):
            self._order(self._line(product, 1))
        order = self._order(self._line(product, 2, units))
        self.assertEqual(self._contracts(order).amount_period, 100.0)

    def test_units_of_others(self):
        theirs = self._unit(partner=self.other_customer)
        with self.assertRaisesRegex(UserError, "does not have them"):
            self._order(self._line(units=theirs))

    def test_one_contract_for_each_line(self):
        units = self._unit(count=2)
        order = self._order(
            self._line(units=units[0]), self._line(units=units[1], price_unit=60)
        )
        contracts = self._contracts(order)
        self.assertEqual(len(contracts), 2)
        self.assertEqual(order.aftersales_contract_count, 2)
        action = order.action_aftersales_view_contracts()
        self.assertEqual(action["domain"], [("id", "in", contracts.ids)])

    def test_unit_under_another_contract(self):
        unit = self._unit()
        other = self._contract(self.plan, unit, running=True)
        contract = self._contracts(self._order(self._line(units=unit)))
        self.assertEqual(contract.state, "draft", "the order is not stopped")
        self.assertIn(other.number, contract.activity_ids.note)

    def test_start_that_was_agreed(self):
        order = self._order(
            self._line(units=self._unit(), aftersales_contract_start="2026-05-01")
        )
        contract = self._contracts(order)
        self.assertEqual(contract.date_start, date(2026, 5, 1))
        self.assertIn("May", contract.waiting_label)
        self.assertFalse(contract._get_units(date(2026, 4, 30)))

    def test_cancelled_order(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        order._action_cancel()
        self.assertEqual(contract.state, "cancelled")
        order.action_draft()
        order.action_confirm()
        new = self._contracts(order) - contract
        self.assertEqual(new.state, "running")

    def test_cancelled_order_after_the_first_invoice(self):
        order = self._order(self._line(units=self._unit()))
        contract = self._contracts(order)
        contract._create_invoices()._post()
        order._action_cancel()
        self.assertEqual(contract.state, "running")
        self.assertIn("goes on", contract.activity_ids.note)

    def test_sold_units_stay(self):
        order = self._order(self._line(units=self._unit()))
        with self.assertRaisesRegex(UserError, "is sold"):
            order.order_line.aftersales_covered_asset_ids = self._unit()

    def test_plan_products_are_services(self):
        with self.assertRaisesRegex(ValidationError, "it is a service"):
            self.care.type = "consu"

    def test_returned_unit_leaves(self):
        unit = self._unit()
        contract = self._contracts(self._order(self._line(units=unit)))
        with freeze_time("2026-04-01 10:00:00"):
            self._return(unit.move_id, lots=[unit.lot_id])
        line = contract.line_ids.filtered("asset_id")
        self.assertEqual(line.date_to, date(2026, 4, 1))
        self.assertEqual(contract.version, 2)

    def test_confirming_many(self):
        plan = self._plan(name="No Visits", services=[])
        product = self._plan_product(plan)

        def count(number):
            order = self._order(
                *[self._line(product, units=unit) for unit in self._unit(count=number)],
                confirm=False,
            )
            order = order.with_user(self.user_sale)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.action_confirm()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        self.assertLess(fifty, one + 60)

    # --- Further terms and offers ---

    def test_renewal_quotation(self):
        plan = self._plan(
            name="On Request",
            renewal="request",
            indexation="percent",
            index_percent=10,
        )
        order = self._order(self._line(self._plan_product(plan), units=self._unit()))
        contract = self._contracts(order)
        with freeze_time("2027-02-01 10:00:00"):
            contract.user_id = self.user_agent_all
            action = contract.action_offer_renewal()
            quotation = self.env["sale.order"].browse(action["res_id"])
            self.assertEqual(contract.action_offer_renewal()["res_id"], quotation.id)
            line = quotation.order_line.filtered("product_id")
            self.assertAlmostEqual(line.price_unit, 55.0)
            line.price_unit = 54.0
            quotation.with_user(self.user_sale.id).sudo().action_confirm()
        self.assertEqual(contract.date_end, date(2028, 3, 9))
        fee = contract.line_ids.filtered("price_unit")
        self.assertEqual(fee.price_unit, 54.0)
        self.assertEqual(fee.sale_line_id, line)
        self.assertFalse(line.aftersales_contract_ids, "no second contract")
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual(contract.sale_order_count, 2)

    def test_offer_beside_a_warranty(self):
        unit = self._unit()
        warranty = unit.warranty_ids
        self.lock.aftersales_contract_product_ids = self.care
        action = warranty.with_user(self.user_sale).action_offer_contract()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.order_line.product_id, self.care)
        self.assertEqual(order.order_line.aftersales_covered_asset_ids, unit)
        order.action_confirm()
        self.assertEqual(unit.contract_count, 1)
        self.assertEqual(self.customer.aftersales_contract_count, 1)

    def test_nothing_to_offer(self):
        self.care.aftersales_plan_id = False
        with self.assertRaisesRegex(UserError, "no service plan to offer"):
            self._unit().action_offer_contract()
