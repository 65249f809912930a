from odoo import models
from odoo.exceptions import UserError


class AftersalesAnswerMixin(models.AbstractModel):
    """A document whose customers are answered from ready texts."""

    _name = "aftersales.answer.mixin"
    _description = "Answers about a Document"

    def _get_answer_domain(self):
        """Return which templates fit the documents, whatever their reasons.

        Must be overridden.

        :return: a domain for ``mail.template``, as a list
        """
        raise NotImplementedError

    def _get_answer_reasons(self):
        """Return the reasons that answers may be for. Must be overridden."""
        raise NotImplementedError

    def _explain_own_page(self):
        """Return in words where customers write instead. Must be overridden."""
        raise NotImplementedError

    def _find_answers(self):
        """Return the templates that fit, those for the reason and the kind first."""
        templates = self.env["mail.template"].search(
            [
                ("model", "=", self._name),
                ("aftersales_is_answer", "=", True),
                *self._get_answer_domain(),
            ]
        )
        reasons = self._get_answer_reasons()
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
        """Open the composer with the texts that fit the document.

        :raises UserError: for customers, who write on their own page
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise UserError(self._explain_own_page())
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
