from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    _inherit = "account.move"

    aftersales_credit_program_id = fields.Many2one(
        "loyalty.program",
        string="Store Credit As",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the credit note of a return is paid back with.",
    )

    # --- The line that moves the total to store credit ---

    def _aftersales_pay_by_credit(self):
        """Let a draft credit note be paid back as store credit, all of it."""
        self.ensure_one()
        lines = self.invoice_line_ids.aftersales_rma_line_id
        program = lines.rma_id._get_credit_program(lines)
        self.write(
            {
                "aftersales_is_store_credit": True,
                "aftersales_credit_program_id": program.id,
                "invoice_line_ids": [
                    Command.create(self._prepare_credit_line_vals(program))
                ],
            }
        )
        self._aftersales_fit_credit()

    def _prepare_credit_line_vals(self, program):
        """Return the values of the line that moves the total to store credit.

        :param program: ``loyalty.program``
        """
        product = program.trigger_product_ids[:1].with_company(self.company_id)
        accounts = product.product_tmpl_id.get_product_accounts(self.fiscal_position_id)
        vals = {
            "product_id": product.id,
            "name": self.env._("Paid back as store credit: %s", program.name),
            "quantity": 1.0,
            "price_unit": -self.amount_total,
            # Money that is owed. Taxes are due when it is spent.
            "tax_ids": [Command.clear()],
            "aftersales_part": "credit",
        }
        if accounts["income"]:
            vals["account_id"] = accounts["income"].id
        return vals

    def _aftersales_get_credit_line(self):
        self.ensure_one()
        return self.invoice_line_ids.filtered(lambda x: x.aftersales_part == "credit")

    def _aftersales_fit_credit(self):
        """Let the store credit be what the other lines come to."""
        for refund in self:
            line = refund._aftersales_get_credit_line()
            if line and not refund.currency_id.is_zero(refund.amount_total):
                line.price_unit -= refund.amount_total

    # --- The store credit ---

    def _post(self, soft=True):
        credits = self.filtered(
            lambda m: m.move_type == "out_refund" and m.aftersales_is_store_credit
        )
        # What an accountant has corrected is paid back as it is now.
        credits.filtered(lambda m: m.state == "draft")._aftersales_fit_credit()
        posted = super()._post(soft=soft)
        for refund in posted & credits:
            # sudo: an accountant need not have rights on gift cards.
            refund.sudo()._aftersales_issue_credit()
        return posted

    def _aftersales_get_issued(self):
        """Return the history of store credit that these credit notes have given."""
        return self.env["loyalty.history"].search(
            [("aftersales_refund_id", "in", self.ids)]
        )

    def _aftersales_issue_credit(self):
        """Give the store credit of a credit note, once."""
        self.ensure_one()
        line = self._aftersales_get_credit_line()
        amount = -sum(line.mapped("price_total"))
        if self._aftersales_get_issued() or amount <= 0:
            return
        lines = self.invoice_line_ids.aftersales_rma_line_id
        rma = lines.rma_id[:1]
        program = self.aftersales_credit_program_id
        day = self.invoice_date or fields.Date.context_today(self)
        value = self.currency_id._convert(
            amount, program.currency_id, self.company_id, day
        )
        bonus = lines.policy_id[:1].credit_bonus
        points = program.currency_id.round(value * (1 + bonus / 100))
        card = self._aftersales_get_card(program, rma)
        card.points += points
        self.env["loyalty.history"].create(
            {
                "card_id": card.id,
                "description": self.env._("Return %s", rma.name),
                "issued": points,
                "order_model": rma._name,
                "order_id": rma.id,
                "aftersales_refund_id": self.id,
            }
        )

    def _aftersales_get_card(self, program, rma):
        """Return the customer's eWallet, or a new gift card.

        :param program: ``loyalty.program``
        :param rma: ``aftersales.rma``
        """
        # The e-mail about the refund tells the code; without it the programme's does.
        Card = self.env["loyalty.card"].with_context(
            loyalty_no_mail=rma.company_id.aftersales_mail_refunded
        )
        if program.program_type == "ewallet":
            card = Card.search(
                [
                    ("program_id", "=", program.id),
                    ("partner_id", "=", rma.partner_id.id),
                ],
                limit=1,
            )
            if card:
                return card
        return Card.create({"program_id": program.id, "partner_id": rma.partner_id.id})

    # --- Undoing ---

    def button_draft(self):
        # sudo: an accountant need not have rights on gift cards.
        self.sudo()._aftersales_take_credit_back()
        return super().button_draft()

    def button_cancel(self):
        # sudo: as above.
        self.sudo()._aftersales_take_credit_back()
        return super().button_cancel()

    def _aftersales_take_credit_back(self):
        """Take back the store credit of credit notes, where it was not spent."""
        for row in self._aftersales_get_issued():
            card, refund = row.card_id, row.aftersales_refund_id
            if not card._aftersales_has_left(row.issued):
                raise UserError(
                    self.env._(
                        "The store credit of %(refund)s was spent already: "
                        "%(left)s of %(issued)s are left.",
                        refund=refund.name,
                        left=card._format_points(card.points),
                        issued=card._format_points(row.issued),
                    )
                )
            card.points -= row.issued
            row.aftersales_refund_id = False
            row.copy(
                {
                    "description": self.env._("Taken back: %s", row.description),
                    "issued": 0.0,
                    "used": row.issued,
                    "aftersales_refund_id": False,
                }
            )
            if card.program_type == "gift_card" and not card.points:
                card.active = False

    def _aftersales_cancel_credit(self):
        """Cancel credit notes that were paid back as store credit."""
        self.filtered(lambda m: m.state == "posted").button_draft()
        self.filtered(lambda m: m.state == "draft").button_cancel()
