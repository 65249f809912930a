from odoo import models
from odoo.exceptions import UserError


class AftersalesCaseAnswerMixin(models.AbstractModel):
    """Answers to customers from ready texts, by symptom."""

    _name = "aftersales.case.answer.mixin"
    _description = "Answers in a Service Case"

    def _find_answers(self):
        """Return the templates that fit the cases, those for their symptom first."""
        templates = self.env["mail.template"].search(
            [
                ("model", "=", "aftersales.case"),
                ("aftersales_is_answer", "=", True),
                ("aftersales_case_kind", "in", [False, *self.mapped("kind")]),
            ]
        )
        reasons = self.reason_id
        fitting = templates.filtered(
            lambda t: not t.aftersales_reason_ids or t.aftersales_reason_ids & reasons
        )
        return fitting.sorted(
            lambda t: (
                not t.aftersales_reason_ids,
                not t.aftersales_case_kind,
                t.name,
                t.id,
            )
        )

    def action_answer(self):
        """Open the composer with the texts that fit the case."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise UserError(self.env._("Write a message on the page of the case."))
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
