from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

# What a person wrote; automatic mails, notes of the system and out-of-office answers
# are none of it.
HUMAN_TYPES = ("comment", "email", "email_outgoing")


# Machines do not answer what says that a machine wrote it (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class AftersalesCaseMailMixin(models.AbstractModel):
    """What is written on a case: by whom, to whom, and what follows from it."""

    _name = "aftersales.case.mail.mixin"
    _description = "Conversation on a Service Case"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if msg_values.get("rating_id"):
            # Praise or blame at the end is no question.
            return result
        for case in self:
            case._follow_message(message)
        return result

    def _follow_message(self, message):
        """Keep the promised times and the stage in step with the conversation."""
        self.ensure_one()
        # sudo: what was said are facts of the case.
        case, message = self.sudo(), message.sudo()
        if message.message_type not in HUMAN_TYPES or message.is_internal:
            return
        Data = self.env["ir.model.data"]
        if message.subtype_id.id != Data._xmlid_to_res_id("mail.mt_comment"):
            return
        moment = message.date or fields.Datetime.now()
        if case._is_from_us(message):
            case._note_answer(moment)
            if case.state == "new":
                case._set_kind("open")
        elif case._is_from_customer(message):
            case._hear_customer(moment)

    @api.model
    def _is_from_us(self, message):
        """Tell whether a person of ours wrote a message."""
        users = message.author_id.user_ids
        return any(not user.share for user in users)

    def _is_from_customer(self, message):
        """Tell whether a message is from the customer, or from someone they added."""
        self.ensure_one()
        author = message.author_id
        Data = self.env["ir.model.data"]
        if author and author.id == Data._xmlid_to_res_id("base.public_partner"):
            # Who has the link to a case of nobody we know is whoever asked.
            return not self.partner_id
        if author:
            known = self.partner_id | self.message_partner_ids
            same = author.commercial_partner_id == self.commercial_partner_id
            return author in known or bool(self.commercial_partner_id and same)
        sender = email_normalize(message.email_from)
        return bool(sender) and sender in self._get_known_addresses()

    def _get_known_addresses(self):
        """Return the e-mail addresses that belong to the case."""
        self.ensure_one()
        texts = [self.email_from, *(self.email_cc or "").split(",")]
        return {email_normalize(text) for text in texts if text} - {False}

    def _hear_customer(self, moment):
        """The customer wrote: go on, or take up again."""
        self.ensure_one()
        if self.duplicate_of_id or self.is_spam:
            return
        if self._is_over_for_good(moment):
            self._go_on_in_new_case()
            return
        if self.state in ("solved", "closed", "waiting_customer"):
            self._set_kind("open")
        self._note_question(moment)

    def _is_over_for_good(self, moment):
        """Tell whether a case was closed too long ago to be taken up again."""
        self.ensure_one()
        if self.state != "closed" or not self.date_closed or not self.team_id:
            return False
        return moment > self.date_closed + timedelta(days=self.team_id.reopen_days)

    def _go_on_in_new_case(self):
        """Make a new case of what the customer writes into one long closed."""
        self.ensure_one()
        message = self.message_ids[:1]
        case = self.create(
            {
                "name": self.name,
                "team_id": self.team_id.id,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "email_from": self.email_from,
                "asset_id": self.asset_id.id,
                "kind": self.kind,
                "channel": "portal" if message.message_type == "comment" else "email",
                "description": message.body,
                "related_ids": [fields.Command.link(self.id)],
            }
        )
        self.related_ids = [fields.Command.link(case.id)]
        self._message_log(body=self.env._("The customer goes on in %s.", case.number))

    def _send_automatic(self, template):
        """Send an automatic e-mail about each case; it answers nothing by itself."""
        template.send_mail_batch(
            self.ids,
            email_values={"headers": repr(AUTOMATIC)},
            email_layout_xmlid="mail.mail_notification_light",
        )
