"""What was paid online goes back by the payment provider."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .rma_money_common import RmaMoneyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaOnline(RmaMoneyCommon, AccountPaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.provider.payment_method_ids[:1]

    def setUp(self):
        super().setUp()
        self._support("partial")

    def _support(self, kind):
        """Let the provider support refunds; what it supports is not stored."""

        def compute(providers):
            providers.update(
                {
                    "support_express_checkout": False,
                    "support_manual_capture": False,
                    "support_tokenization": False,
                    "support_refund": kind,
                }
            )

        Provider = self.env.registry["payment.provider"]
        name = "_compute_feature_support_fields"
        self.startPatcher(patch.object(Provider, name, compute))
        self.provider.invalidate_recordset()
        self.method.support_refund = kind

    def _pay(self, invoice, amount, currency=None):
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{invoice.name} {amount} {len(invoice.transaction_ids)}",
                "amount": amount,
                "currency_id": (currency or invoice.currency_id).id,
                "operation": "online_direct",
                "partner_id": invoice.partner_id.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        tx._set_done()
        tx._post_process()
        self.assertTrue(tx.payment_id)
        return tx

    def _returned(self, quantity=1, sold=2, price=100.0, amounts=(242.0,)):
        """Sell, invoice and take money; return and refund; post the credit note."""
        order = self._sell([self._line(self.sensor, sold, price)])
        self.invoice = self._invoice(order)
        self.paid = [self._pay(self.invoice, amount) for amount in amounts]
        return self._refund(order, quantity)

    def _refund(self, order, quantity):
        rma = self._return_and_refund(order, quantity)
        refund = rma.sudo().refund_ids
        refund.action_post()
        return rma

    def _children(self, rma):
        return rma.sudo().refund_ids.aftersales_online_tx_ids.sorted("id")

    def test_the_money_goes_back(self):
        rma = self._returned()
        self.assertEqual(rma.online_refund_status, "open")
        rma.action_refund_online()
        child = self._children(rma)
        self.assertEqual((child.amount, child.operation), (-121.0, "refund"))
        self.assertEqual(child.source_transaction_id, self.paid[0])
        self.assertEqual(rma.online_refund_status, "pending")
        child._set_done()
        child._post_process()
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.amount_residual, 0)
        self.assertIn(refund.payment_state, ("paid", "in_payment"))
        self.assertEqual(rma.online_refund_status, "done")
        with self.assertRaisesRegex(UserError, "Nothing can be paid back online"):
            rma.action_refund_online()

    def test_once(self):
        rma = self._returned()
        rma.action_refund_online()
        for _time in range(2):
            with self.assertRaisesRegex(UserError, "Nothing can be paid back online"):
                rma.action_refund_online()
        self.assertEqual(len(self._children(rma)), 1)
        self.assertEqual(self.paid[0].aftersales_refund_number, 3)

    def test_several_payments_one_after_the_other(self):
        rma = self._returned(2, amounts=(100.0, 142.0))
        rma.action_refund_online()
        self.assertEqual(self._children(rma).mapped("amount"), [-100.0, -142.0])

    def test_never_more_than_is_left(self):
        rma = self._returned(2, amounts=(200.0,))
        rma.action_refund_online()
        self.assertEqual(self._children(rma).mapped("amount"), [-200.0])
        self._children(rma)._set_done()
        self._children(rma)._post_process()
        # The platform has set the rest off against what was not paid.
        self.assertEqual(rma.sudo().refund_ids.amount_residual, 0.0)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(rma.can_refund_online)

    def test_what_was_refunded_otherwise_counts(self):
        order = self._sell([self._line(self.sensor, 2, 100.0)])
        tx = self._pay(self._invoice(order), 242.0)
        tx._refund(amount_to_refund=200.0)._set_done()
        rma = self._refund(order, 1)
        rma.action_refund_online()
        self.assertEqual(self._children(rma).amount, -42.0)

    def test_a_provider_that_refunds_the_whole_only(self):
        self._support("full_only")
        part = self._returned(1)
        self.assertFalse(part.can_refund_online)
        whole = self._returned(2)
        whole.action_refund_online()
        self.assertEqual(self._children(whole).amount, -242.0)

    def test_a_provider_that_refunds_nothing(self):
        self._support("none")
        rma = self._returned()
        self.assertEqual(rma.online_refund_status, "none")
        with self.assertRaisesRegex(UserError, "Nothing can be paid back online"):
            rma.action_refund_online()

    def test_a_draft_is_not_paid_back(self):
        order = self._sell([self._line(self.sensor, 1, 100.0)])
        self._pay(self._invoice(order), 121.0)
        rma = self._return_and_refund(order, 1)
        self.assertFalse(rma.can_refund_online)
        with self.assertRaisesRegex(UserError, "post the credit note first"):
            rma.action_refund_online()

    def test_a_failed_refund_can_be_tried_again(self):
        rma = self._returned()
        rma.action_refund_online()
        self._children(rma)._set_error("no")
        self.assertEqual(rma.online_refund_status, "error")
        rma.action_refund_online()
        self.assertEqual(self._children(rma).mapped("state"), ["error", "draft"])

    def test_one_of_two_payments_fails(self):
        rma = self._returned(2, amounts=(100.0, 142.0))
        Transaction = self.env.registry["payment.transaction"]

        def send(tx):
            if tx.amount == -142.0:
                raise RuntimeError("The provider does not answer")

        with (
            patch.object(Transaction, "_send_refund_request", send),
            mute_logger(
                "odoo.addons.aftersales_addon.models.aftersales_account_move_online_mixin"
            ),
        ):
            rma.action_refund_online()
        self.assertEqual(self._children(rma).mapped("amount"), [-100.0])
        rma.action_refund_online()
        self.assertEqual(self._children(rma).mapped("amount"), [-100.0, -142.0])

    def test_by_itself(self):
        self.return_policy.refund_online = True
        rma = self._returned()
        refund = rma.sudo().refund_ids
        self.assertTrue(refund.aftersales_online_waits)
        self.assertFalse(self._children(rma), "not in this transaction")
        cron = self.env.ref("aftersales_addon.aftersales_online_refund_ir_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._children(rma).amount, -121.0)
        self.assertFalse(refund.aftersales_online_waits)

    def test_by_itself_what_was_not_paid_online(self):
        self.return_policy.refund_online = True
        order = self._sell([self._line(self.sensor, 1, 100.0)])
        self._invoice(order)
        rma = self._refund(order, 1)
        self.assertFalse(rma.sudo().refund_ids.aftersales_online_waits)
