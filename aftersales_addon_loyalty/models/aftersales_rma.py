from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_addon.models.aftersales_rma_line_refund_mixin import (
    CREDIT,
)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    store_credit = fields.Char(
        compute="_compute_store_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="What the customer got in place of money, and its code.",
    )

    @api.depends("line_ids.refund_line_ids.parent_state")
    def _compute_store_credit(self):
        for rma in self:
            rma.store_credit = ", ".join(rma._get_store_credits()) or False

    def _get_store_credits(self):
        """Return what the customer got in place of money, in words."""
        self.ensure_one()
        # sudo: for the customer, and agents without rights on gift cards.
        rma = self.sudo()
        issued = rma.refund_ids._aftersales_get_issued().sorted("id")
        return [
            self.env._(
                "%(amount)s (%(program)s, code %(code)s)",
                amount=row.card_id._format_points(row.issued),
                program=row.card_id.program_id.name,
                code=row.card_id.code,
            )
            for row in issued
        ]

    def _create_store_credits(self, by_customer=False):
        refunds = self._create_refunds_by(CREDIT, by_customer)
        for refund in refunds:
            if refund.currency_id.compare_amounts(refund.amount_total, 0.0) > 0:
                refund._aftersales_pay_by_credit()
        return refunds

    def _get_money_step(self):
        step = super()._get_money_step()
        credits = self._get_store_credits()
        if credits:
            label = self.env._("Store credit: %s", "\n".join(credits))
            step["text"] = "\n".join(filter(None, [step["text"], label]))
        return step

    @api.model
    def _get_request_remedies(self, rows):
        """Tell how much more store credit is."""
        remedies = super()._get_request_remedies(rows)
        policies = {
            row["move"].product_id: row["move"].company_id
            for row in rows
            if row["eligible"] and "credit" in row["remedies"]
        }
        found = []
        for product, company in policies.items():
            policy = product._aftersales_resolve_return_policy(company).get(product)
            # sudo: what the policy offers is for the customer to read.
            found.append(policy.sudo().credit_bonus if policy else 0.0)
        bonus = min(found, default=0.0)
        if not bonus:
            return remedies
        return [
            (code, self._format_bonus(label, bonus) if code == "credit" else label)
            for code, label in remedies
        ]

    @api.model
    def _format_bonus(self, label, bonus):
        return self.env._(
            "%(remedy)s (%(bonus)s %% more)",
            remedy=label,
            bonus=self.env["res.lang"]._aftersales_format_number(bonus),
        )

    # --- Cancelling ---

    def _get_cancel_hindrance(self):
        """What was only given as store credit, and not spent, can be taken back."""
        if not self._is_only_credited():
            return super()._get_cancel_hindrance()
        issued = self._get_live_refunds()._aftersales_get_issued()
        for row in issued:
            if not row.card_id._aftersales_has_left(row.issued):
                return self.env._(
                    "The store credit for %s was spent already. Settle the return "
                    "instead.",
                    self.name,
                )
        return ""

    def _is_only_credited(self):
        """Tell whether store credit is all that has happened so far."""
        self.ensure_one()
        # sudo: credit notes are not for everybody who may cancel returns.
        lines = self.sudo().line_ids
        if any(
            x.quantity_received or x.quantity_replaced or x.quantity_not_invoiced
            for x in lines
        ):
            return False
        refunds = self._get_live_refunds()
        return bool(refunds) and all(
            refund.aftersales_is_store_credit
            and refund.invoice_line_ids.aftersales_rma_line_id.rma_id == self.sudo()
            for refund in refunds
        )

    def _get_live_refunds(self):
        # sudo: as above.
        return self.sudo().refund_ids.filtered(lambda m: m.state != "cancel")

    def _cancel_prepared(self):
        for rma in self:
            if rma._is_only_credited():
                rma._get_live_refunds()._aftersales_cancel_credit()
        return super()._cancel_prepared()

    def _get_credit_program(self, lines):
        """Return the programme by which lines are paid back.

        :param lines: ``aftersales.rma.line``
        :raises UserError: when there is no programme
        """
        policy = lines.policy_id[:1]
        program = policy._get_credit_program(lines.company_id[:1])
        if not program:
            raise UserError(
                self.env._(
                    "There is no programme for gift cards or eWallets. A manager can "
                    "create one on the return policy."
                )
            )
        return program
