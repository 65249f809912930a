from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError


class AftersalesContractSignMixin(models.AbstractModel):
    """A contract is offered to the customer, who signs it on the portal."""

    _name = "aftersales.contract.sign.mixin"
    _inherit = ["aftersales.signature.mixin"]
    _description = "Signature of a Contract"

    signed_by = fields.Char(readonly=True, copy=False)
    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)
    signature = fields.Image(
        max_width=1024, max_height=1024, attachment=True, readonly=True, copy=False
    )

    # --- Offering ---

    def action_offer(self):
        """Send drafts to the customers, who can sign them on the portal.

        :raises UserError: for a customer without an e-mail address
        """
        self._check_state(
            "draft", self.env._("Only a draft is sent for signature: this one runs.")
        )
        for contract in self:
            if not contract.partner_id.email_normalized:
                raise UserError(
                    self.env._(
                        "%s has no e-mail address. Add it, or start the contract once "
                        "it is signed on paper.",
                        contract.partner_id.display_name,
                    )
                )
            error = contract._get_start_error()
            if error:
                raise UserError(error)
        self._write_state(date_offered=fields.Datetime.now())
        self._send_mail("aftersales_addon.mail_template_data_contract_offer")
        return True

    def action_take_back_offer(self):
        """Take drafts back that were sent: the customers do not see them any more."""
        self._check_state("draft")
        if any(contract.date_signed for contract in self):
            raise UserError(self.env._("The customer has signed already."))
        self._write_state(date_offered=False)
        return True

    # --- Signing ---

    def _get_sign_hindrance(self):
        """Return why the contract cannot be signed any more, in words, or empty."""
        self.ensure_one()
        if self.date_signed:
            return self.env._("This contract was signed already.")
        if self.state != "draft" or not self.date_offered:
            return self.env._(
                "This contract cannot be signed any more. Look at it again, or write "
                "to us."
            )
        return ""

    def _can_sign_on_portal(self):
        self.ensure_one()
        return not self._get_sign_hindrance()

    def _sign_on_portal(self, name, signature, author):
        """Sign the contract for the customer, and put it into force.

        Two clicks at the same moment write the same row: the second one is tried
        again by the platform and finds the contract signed.

        :param str name: who signs
        :param str signature: a picture, in base64
        :param author: ``res.partner`` who did it
        :raises UserError: when it cannot be signed
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        contract = self.sudo()
        hindrance = contract._get_sign_hindrance()
        if hindrance:
            raise UserError(hindrance)
        signer = contract._read_signer(name)
        picture = contract._read_signature(signature)
        contract._write_state(signed_by=signer, date_signed=fields.Datetime.now())
        # The row first: of two clicks, one writes the picture's file.
        contract.flush_recordset()
        contract.signature = picture
        contract.message_post(
            author_id=author.id,
            body=self.env._("Signed by %s.", signer),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        # By the system: who signs has no rights on what follows.
        starter = contract.with_user(SUPERUSER_ID).with_company(contract.company_id)
        starter._start_signed()
        contract._send_mail("aftersales_addon.mail_template_data_contract_signed")

    def _start_signed(self):
        """Put a contract into force that the customer has signed.

        When something is missing that only a person can settle, the signature stands
        and that person is told.
        """
        self.ensure_one()
        error = self._get_start_error()
        if not error:
            self._set_running()
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Signed, but it cannot start yet"),
            note=error,
            user_id=self.user_id.id or SUPERUSER_ID,
        )

    # --- Further terms ---

    def _send_renewal_reminder(self):
        """Tell customers by e-mail what happens at the end of the term."""
        self._send_mail("aftersales_addon.mail_template_data_contract_renewal")
