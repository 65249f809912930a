from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What the customer pays by an order of its own.
CHARGED = ("repair", "replacement")
MAX_REASON = 1000


class AftersalesRmaProposalAnswerMixin(models.AbstractModel):
    """What follows when a customer accepts or declines a proposal."""

    _name = "aftersales.rma.proposal.answer.mixin"
    _inherit = ["aftersales.signature.mixin"]
    _description = "Answer to a Proposal"

    def _get_hindrance(self):
        """Return why a proposal cannot be answered any more, in words, or empty."""
        self.ensure_one()
        rma = self.rma_id
        if self.state == "accepted":
            return self.env._("This proposal was accepted already.")
        if self.state == "declined":
            return self.env._("This proposal was declined already.")
        if self.state == "withdrawn" or rma.state != "requested":
            return self.env._(
                "This proposal does not hold any more. Look at the return again, or "
                "write to us."
            )
        if self.is_expired:
            return self.env._(
                "This proposal was valid until %s. Write to us, and we make a new one.",
                self.env["aftersales.asset"]._format_day(self.date_valid),
            )
        if self.content != self._get_content(rma, rma.line_ids):
            return self.env._(
                "The goods of the return have changed since this proposal. Write to "
                "us, and we make a new one."
            )
        return ""

    def _check_open(self):
        hindrance = self._get_hindrance()
        if hindrance:
            raise UserError(hindrance)

    def _accept(self, name, signature, author):
        """Accept a proposal for the customer: the return goes on by itself.

        Two clicks at the same moment write the same row: the second one is tried
        again by the platform and finds the proposal accepted.

        :param str name: who signs
        :param str signature: a picture, in base64
        :param author: ``res.partner`` who did it
        :raises UserError: when it cannot be accepted
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        proposal = self.sudo()
        proposal._check_open()
        signer = proposal._read_signer(name)
        picture = self._read_signature(signature)
        proposal.write(
            {
                "state": "accepted",
                "signed_by": signer,
                "date_answered": fields.Datetime.now(),
            }
        )
        # The row first: of two clicks, one writes the picture's file.
        proposal.flush_recordset()
        proposal.signature = picture
        proposal._forget_reminders()
        proposal.rma_id.message_post(
            author_id=author.id,
            body=self.env._("Proposal accepted and signed by %s.", signer),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        company = proposal.company_id
        proposal.with_user(SUPERUSER_ID).with_company(company)._apply()

    def _decline(self, reason, author):
        """Decline a proposal for the customer; the agent is told.

        :param str reason: the customer's words, may be empty
        :param author: ``res.partner`` who did it
        :raises UserError: when it was answered already
        """
        self.ensure_one()
        # sudo: as above.
        proposal = self.sudo()
        if not proposal.is_expired:
            proposal._check_open()
        clean = self.env["aftersales.registration"]._clean_text("note", reason)
        text = clean[:MAX_REASON]
        proposal.write(
            {
                "state": "declined",
                "decline_reason": text,
                "date_answered": fields.Datetime.now(),
            }
        )
        proposal._forget_reminders()
        rma = proposal.rma_id
        rma.message_post(
            author_id=author.id,
            body=self.env._("Proposal declined: %s", text or "–"),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        rma.with_user(SUPERUSER_ID).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The customer has declined the proposal"),
            note=text,
            user_id=proposal._get_agent().id,
        )

    def _get_agent(self):
        """Return who is told about the answer."""
        self.ensure_one()
        users = self.rma_id.user_id | self.user_id
        return users.filtered("active")[:1] or self.env.user

    # --- What follows ---

    def _apply(self):
        """Let the return go on as it was agreed."""
        self.ensure_one()
        shares = self.line_ids._split_agreed(self.price_unit, self.currency_id)
        for line, share in shares.items():
            line.write(self._prepare_agreed_vals(line, share))
        self.rma_id._set_approved(self.user_id)
        if self.kind in CHARGED:
            self.order_id = self._create_charge()

    def _prepare_agreed_vals(self, line, share):
        """Return how a line is settled from now on.

        :param line: ``aftersales.rma.line``
        :param float share: of the fee, before or with tax as the price is
        """
        self.ensure_one()
        kept = line.remedy in ("refund", "credit")
        remedy = self.kind if self.kind != "fee" else line.remedy if kept else "refund"
        vals = {"proposal_id": self.id, "remedy": remedy}
        if remedy != "replacement":
            vals["is_advance"] = False
        if remedy in ("repair", "exchange", "replacement"):
            vals["is_kept"] = False
        if self.kind == "exchange":
            vals["exchange_product_id"] = self.product_id.id
        if self.kind == "fee":
            vals["agreed_fee"] = share
        return vals

    def _create_charge(self):
        """Order what the customer pays, to be invoiced.

        :return: the confirmed ``sale.order``
        """
        self.ensure_one()
        rma = self.rma_id
        label = self._get_kind_label()
        line = {
            "product_id": self.product_id.id,
            "product_uom_qty": 1.0,
            "price_unit": self.price_unit,
            "technical_price_unit": 0.0,
            "discount": 0.0,
            "name": f"{self.product_id.display_name}\n{label} ({rma.name})",
        }
        order = self.env["sale.order"].create(
            {
                **rma._prepare_replacement_order_vals([Command.create(line)]),
                "user_id": self._get_agent().id,
                "signed_by": self.signed_by,
                "signed_on": self.date_answered,
                "signature": self.signature,
            }
        )
        order.action_confirm()
        return order

    def _forget_reminders(self):
        """Take away the reminder to ask after the answer."""
        xml_id = "aftersales_addon.mail_activity_type_data_rma_proposal"
        self.rma_id.activity_unlink([xml_id])
