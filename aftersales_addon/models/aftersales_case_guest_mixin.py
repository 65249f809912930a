from odoo import api, models
from odoo.tools import email_normalize

from .aftersales_case_portal_mixin import KEY

GUEST_CASE_URL = "/aftersales/case"
MAX_NAME = 128
MAX_EMAIL = 254
# Cases that one network, and one mailbox, may make within a day.
MAX_PER_VISITOR = 20
MAX_PER_MAILBOX = 5


class AftersalesCaseGuestMixin(models.AbstractModel):
    """Cases of people without an account, as trustworthy as an e-mail.

    Whose address it is nobody has shown. So nothing of the case is shown on the page:
    all that follows goes to the mailbox.
    """

    _name = "aftersales.case.guest.mixin"
    _description = "Service Cases of Guests"

    _request_key_guest_unique = models.UniqueIndex(
        "(request_key) WHERE commercial_partner_id IS NULL AND request_key IS NOT NULL",
        "This case exists already.",
    )

    @api.model
    def _read_guest(self, post):
        """Return who asks, checked.

        :param dict post: the fields of the form
        :return: values of a case and errors by field in words
        """
        clean = self.env["aftersales.registration"]._clean_text
        vals = {
            "partner_name": clean("name", post.get("partner_name")),
            "email_from": clean("name", post.get("email_from")),
        }
        errors = {}
        if not vals["partner_name"]:
            errors["partner_name"] = self.env._("What is your name?")
        if not email_normalize(vals["email_from"]):
            errors["email_from"] = self.env._(
                "Type the e-mail address that we may answer to."
            )
        for name, most in (("partner_name", MAX_NAME), ("email_from", MAX_EMAIL)):
            if len(vals[name]) > most:
                errors[name] = self.env._("At most %s letters, please.", most)
        return vals, errors

    @api.model
    def _receive_guest(self, source, values, guest, key, address):
        """Make the case that somebody without an account asks for.

        :param dict source: as of ``_receive_request``
        :param dict values: from ``_read_request``
        :param dict guest: from ``_read_guest``
        :param str key: of the form
        :param str address: where the visitor comes from
        :return: the case and the error in words
        """
        mailbox = email_normalize(guest["email_from"])
        # sudo: the key was given to the visitor with the form.
        cases = self.sudo()
        if KEY.fullmatch(key):
            sent = cases.search([("request_key", "=", key)], limit=1)
            if sent and email_normalize(sent.email_from) == mailbox:
                # The button was pressed twice.
                return sent, ""
            if sent:
                # They went back and mended their address: that is another case.
                key = ""
        Try = self.env["aftersales.return.try"]
        most = MAX_PER_VISITOR, MAX_PER_MAILBOX
        if not Try._may_ask(f"c-{address}", f"cm-{mailbox}", most):
            return cases.browse(), self.env._(
                "There were too many questions from your network, or from this "
                "address, today. Answer to the e-mail that you got from us, or try "
                "again tomorrow."
            )
        guest = {**guest, "email_from": mailbox}
        return self._receive_request({**source, "guest": guest}, values, key)

    @api.model
    def _is_too_often(self, customer):
        # Guests are counted by network and by mailbox.
        return bool(customer) and super()._is_too_often(customer)

    def _attach_request_files(self, customer, files):
        author = customer or self.partner_id
        if author or not files:
            return super()._attach_request_files(author, files)
        return self.message_post(
            author_id=False,
            email_from=self.email_from,
            body=self.env._("Photos and videos"),
            attachments=files,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
