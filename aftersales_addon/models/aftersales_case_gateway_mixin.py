import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from .aftersales_stage import END_KINDS

# What mail programs put before the subject of an answer or a forward, in the languages
# that people write to us in.
_PREFIXES = re.compile(
    r"^\s*((re|aw|antw|sv|fw|fwd|wg|tr|rif|res|enc|rv|vs)(\[\d+\])?\s*:\s*)+", re.I
)
# Headers that mark an answer of a machine; the first one is of RFC 3834.
_ANSWERS = {
    "Auto-Submitted": ("auto-replied",),
    "Precedence": ("auto_reply",),
    "X-Autoreply": (),
    "X-Autorespond": (),
    "X-Auto-Reply": (),
}
# The same person with the same subject within so many hours is the same concern.
SAME_CONCERN = timedelta(hours=24)


def is_automatic_answer(message):
    """Tell whether an e-mail is the answer of a machine, as of somebody on holiday.

    :param message: ``email.message.EmailMessage``
    """
    for name, values in _ANSWERS.items():
        value = (message.get(name) or "").split(";")[0].strip().lower()
        if value and value != "no" and (not values or value in values):
            return True
    return False


def is_automatic(message):
    """Tell whether no person sent an e-mail (RFC 3834, section 5).

    :param message: ``email.message.EmailMessage``
    """
    value = (message.get("Auto-Submitted") or "").split(";")[0].strip().lower()
    return is_automatic_answer(message) or value not in ("", "no")


class AftersalesCaseGatewayMixin(models.AbstractModel):
    """Service cases by e-mail: new ones, answers, and what is neither."""

    _name = "aftersales.case.gateway.mixin"
    _description = "E-Mails to Service Cases"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a case of an e-mail to a team's address, or find it again.

        Somebody who sends the same twice, or writes on without an answer to refer to,
        does not get two people to work on it.
        """
        same = self._find_same_concern(msg_dict, custom_values or {})
        if same:
            same.message_update(msg_dict)
            return same
        values = {
            "name": self._clean_subject(msg_dict.get("subject")),
            "channel": "email",
            "description": msg_dict.get("body"),
            "partner_id": msg_dict.get("author_id") or False,
            **(custom_values or {}),
        }
        author = self.env["res.partner"].browse(values["partner_id"] or ())
        if any(not user.share for user in author.sudo().user_ids):
            # A colleague who forwards a mail is not the customer: who is, a person
            # finds out.
            values["partner_id"] = False
            msg_dict = {**msg_dict, "email_from": False}
        case = super().message_new(msg_dict, custom_values=values)
        case._confirm_receipt()
        return case

    def message_update(self, msg_dict, update_vals=None):
        """Take in an answer; of strangers only as a note.

        Whoever knows a mail of a conversation can write into it. Their text is kept for
        us, but it goes to no customer, moves no stage and no clock, and they get
        nothing of what is written from then on.
        """
        for case in self:
            if case._is_known_sender(msg_dict):
                continue
            msg_dict["is_internal"] = True
            case._warn_of_stranger(msg_dict.get("email_from"))
        if any(not case._is_known_sender(msg_dict) for case in self):
            # The addresses in their copy line are no part of the case either.
            msg_dict = {**msg_dict, "cc": ""}
        return super().message_update(msg_dict, update_vals=update_vals)

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Have customers answer to the address of the team, where it has one."""
        result = super()._notify_get_reply_to_batch(
            defaults=defaults, author_ids=author_ids
        )
        # sudo: the address of a team is what its customers write to anyway.
        for team, cases in self.sudo().grouped("team_id").items():
            address = team.alias_domain_id and team.alias_full_name
            for case in cases if address else ():
                result[case.id] = case._notify_get_reply_to_formatted_email(
                    address, author_id=(author_ids or {}).get(case.id)
                )
        return result

    @api.model
    def _clean_subject(self, subject):
        """Return a subject without what mail programs put before it."""
        cleaned = _PREFIXES.sub("", (subject or "").strip())
        return cleaned.strip() or self.env._("(no subject)")

    @api.model
    def _find_same_concern(self, msg_dict, values):
        """Return the open case of the same sender and subject of the last day."""
        sender = email_normalize(msg_dict.get("email_from"))
        subject = self._clean_subject(msg_dict.get("subject"))
        if not sender or not msg_dict.get("subject"):
            return self.browse()
        since = fields.Datetime.now() - SAME_CONCERN
        domain = [
            ("create_date", ">=", since),
            ("channel", "=", "email"),
            ("state", "not in", END_KINDS),
            ("name", "=", subject),
        ]
        if values.get("team_id"):
            domain.append(("team_id", "=", values["team_id"]))
        # sudo: the gateway looks among all cases, whoever gets them.
        found = self.sudo().search(domain, order="id desc", limit=20)
        return found.filtered(lambda c: email_normalize(c.email_from) == sender)[:1]

    def _is_known_sender(self, msg_dict):
        """Tell whether an e-mail is from the customer, a follower, or one of us."""
        self.ensure_one()
        # sudo: the addresses of the case are compared, nothing is shown.
        case = self.sudo()
        sender = email_normalize(msg_dict.get("email_from"))
        if not sender:
            return False
        if sender in case._get_known_addresses():
            return True
        customer = case.commercial_partner_id
        family = customer | customer.child_ids | case.message_partner_ids
        if sender in family.mapped("email_normalized"):
            return True
        author = case.env["res.partner"].browse(msg_dict.get("author_id") or ())
        return author.email_normalized == sender and any(
            not user.share for user in author.user_ids
        )

    def _warn_of_stranger(self, address):
        """Have a person look at the mail of somebody who does not belong to a case."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("A stranger wrote into this case"),
                note=self.env._(
                    "%s is not known on this case. What they wrote is kept as a note.",
                    address or "",
                ),
            )

    def _message_receive_bounce(self, email, partner):
        """Have a person look when an e-mail to the customer comes back."""
        result = super()._message_receive_bounce(email, partner)
        for case in self:
            user = case.user_id or case.team_id.user_id
            note = self.env._(
                "An e-mail to %s came back: the address does not work.", email or ""
            )
            case._message_log(body=note)
            if user and case._is_open():
                case.activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=user.id,
                    summary=self.env._("The customer cannot be reached by e-mail"),
                    note=note,
                )
        return result

    def _confirm_receipt(self):
        """Tell customers that their case has arrived, once."""
        for case in self.sudo():
            if case.stage_id.mail_template_id:
                # The stage of new cases has its own e-mail: one is enough.
                continue
            template = case.team_id.case_template_id
            if template and not case.is_spam and (case.partner_id or case.email_from):
                case._send_carefully(template)
