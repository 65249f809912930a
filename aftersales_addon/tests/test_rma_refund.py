"""Credit notes of returns: exact to the line that was invoiced."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .rma_money_common import RmaMoneyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaRefund(RmaMoneyCommon):
    def test_r1_a_dozen_invoiced_five_returned(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            [self._line(self.sensor, 1, 120.0, product_uom_id=dozen.id, discount=10.0)]
        )
        self._invoice(order)
        rma = self._return_and_refund(order, 5)
        self.assert_amounts(rma.refund_ids, 45.0, 9.45, 54.45)
        self.assertEqual(rma.refund_status, "refunded")

    def test_r2_one_by_one_adds_up_to_the_invoice(self):
        for price, discount, tax in (
            (33.33, 0.0, 21.0),
            (33.33, 0.0, 7.0),
            (3.35, 10.0, 19.0),
            (0.99, 33.0, 5.5),
        ):
            with self.subTest(price=price, discount=discount, tax=tax):
                vat = self._make_tax(f"{price} {tax}", tax)
                line = self._line(self.sensor, 3, price, discount=discount)
                order = self._sell([{**line, "tax_ids": [Command.set(vat.ids)]}])
                invoice = self._invoice(order)
                refunds = self.env["account.move"]
                for _number in range(3):
                    refunds |= self._return_and_refund(order, 1).refund_ids
                self.assertEqual(len(refunds), 3)
                self.assert_amounts(
                    refunds,
                    invoice.amount_untaxed,
                    invoice.amount_tax,
                    invoice.amount_total,
                )

    def test_r2_with_prices_that_include_the_tax(self):
        vat = self._make_tax("19 % incl.", 19.0, price_include_override="tax_included")
        line = self._line(self.sensor, 3, 9.99, discount=7.0)
        order = self._sell([{**line, "tax_ids": [Command.set(vat.ids)]}])
        invoice = self._invoice(order)
        refunds = self.env["account.move"]
        for _number in range(3):
            refunds |= self._return_and_refund(order, 1).refund_ids
        self.assert_amounts(
            refunds, invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total
        )

    def test_r3_the_fee_stands_on_a_line_of_its_own(self):
        self.return_policy.write({"fee_type": "percent", "fee_percent": 15.0})
        self.reason.fault = "customer"
        order = self._sell([self._line(self.sensor, 1, 200.0)])
        self._invoice(order)
        refund = self._return_and_refund(order, 1, reason_id=self.reason.id).refund_ids
        self.assert_amounts(refund, 170.0, 35.7, 205.7)
        fee = refund.invoice_line_ids.filtered(lambda x: x.price_subtotal < 0)
        self.assertEqual(fee.price_subtotal, -30.0)
        self.assertEqual(fee.tax_ids, self.vat)
        self.assertEqual(order.order_line.qty_invoiced, 0)

    def test_no_fee_when_the_product_is_at_fault(self):
        self.return_policy.write({"fee_type": "fixed", "fee_amount": 10.0})
        self.reason.fault = "product"
        order = self._sell([self._line(self.sensor, 1, 200.0)])
        self._invoice(order)
        refund = self._return_and_refund(order, 1, reason_id=self.reason.id).refund_ids
        self.assert_amounts(refund, 200.0, 42.0, 242.0)

    def test_r6_what_came_can_be_refunded_at_once(self):
        order = self._sell([self._line(self.sensor, 10, 10.0)])
        self._invoice(order)
        rma = self._rma((order.order_line.move_ids, 10))
        rma.action_approve()
        self._receive(rma, 5)
        rma.action_refund()
        self.assert_amounts(rma.refund_ids, 50.0, 10.5, 60.5)
        self.assertEqual(rma.refund_status, "partial")
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_refund()
        self._receive(rma)
        rma.action_refund()
        self.assert_amounts(rma.refund_ids, 100.0, 21.0, 121.0)
        self.assertEqual(order.order_line.qty_invoiced, 0)
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_r8_each_invoice_at_its_own_price(self):
        order = self._sell([self._line(self.sensor, 10, 10.0)])
        order.order_line.qty_delivered = order.order_line.qty_delivered
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 6
        first.invoice_date = "2026-03-02"
        first.action_post()
        second = order._create_invoices()
        second.invoice_line_ids.price_unit = 8.0
        second.invoice_date = "2026-03-03"
        second.action_post()
        self.assertEqual(second.invoice_line_ids.quantity, 4)
        refunds = self._return_and_refund(order, 8).refund_ids
        found = {
            r.reversed_entry_id: (
                r.invoice_line_ids.quantity,
                r.invoice_line_ids.price_unit,
            )
            for r in refunds
        }
        self.assertEqual(found, {first: (6, 10.0), second: (2, 8.0)})

    def test_r9_a_foreign_currency(self):
        usd = self.env.ref("base.USD")
        currency = self.env.ref("base.CHF")
        if self.company.currency_id == currency:
            currency = usd
        currency.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        order = self._sell(
            [self._line(self.sensor, 2, 50.0)], pricelist_id=pricelist.id
        )
        invoice = self._invoice(order)
        refund = self._return_and_refund(order, 1).refund_ids
        self.assertEqual(refund.currency_id, currency)
        self.assertEqual(refund.currency_id, invoice.currency_id)
        self.assert_amounts(refund, 50.0, 10.5, 60.5)

    def test_r10_not_invoiced_yet(self):
        self.sensor.invoice_policy = "delivery"
        order = self._sell([self._line(self.sensor, 3, 10.0)])
        self.assertEqual(order.order_line.qty_to_invoice, 3)
        rma = self._return_and_refund(order, 1)
        self.assertFalse(rma.refund_ids)
        self.assertEqual(order.order_line.qty_to_invoice, 2)
        self.assertEqual(rma.refund_status, "refunded")

    def test_what_was_invoiced_in_part_is_credited_in_part(self):
        self.sensor.invoice_policy = "delivery"
        order = self._sell([self._line(self.sensor, 10, 10.0)])
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 6
        invoice.action_post()
        rma = self._return_and_refund(order, 5)
        self.assertEqual(rma.refund_ids.invoice_line_ids.quantity, 1)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (5, 5))

    def test_goods_that_are_kept(self):
        order = self._sell([self._line(self.sensor, 2, 10.0)])
        self._invoice(order)
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": 1, "is_kept": True})
        rma.action_approve()
        self.assertFalse(rma.sudo().picking_ids)
        rma.action_refund()
        self.assert_amounts(rma.refund_ids, 10.0, 2.1, 12.1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        with self.assertRaisesRegex(UserError, "1 are left"):
            self._rma((move, 2)).action_request()

    def test_the_platforms_own_credit_note_counts(self):
        order = self._sell([self._line(self.sensor, 4, 10.0)])
        invoice = self._invoice(order)
        own = invoice._reverse_moves([{"invoice_date": "2026-03-05"}])
        own.invoice_line_ids.quantity = 3
        own.action_post()
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": 4})
        rma.action_approve()
        self._receive(rma)
        rma.action_refund()
        self.assertEqual(sum(rma.refund_ids.invoice_line_ids.mapped("quantity")), 1)

    def test_a_cancelled_credit_note_can_be_made_again(self):
        order = self._sell([self._line(self.sensor, 1, 10.0)])
        self._invoice(order)
        rma = self._return_and_refund(order, 1)
        rma.refund_ids.sudo().button_cancel()
        self.assertEqual(rma.refund_status, "to_refund")
        rma.action_refund()
        self.assertEqual(rma.refund_status, "refunded")

    def test_one_credit_note_for_a_customer(self):
        orders = [self._sell([self._line(self.sensor, 1, 10.0)]) for _n in range(3)]
        for order in orders:
            self._invoice(order)
        rma = self._rma(*[(order.order_line.move_ids, 1) for order in orders])
        rma.action_approve()
        self._receive(rma)
        refunds = rma.sudo()._create_refunds(by_customer=True)
        self.assertEqual(len(refunds), 1)
        self.assert_amounts(refunds, 30.0, 6.3, 36.3)
