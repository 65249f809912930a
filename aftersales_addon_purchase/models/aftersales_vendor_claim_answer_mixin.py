from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_is_zero

REMINDER = "aftersales_addon_purchase.mail_activity_type_answer"
TEMPLATE = "aftersales_addon_purchase.mail_template_data_vendor_claim"
# Who may read credit notes.
BOOKKEEPING_GROUPS = (
    "purchase.group_purchase_user,account.group_account_readonly,"
    "account.group_account_invoice"
)
ANSWERED = ("accepted", "partly", "credited")


class AftersalesVendorClaimAnswerMixin(models.AbstractModel):
    """A claim on its way: sent, answered, credited, and what is still open."""

    _name = "aftersales.vendor.claim.answer.mixin"
    _description = "Answer to a Supplier Claim"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Company"
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    credit_note_ids = fields.One2many(
        "account.move",
        "aftersales_vendor_claim_id",
        string="Credit Notes",
        readonly=True,
        groups=BOOKKEEPING_GROUPS,
    )
    credit_note_count = fields.Integer(compute="_compute_credit_note_count")
    amount_asked = fields.Monetary(
        string="Asked", compute="_compute_amounts", store=True, aggregator=None
    )
    amount_accepted = fields.Monetary(
        string="Accepted", compute="_compute_amounts", store=True, aggregator=None
    )
    amount_credited = fields.Monetary(
        string="Credited",
        compute="_compute_amounts",
        store=True,
        aggregator=None,
        help="By posted credit notes, without taxes.",
    )
    amount_settled = fields.Monetary(
        string="Settled",
        compute="_compute_amounts",
        store=True,
        aggregator=None,
        help="The part of the credit notes that was paid or set off, without taxes.",
    )
    amount_open = fields.Monetary(
        string="Open",
        compute="_compute_amounts",
        store=True,
        aggregator=None,
        help="What was accepted, or asked while there is no answer, and is not "
        "credited yet.",
    )
    asked_company = fields.Monetary(
        string="Asked (Our Currency)",
        compute="_compute_amounts",
        store=True,
        currency_field="company_currency_id",
    )
    accepted_company = fields.Monetary(
        string="Accepted (Our Currency)",
        compute="_compute_amounts",
        store=True,
        currency_field="company_currency_id",
    )
    credited_company = fields.Monetary(
        string="Credited (Our Currency)",
        compute="_compute_amounts",
        store=True,
        currency_field="company_currency_id",
    )
    open_company = fields.Monetary(
        string="Open (Our Currency)",
        compute="_compute_amounts",
        store=True,
        currency_field="company_currency_id",
    )

    @api.depends(
        "state",
        "currency_id",
        "date_sent",
        "line_ids.asked",
        "line_ids.accepted",
        "credit_note_ids.state",
        "credit_note_ids.amount_untaxed",
        "credit_note_ids.amount_total",
        "credit_note_ids.amount_residual",
    )
    def _compute_amounts(self):
        for claim in self:
            asked = sum(claim.line_ids.mapped("asked"))
            accepted = (
                sum(claim.line_ids.mapped("accepted"))
                if claim.state in ANSWERED
                else 0.0
            )
            credited, settled = claim._get_credited()
            expected = asked if claim.state in ("choose", "draft", "sent") else accepted
            claim.amount_asked = asked
            claim.amount_accepted = accepted
            claim.amount_credited = credited
            claim.amount_settled = settled
            claim.amount_open = max(0.0, expected - credited)
            for name in ("asked", "accepted", "credited", "open"):
                amount = claim[f"amount_{name}"]
                claim[f"{name}_company"] = (
                    claim.currency_id._convert(
                        amount,
                        claim.company_currency_id,
                        claim.company_id,
                        claim._get_rate_day(),
                    )
                    if claim.currency_id and claim.company_id
                    else amount
                )

    def _get_credited(self):
        """Return what was credited, and what of it was settled, without taxes."""
        credited = settled = 0.0
        for note in self.credit_note_ids.filtered(lambda m: m.state == "posted"):
            net = note.currency_id._convert(
                note.amount_untaxed,
                self.currency_id,
                self.company_id,
                note.invoice_date or note.date,
            )
            # a vendor bill that is linked by hand takes back what was credited
            net = net if note.move_type == "in_refund" else -net
            credited += net
            if note.amount_total:
                left = abs(note.amount_residual) / note.amount_total
                settled += net * (1 - left)
        return credited, settled

    def _compute_credit_note_count(self):
        for claim in self:
            # sudo: how many there are is told without rights on bookkeeping.
            claim.credit_note_count = len(claim.sudo().credit_note_ids)

    def action_send(self):
        """Open the e-mail to the supplier; sending it marks the claim as sent."""
        self.ensure_one()
        self._check_sendable()
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        return {
            "name": self.env._("Send the Claim"),
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
            },
        }

    def action_mark_sent(self):
        """Note that the claim was sent in another way: by phone, on a portal."""
        self._check_sendable()
        self._set_sent()

    def action_accept(self):
        """Take down the answer: the accepted amounts of the lines."""
        self._check_state(("sent",), self.env._("Send the claim first."))
        for claim in self:
            total = sum(claim.line_ids.mapped("accepted"))
            asked = sum(claim.line_ids.mapped("asked"))
            if claim.currency_id.is_zero(total):
                raise UserError(
                    self.env._(
                        "Nothing is accepted on any line. Enter the amounts, or choose "
                        "“Rejected”."
                    )
                )
            full = claim.currency_id.compare_amounts(total, asked) >= 0
            claim._set_answered("accepted" if full else "partly")

    def action_reject(self):
        """Take down that the supplier does not pay."""
        self._check_state(("sent",), self.env._("Send the claim first."))
        # sudo: the lines of an answered claim are not written by hand.
        self.sudo().line_ids.write({"accepted": 0.0})
        self._set_answered("rejected")

    def action_cancel(self):
        """Give the claim up."""
        allowed = ("choose", "draft", "sent", "accepted", "partly", "rejected")
        self._check_state(
            allowed, self.env._("A claim that was credited cannot be cancelled.")
        )
        # sudo: drafts in bookkeeping go with the claim that they were made for.
        notes = self.sudo().credit_note_ids
        if notes.filtered(lambda m: m.state == "posted"):
            raise UserError(self.env._("Reset the posted credit notes to draft first."))
        notes.filtered(lambda m: m.state == "draft").button_cancel()
        # sudo: states are written by the buttons.
        self.sudo().state = "cancelled"
        self.activity_unlink([REMINDER])

    def action_reopen(self):
        """Prepare a claim anew that was cancelled or rejected."""
        self._check_state(
            ("rejected", "cancelled"),
            self.env._("Only a rejected or cancelled claim is prepared anew."),
        )
        for claim in self:
            # sudo: as in action_cancel.
            claim.sudo().write(
                {
                    "state": "draft" if claim.partner_id else "choose",
                    "date_sent": False,
                    "date_answered": False,
                }
            )

    def _check_sendable(self):
        self._check_state(
            ("draft",),
            self.env._("Choose the supplier first; a claim is sent once."),
        )
        if any(not claim.amount_asked for claim in self):
            raise UserError(self.env._("Nothing is asked yet. Enter our costs."))

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        # What is written to the supplier before the claim was sent is the claim.
        to_send = self.filtered(
            lambda c: (
                c.state == "draft"
                and message.message_type == "comment"
                and c._get_contact() in message.partner_ids
            )
        )
        to_send._set_sent()
        return result

    def _set_sent(self):
        """Note that the supplier has the claim, and wait for the answer."""
        for claim in self:
            today = claim.company_id._aftersales_today()
            # sudo: as in action_cancel. What is asked is expected, until they say less.
            for line in claim.sudo().line_ids:
                line.accepted = line.asked
            claim.sudo().write({"state": "sent", "date_sent": today})
            days = claim.company_id.aftersales_vendor_answer_days
            if days:
                claim.activity_schedule(
                    REMINDER,
                    date_deadline=fields.Date.add(today, days=days),
                    summary=self.env._("Ask %s for the answer", claim.partner_id.name),
                    user_id=claim.user_id.id or self.env.uid,
                )

    def _set_answered(self, state):
        for claim in self:
            # sudo: as in action_cancel.
            claim.sudo().write(
                {
                    "state": state,
                    "date_answered": claim.company_id._aftersales_today(),
                }
            )
        self.activity_unlink([REMINDER])

    def action_create_credit_note(self):
        """Prepare the supplier's credit note over what is not credited yet."""
        self.ensure_one()
        self._check_state(
            ("accepted", "partly"),
            self.env._("Only an accepted claim is credited."),
        )
        # Two people at the same moment: the second one sees the first one's draft.
        self.lock_for_update()
        # sudo: a draft for bookkeeping, prepared by those who follow the claim.
        claim = self.sudo()
        pending = claim.credit_note_ids.filtered(lambda m: m.state == "draft")
        if not pending:
            pending = claim.credit_note_ids.create(claim._prepare_credit_note())
        return self._open(pending[0].with_env(self.env))

    def _prepare_credit_note(self):
        """Return the values of the credit note for what is still open."""
        self.ensure_one()
        if self.amount_credited:
            lines = [(self.name, self.product_id, self.amount_open)]
        else:
            lines = [
                (f"{self.name} {line.name}", line.product_id, line.accepted)
                for line in self.line_ids
                if not float_is_zero(line.accepted, precision_digits=6)
            ]
        return {
            "move_type": "in_refund",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "ref": self.vendor_reference,
            "aftersales_vendor_claim_id": self.id,
            "invoice_line_ids": [
                Command.create(self._prepare_credit_line(*line)) for line in lines
            ],
        }

    def _prepare_credit_line(self, name, product, amount):
        """Return a line of the credit note.

        It names no product: nothing goes back into stock, what is credited is the
        cost of a repair.
        """
        product = (product or self.product_id).with_company(self.company_id)
        account = product.product_tmpl_id.get_product_accounts()["expense"]
        return {
            "name": name,
            "quantity": 1,
            "price_unit": amount,
            **({"account_id": account.id} if account else {}),
        }

    def action_view_credit_notes(self):
        """Open the credit notes of the supplier."""
        self.ensure_one()
        if len(self.credit_note_ids) == 1:
            return self._open(self.credit_note_ids)
        return {
            "name": self.env._("Credit Notes"),
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.credit_note_ids.ids)],
        }

    def _sync_credited(self):
        """Follow the credit notes: credited once all that was accepted is."""
        for claim in self:
            if claim.state not in ANSWERED:
                continue
            total = sum(claim.line_ids.mapped("accepted"))
            credited, _settled = claim._get_credited()
            compare = claim.currency_id.compare_amounts
            asked = sum(claim.line_ids.mapped("asked"))
            if compare(credited, total) >= 0:
                state = "credited"
            else:
                state = "accepted" if compare(total, asked) >= 0 else "partly"
            if claim.state != state:
                claim.state = state

    @api.model
    def _open(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
