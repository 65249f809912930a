from odoo import fields, models
from odoo.tools import SQL

# What a provider has paid back, or still may.
LIVE = ("draft", "pending", "authorized", "done")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    aftersales_refund_id = fields.Many2one(
        "account.move",
        string="Credit Note of a Return",
        index="btree_not_null",
        readonly=True,
    )
    # Raised by each refund: two at the same moment meet on the row.
    aftersales_refund_number = fields.Integer(readonly=True, copy=False)

    def _aftersales_mark_refunded(self):
        """Mark payments that something is paid back of.

        Two requests in the same second meet on these rows: the second is told by the
        database that its view is old, and is tried again with what is left.
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE payment_transaction AS tx
                   SET aftersales_refund_number =
                       COALESCE(tx.aftersales_refund_number, 0) + 1
                  FROM (SELECT id FROM payment_transaction WHERE id IN %s
                         ORDER BY id FOR NO KEY UPDATE) AS locked
                 WHERE tx.id = locked.id
                """,
                tuple(sorted(self.ids)),
            )
        )
        self.invalidate_recordset(["aftersales_refund_number"])

    def _aftersales_get_refundable(self, wanted):
        """Return how much of a payment can be paid back now.

        :param float wanted: at most, in the currency of the payment
        """
        self.ensure_one()
        method = self.payment_method_id
        method = method.primary_payment_method_id or method
        support = {self.provider_id.support_refund, method.support_refund}
        if self.state != "done" or self.operation == "refund" or "none" in support:
            return 0.0
        if self.provider_id.state == "disabled":
            return 0.0
        children = self.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state in LIVE
        )
        left = self.amount - sum(abs(tx.amount) for tx in children)
        if "full_only" in support:
            whole = self.currency_id.compare_amounts(wanted, self.amount) >= 0
            return self.amount if whole and not children else 0.0
        return max(self.currency_id.round(min(wanted, left)), 0.0)

    def _aftersales_filter_under_way(self):
        """Return refunds whose money is not in the books yet."""
        return self.filtered(lambda tx: tx.state in LIVE and not tx.payment_id)

    def _aftersales_get_status(self, is_more_possible):
        """Return how far the refunds of a return are.

        :param bool is_more_possible: something can still be paid back online
        """
        states = self.mapped("state")
        if {"draft", "pending", "authorized"} & set(states):
            return "pending"
        if is_more_possible:
            return "error" if states and states[-1] in ("error", "cancel") else "open"
        return "done" if "done" in states else "none"
