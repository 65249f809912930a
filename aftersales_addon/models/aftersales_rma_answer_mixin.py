from odoo import models
from odoo.exceptions import UserError


class AftersalesRmaAnswerMixin(models.AbstractModel):
    """Answers to customers from ready texts."""

    _name = "aftersales.rma.answer.mixin"
    _description = "Answers about a Return"

    def _find_answers(self):
        """Return the templates that fit the returns, those for their reasons first."""
        templates = self.env["mail.template"].search(
            [
                ("model", "=", "aftersales.rma"),
                ("aftersales_is_answer", "=", True),
                ("aftersales_state", "in", [False, *self.mapped("state")]),
                ("aftersales_remedy", "in", [False, *self.line_ids.mapped("remedy")]),
            ]
        )
        reasons = self.line_ids.reason_id
        fitting = templates.filtered(
            lambda t: not t.aftersales_reason_ids or t.aftersales_reason_ids & reasons
        )
        return fitting.sorted(lambda t: (not t.aftersales_reason_ids, t.name, t.id))

    def action_answer(self):
        """Open the composer with the texts that fit the return."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise UserError(self.env._("Write a message on the page of the return."))
        view = self.env.ref("aftersales_addon.mail_compose_message_view_form_answer")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
            },
        }
