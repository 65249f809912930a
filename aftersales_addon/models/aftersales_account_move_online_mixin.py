import logging

from odoo import api, fields, models
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
CRON = "aftersales_addon.aftersales_online_refund_ir_cron"


class AftersalesAccountMoveOnlineMixin(models.AbstractModel):
    """Credit notes of returns are paid back the way the invoice was paid online."""

    _name = "aftersales.account.move.online.mixin"
    _description = "Online Refund of a Credit Note"

    aftersales_online_tx_ids = fields.One2many(
        "payment.transaction",
        "aftersales_refund_id",
        string="Online Refunds",
        groups="base.group_user",
    )
    aftersales_online_waits = fields.Boolean(
        string="Waits for Its Online Refund",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _aftersales_online_waits_index = models.Index(
        "(id) WHERE aftersales_online_waits IS TRUE"
    )

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        refunds = posted.filtered(lambda m: m.move_type == "out_refund")
        # sudo: an accountant need not have rights on returns and their policies.
        waiting = refunds.sudo().filtered(lambda m: m._aftersales_is_paid_by_itself())
        if waiting:
            # After this transaction: what a provider has paid cannot be rolled back.
            waiting.aftersales_online_waits = True
            self.env.ref(CRON).sudo()._trigger()
        return posted

    def _aftersales_is_paid_by_itself(self):
        """Tell whether the policies let the money go back without a person."""
        self.ensure_one()
        policies = self.invoice_line_ids.aftersales_rma_line_id.policy_id
        if not policies or not all(policies.mapped("refund_online")):
            return False
        return bool(self._aftersales_get_online_parts())

    # --- Which payments, and how much of each ---

    def _aftersales_get_paid_invoices(self):
        """Return the invoices that a credit note takes back."""
        self.ensure_one()
        own = self.invoice_line_ids.aftersales_refunded_line_id.move_id
        return own | self.reversed_entry_id

    def _aftersales_get_payments(self):
        """Return the online payments of the invoices that are taken back."""
        self.ensure_one()
        invoices = self._aftersales_get_paid_invoices()
        paid = invoices._get_reconciled_payments().payment_transaction_id
        return invoices.transaction_ids | paid

    def _aftersales_get_online_parts(self):
        """Return what of a posted credit note goes back by which payment.

        The oldest payment is paid back first; never more than the credit note, nor
        than what is left of a payment.

        :return: a list of ``(payment.transaction, amount)``
        """
        self.ensure_one()
        if self.state != "posted" or self.move_type != "out_refund":
            return []
        currency = self.currency_id
        under_way = self.aftersales_online_tx_ids._aftersales_filter_under_way()
        left = self.amount_residual - sum(abs(tx.amount) for tx in under_way)
        if currency.compare_amounts(left, 0.0) <= 0:
            return []
        parts = []
        for tx in self._aftersales_get_payments().sorted("id"):
            if tx.currency_id != currency or tx.company_id != self.company_id:
                continue
            amount = tx._aftersales_get_refundable(left)
            if currency.compare_amounts(amount, 0.0) > 0:
                parts.append((tx, amount))
                left = currency.round(left - amount)
        return parts

    def _aftersales_refund_online(self):
        """Pay posted credit notes back by the providers. Safe to repeat.

        :return: the new ``payment.transaction`` records
        """
        transactions = self.env["payment.transaction"]
        for refund in self:
            refund._aftersales_get_payments()._aftersales_mark_refunded()
            for tx, amount in refund._aftersales_get_online_parts():
                try:
                    with self.env.cr.savepoint():
                        transactions |= refund._aftersales_refund_part(tx, amount)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise
                except Exception:
                    if not transactions:
                        raise
                    # What another provider has paid back stays on record.
                    _logger.warning("Payment %s: not paid back", tx.id, exc_info=True)
        return transactions

    def _aftersales_refund_part(self, tx, amount):
        """Pay a part of a credit note back.

        :param tx: the ``payment.transaction`` that took the money
        :param float amount: in its currency
        """
        self.ensure_one()
        # As when a person refunds the payment in the accounts.
        child = tx.with_context(payment_backend_action=True)._refund(
            amount_to_refund=amount
        )
        child.write(
            {
                "aftersales_refund_id": self.id,
                # The platform's payment is reconciled with these.
                "invoice_ids": [Command.set(self.ids)],
            }
        )
        return child

    # --- By itself ---

    @api.model
    def _cron_aftersales_refund_online(self):
        """Pay back what waits, each credit note in a transaction of its own."""
        Move = self.env["account.move"]
        after = 0
        while True:
            query = Move._search(
                [("aftersales_online_waits", "=", True), ("id", ">", after)],
                order="id",
                limit=1,
            )
            rows = self.env.execute_query(
                SQL("%s FOR NO KEY UPDATE SKIP LOCKED", query.select())
            )
            if not rows:
                return
            refund = Move.browse(rows[0])
            after = refund.id
            refund._aftersales_pay_waiting()
            left = Move.search_count(
                [("aftersales_online_waits", "=", True), ("id", ">", after)]
            )
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _aftersales_pay_waiting(self):
        """Pay one credit note back; what fails is told, and left to a person."""
        self.ensure_one()
        self.aftersales_online_waits = False
        try:
            with self.env.cr.savepoint():
                self._aftersales_refund_online()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("Credit note %s: not paid back", self.id, exc_info=True)
            for rma in self.invoice_line_ids.aftersales_rma_line_id.rma_id:
                rma._message_log(
                    body=self.env._("Nothing was paid back online: %s", error)
                )
