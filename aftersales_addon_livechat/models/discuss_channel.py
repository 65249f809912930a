from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

COMMAND = "/case"


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    aftersales_case_ids = fields.One2many(
        "aftersales.case",
        "discuss_channel_id",
        string="Service Cases",
        groups="aftersales_addon.aftersales_group_user",
    )

    def execute_command_case(self, **kwargs):
        """Make a service case of the conversation, by ``/case subject``.

        :param str body: what the agent has typed
        """
        self.ensure_one()
        text = html2plaintext(kwargs.get("body") or "").strip()
        subject = text.removeprefix(COMMAND).strip()
        case = self._aftersales_make_case(subject)
        self.env.user._bus_send_transient_message(
            self, self.env._("Made: %s", case._get_html_link())
        )

    def _aftersales_make_case(self, subject=""):
        """Return a new case with all that was said in the conversation.

        :param str subject: empty: filled in from what is known
        :raises UserError: for another kind of conversation
        """
        self.ensure_one()
        self.check_access("read")
        Case = self.env["aftersales.case"]
        Case.check_access("create")
        if self.channel_type != "livechat":
            raise UserError(
                self.env._("Only a live chat with a visitor becomes a service case.")
            )
        visitor = self._aftersales_get_visitor()
        case = Case.create(
            {
                "name": subject,
                "channel": "chat",
                "description": self._get_channel_history(),
                "user_id": self.env.uid,
                "discuss_channel_id": self.id,
                **visitor,
            }
        )
        case._message_log(
            body=self.env._("Made of the live chat %s", self.display_name)
        )
        return case

    def _aftersales_get_visitor(self):
        """Return who asks: a contact, else the name and address that they gave."""
        self.ensure_one()
        # sudo: an agent sees who is in the own conversation; visitors are archived.
        members = self.sudo().with_context(active_test=False).channel_member_ids
        # An anonymous visitor stays one, whoever else was invited.
        if guest := members.guest_id[:1]:
            address = guest.email or self._aftersales_get_typed_address()
            return {"partner_name": guest.name, "email_from": address}
        customer = members.partner_id.filtered(
            lambda p: p.partner_share and not p.is_public
        )[:1]
        return {"partner_id": customer.id} if customer else {}

    def _aftersales_get_typed_address(self):
        """Return the e-mail address that the visitor typed for a chatbot."""
        self.ensure_one()
        # sudo: what visitors answer to questions belongs to the conversation.
        answers = self.sudo().chatbot_message_ids.filtered(
            lambda m: m.script_step_id.step_type == "question_email"
        )
        return (
            html2plaintext(answers[:1].user_raw_answer or Markup("")).strip() or False
        )
