"""Credit notes of returns: discounts on orders, charges, fees, and what else counts."""

import random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .rma_money_common import RmaMoneyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaMoney(RmaMoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {"name": "Way", "type": "service", "invoice_policy": "order"}
        )
        cls.lamp = cls._make_product("Lamp", "none")

    def _order(self, *lines, **vals):
        order = self._sell(list(lines), **vals)
        return order, self._invoice(order)

    def _refund(self, order, *quantities, **line_vals):
        """Return quantities of the first lines of an order, by one return."""
        rma = self._rma(
            *[
                {
                    "move_id": line.move_ids.filtered(
                        lambda m: m._aftersales_is_delivery()
                    ).id,
                    "quantity": quantity,
                    "reason_id": self.reason.id,
                    **line_vals,
                }
                for line, quantity in zip(order.order_line, quantities, strict=False)
                if quantity
            ]
        )
        rma.action_approve()
        if not line_vals.get("is_kept"):
            self._receive(rma)
        rma.action_refund()
        return rma

    def _part(self, rma, part):
        lines = rma.sudo().refund_ids.invoice_line_ids
        return lines.filtered(lambda x: x.aftersales_part == part)

    # --- Discounts on the whole order ---

    def test_a_discount_on_the_order_comes_back_in_part(self):
        order = self._sell(
            [self._line(self.sensor, 1, 100.0), self._line(self.lamp, 2, 25.0)]
        )
        self._discount(order, 10.0)
        invoice = self._invoice(order)
        self.assertAlmostEqual(invoice.amount_untaxed, 135.0)
        first = self._refund(order, 1, 0)
        self.assert_amounts(first.refund_ids, 90.0, 18.9, 108.9)
        self.assertEqual(first.line_ids.quantity_refunded, 1)
        second = self._refund(order, 0, 1)
        self.assert_amounts(second.refund_ids, 22.5, 4.73, 27.23)
        third = self._refund(order, 0, 1)
        self.assertEqual(third.refund_status, "refunded")
        self.assert_is_invoice(
            first.refund_ids | second.refund_ids | third.refund_ids, invoice
        )

    def test_any_split_adds_up_to_the_invoice(self):
        """Prices, taxes, discounts and the sequence of returns at random."""
        rng = random.Random(2026)
        for number in range(8):
            included = rng.random() < 0.5
            vat = self._make_tax(
                f"{number} %",
                rng.choice([5.5, 7.0, 19.0, 21.0, 25.5]),
                price_include_override="tax_included" if included else "tax_excluded",
            )
            taxes = {"tax_ids": [Command.set(vat.ids)]}
            quantities = [rng.randint(1, 4), rng.randint(1, 3)]
            order = self._sell(
                [
                    self._line(
                        product,
                        quantity,
                        rng.randint(1, 99999) / 100,
                        discount=rng.choice([0.0, 3.0, 33.3]),
                        **taxes,
                    )
                    for product, quantity in zip(
                        (self.sensor, self.lamp), quantities, strict=True
                    )
                ]
            )
            if rng.random() < 0.5:
                self._discount(order, rng.choice([1.0, 7.5, 15.0]))
            invoice = self._invoice(order)
            units = [0] * quantities[0] + [1] * quantities[1]
            rng.shuffle(units)
            refunds = self.env["account.move"]
            while units:
                batch = [units.pop() for _n in range(rng.randint(1, len(units)))]
                rma = self._refund(order, batch.count(0), batch.count(1), is_kept=True)
                refunds |= rma.refund_ids
            with self.subTest(number=number, included=included):
                self.assert_is_invoice(refunds, invoice)

    # --- The outbound delivery ---

    def _patch_delivery(self):
        Line = self.env.registry["sale.order.line"]
        is_delivery = patch.object(
            Line, "_is_delivery", lambda line: line.product_id == self.service
        )
        self.startPatcher(is_delivery)

    def _with_delivery(self, rule, quantity=2):
        self._patch_delivery()
        self.return_policy.refund_delivery = rule
        return self._order(
            self._line(self.sensor, quantity, 50.0), self._line(self.service, 1, 9.99)
        )

    def test_the_delivery_comes_back_with_everything(self):
        order, invoice = self._with_delivery("full")
        first = self._refund(order, 1)
        self.assertFalse(self._part(first, "delivery"))
        second = self._refund(order, 1)
        self.assertEqual(self._part(second, "delivery").price_subtotal, 9.99)
        self.assertEqual(second.line_ids.quantity_refunded, 1)
        self.assert_is_invoice(first.refund_ids | second.refund_ids, invoice)
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0, 0])

    def test_the_delivery_stays_paid(self):
        order, _invoice = self._with_delivery("never")
        self.assertFalse(self._part(self._refund(order, 2), "delivery"))

    def test_the_delivery_comes_back_for_our_fault(self):
        order, _invoice = self._with_delivery("fault", 3)
        self.reason.fault = "customer"
        self.assertFalse(self._part(self._refund(order, 1), "delivery"))
        self.reason.fault = "us"
        rma = self._refund(order, 1)
        self.assertEqual(self._part(rma, "delivery").price_subtotal, 9.99)
        again = self._refund(order, 1)
        self.assertFalse(self._part(again, "delivery"), "once")

    def test_goods_that_were_not_invoiced_are_not_everything(self):
        self.sensor.invoice_policy = "delivery"
        self._patch_delivery()
        self.return_policy.refund_delivery = "full"
        order = self._sell(
            [self._line(self.sensor, 3, 50.0), self._line(self.service, 1, 9.99)]
        )
        invoice = order._create_invoices()
        invoice.invoice_line_ids[0].quantity = 2
        invoice.action_post()
        rma = self._refund(order, 2)
        self.assertFalse(self._part(rma, "delivery"))

    # --- Fees ---

    def test_the_way_back_is_deducted_once(self):
        self.return_policy.shipping_fee = 5.9
        order, _invoice = self._order(self._line(self.sensor, 3, 50.0))
        rma = self._rma(
            {
                "move_id": order.order_line.move_ids.id,
                "quantity": 3,
                "reason_id": self.reason.id,
            }
        )
        rma.action_approve()
        self._receive(rma, 1)
        rma.action_refund()
        fee = self._part(rma, "shipping")
        self.assertEqual(fee.price_subtotal, -5.9)
        self.assertEqual(fee.tax_ids, self.vat)
        self.assert_amounts(rma.refund_ids, 44.1, 9.26, 53.36)
        self._receive(rma)
        rma.action_refund()
        self.assertEqual(self._part(rma, "shipping"), fee)
        self.assertEqual(rma.line_ids.quantity_refunded, 3)

    def test_a_cancelled_credit_note_gives_the_way_back_free(self):
        self.return_policy.shipping_fee = 5.9
        order, _invoice = self._order(self._line(self.sensor, 1, 50.0))
        rma = self._refund(order, 1)
        rma.sudo().refund_ids.button_cancel()
        rma.action_refund()
        self.assertEqual(len(self._part(rma, "shipping")), 2)
        live = rma.refund_ids.filtered(lambda m: m.state != "cancel")
        self.assertAlmostEqual(live.amount_untaxed, 44.1)

    def test_the_customer_reads_what_is_deducted(self):
        self.return_policy.write({"fee_type": "percent", "fee_percent": 15.0})
        Rma = self.env["aftersales.rma"]
        self.assertNotIn("way back", Rma._format_request_fee(self.return_policy))
        self.return_policy.shipping_fee = 5.9
        text = Rma._format_request_fee(self.return_policy)
        self.assertRegex(text, "15 %.*way back: .*5.90")

    def test_the_way_back_is_ours(self):
        self.return_policy.shipping_fee = 5.9
        self.reason.shipping_payer = "company"
        order, _invoice = self._order(self._line(self.sensor, 1, 50.0))
        self.assertFalse(self._part(self._refund(order, 1), "shipping"))

    def test_no_more_is_deducted_than_is_refunded(self):
        self.return_policy.write(
            {"shipping_fee": 30.0, "fee_type": "percent", "fee_percent": 40.0}
        )
        order, _invoice = self._order(self._line(self.sensor, 1, 10.0))
        rma = self._refund(order, 1)
        self.assertEqual(self._part(rma, "restocking").price_subtotal, -4)
        self.assertEqual(self._part(rma, "shipping").price_subtotal, -6)
        self.assert_amounts(rma.refund_ids, 0, 0, 0)

    def test_the_way_back_has_an_account_and_taxes_of_its_own(self):
        reduced = self._make_tax("6 %", 6.0)
        abroad = self._make_tax("0 %", 0.0)
        account = self.company_data["default_account_revenue"].copy()
        other = account.copy()
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "account_ids": [
                    Command.create(
                        {"account_src_id": account.id, "account_dest_id": other.id}
                    )
                ],
            }
        )
        abroad.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(reduced.id)],
            }
        )
        self.service.write(
            {
                "taxes_id": [Command.set(reduced.ids)],
                "property_account_income_id": account.id,
            }
        )
        self.return_policy.write(
            {"shipping_fee": 5.0, "shipping_fee_product_id": self.service.id}
        )
        order, _invoice = self._order(self._line(self.sensor, 1, 50.0))
        fee = self._part(self._refund(order, 1), "shipping")
        self.assertEqual((fee.tax_ids, fee.account_id), (reduced, account))
        order, invoice = self._order(
            self._line(self.sensor, 1, 50.0), fiscal_position_id=position.id
        )
        self.assertEqual(invoice.fiscal_position_id, position)
        rma = self._refund(order, 1)
        fee = self._part(rma, "shipping")
        self.assertEqual((fee.tax_ids, fee.account_id), (abroad, other))
        self.assertEqual(rma.refund_ids.fiscal_position_id, position)

    # --- How it was invoiced ---

    def test_a_down_payment_and_the_final_invoice(self):
        order = self._sell([self._line(self.sensor, 2, 100.0)])
        down = self._down_payment(order)
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertAlmostEqual(final.amount_untaxed, 140.0)
        refunds = self.env["account.move"]
        for _number in range(2):
            refunds |= self._refund(order, 1).refund_ids
        self.assert_amounts(refunds, 200.0, 42.0, 242.0)
        self.assertAlmostEqual(
            sum(refunds.mapped("amount_total")),
            down.amount_total + final.amount_total,
        )
        self.assertEqual(refunds.reversed_entry_id, final)

    def _down_payment(self, order):
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        invoice = order.invoice_ids
        invoice.action_post()
        return invoice

    def test_a_down_payment_only(self):
        self.sensor.invoice_policy = "delivery"
        order = self._sell([self._line(self.sensor, 1, 100.0)])
        down = self._down_payment(order)
        rma = self._refund(order, 1)
        self.assertFalse(rma.refund_ids)
        self.assertEqual(rma.refund_status, "refunded")
        back = order._create_invoices(final=True)
        self.assertEqual(back.move_type, "out_refund")
        self.assertEqual(back.amount_total, down.amount_total)

    def test_another_rate_on_the_day(self):
        currency = self.setup_other_currency(
            "CHF", rates=[("2026-01-01", 2.0), ("2026-03-09", 4.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self.return_policy.shipping_fee = 2.0
        order, invoice = self._order(
            self._line(self.sensor, 1, 100.0), pricelist_id=pricelist.id
        )
        self.assertEqual(invoice.currency_id, currency)
        self.assertAlmostEqual(invoice.amount_untaxed_signed, 50.0)
        rma = self._refund(order, 1)
        self.assertAlmostEqual(self._part(rma, "shipping").price_subtotal, -8.0)
        self.assert_amounts(rma.refund_ids, 92.0, 19.32, 111.32)
        rma.sudo().refund_ids.action_post()
        self.assertAlmostEqual(rma.amount_refunded, 23.0)

    def test_cash_rounding_is_taken_over(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "biggest_tax",
                "rounding_method": "HALF-UP",
            }
        )
        order = self._sell([self._line(self.sensor, 1, 9.99)])
        invoice = order._create_invoices()
        invoice.invoice_cash_rounding_id = rounding
        invoice.action_post()
        refund = self._refund(order, 1).refund_ids
        self.assertEqual(refund.amount_total, invoice.amount_total)

    # --- Books that are closed ---

    def test_a_closed_period(self):
        """The next open day, or a message of the platform, and nothing half done."""
        order, _invoice = self._order(self._line(self.sensor, 2, 10.0))
        self.company.sale_lock_date = "2026-03-05"
        first = self._refund(order, 1)
        refund = first.sudo().refund_ids
        refund.invoice_date = "2026-03-02"
        refund.action_post()
        self.assertEqual(str(refund.date), "2026-03-10")
        self.company.sale_lock_date = "2026-03-31"
        second = self._refund(order, 1)
        with self.assertRaisesRegex(UserError, "Lock Date"), self.env.cr.savepoint():
            second.sudo().refund_ids.action_post()
        second.invalidate_recordset()
        self.assertEqual(second.sudo().refund_ids.state, "draft")

    def test_no_journal(self):
        order, invoice = self._order(self._line(self.sensor, 2, 10.0))
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "sale")]
        )
        other = journals - invoice.journal_id or invoice.journal_id.copy()
        invoice.journal_id.active = False
        self.assertEqual(self._refund(order, 1).refund_ids.journal_id, other[:1])
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        (journals | other).active = False
        with self.assertRaisesRegex(UserError, "no journal for sales"):
            self._refund(order, 1)

    # --- The order afterwards ---

    def test_r7_nothing_is_to_be_invoiced_again(self):
        for policy in ("order", "delivery"):
            with self.subTest(policy=policy):
                self.sensor.invoice_policy = policy
                order, _invoice = self._order(self._line(self.sensor, 3, 10.0))
                self._refund(order, 1)
                line = order.order_line
                self.assertEqual(
                    (line.qty_delivered, line.qty_invoiced, line.qty_to_invoice),
                    (2, 2, 0),
                )
                self._refund(order, 2)
                self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (0, 0))
                self.assertNotEqual(order.invoice_status, "to invoice")

    def test_r10_ordered_quantities_not_invoiced_yet(self):
        self.sensor.invoice_policy = "order"
        order = self._sell([self._line(self.sensor, 3, 10.0)])
        rma = self._refund(order, 1)
        self.assertFalse(rma.refund_ids)
        self.assertEqual(order.order_line.qty_to_invoice, 2)
