"""Exchanges with a difference: charged, refunded, with taxes, in another currency."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .rma_money_common import RmaMoneyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaExchange(RmaMoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siren = cls._make_product("Siren", "none", list_price=130.0)
        cls.bell = cls._make_product("Bell", "none", list_price=60.0)
        products = cls.siren | cls.bell | cls.sensor
        products.write(
            {"invoice_policy": "delivery", "taxes_id": [Command.set(cls.vat.ids)]}
        )

    def _exchange(self, product, quantity=1, sold=None, **order_vals):
        """Sell sensors, give another product for them; all is sent and invoiced."""
        line = self._line(self.sensor, quantity, 100.0)
        self.order = self._sell([{**line, **(sold or {})}], **order_vals)
        self.invoice = self._invoice(self.order)
        move = self.order.order_line.move_ids
        rma = self._rma(
            {
                "move_id": move.id,
                "quantity": move.product_qty,
                "remedy": "exchange",
                "exchange_product_id": product.id,
            }
        )
        self.expected = rma.exchange_difference
        rma.action_approve()
        self._receive(rma)
        rma.action_send_replacement()
        new = rma.sudo()._get_replacement_orders()
        self._ship(new.picking_ids)
        rma.action_refund()
        self.assertEqual(rma.replacement_status, "replaced")
        self.assertEqual(rma.refund_status, "refunded")
        return rma, rma.sudo().refund_ids, new._create_invoices()

    def test_the_customer_pays_more(self):
        rma, refund, invoice = self._exchange(self.siren)
        self.assertEqual((self.expected, rma.exchange_difference), (30.0, 30.0))
        self.assertAlmostEqual(invoice.amount_total - refund.amount_total, 36.3)
        self.assertEqual(self.order.order_line.qty_invoiced, 0)

    def test_the_customer_gets_some_back(self):
        rma, refund, invoice = self._exchange(self.bell, 2)
        self.assertEqual((self.expected, rma.exchange_difference), (-80.0, -80.0))
        self.assertAlmostEqual(invoice.amount_total - refund.amount_total, -96.8)

    def test_prices_and_currency_of_the_order(self):
        currency = self.setup_other_currency("CHF", rates=[("2026-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Abroad",
                "currency_id": currency.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.siren.id,
                            "compute_price": "fixed",
                            "fixed_price": 150.0,
                        }
                    )
                ],
            }
        )
        rma, refund, invoice = self._exchange(self.siren, pricelist_id=pricelist.id)
        self.assertEqual(refund.currency_id, currency)
        self.assertEqual(invoice.currency_id, currency)
        self.assertAlmostEqual(invoice.amount_total - refund.amount_total, 60.5)
        self.assertEqual((self.expected, rma.exchange_difference), (25.0, 25.0))

    def test_by_the_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = {"product_uom_id": dozen.id, "price_unit": 1200.0}
        rma, refund, invoice = self._exchange(self.siren, sold=line)
        self.assertEqual((self.expected, rma.exchange_difference), (360.0, 360.0))
        self.assertAlmostEqual(invoice.amount_untaxed - refund.amount_untaxed, 360.0)
