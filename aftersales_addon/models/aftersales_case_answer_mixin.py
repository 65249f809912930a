from odoo import models


class AftersalesCaseAnswerMixin(models.AbstractModel):
    """Answers to customers from ready texts, by symptom."""

    _name = "aftersales.case.answer.mixin"
    _inherit = ["aftersales.answer.mixin"]
    _description = "Answers in a Service Case"

    def _get_answer_domain(self):
        return [("aftersales_case_kind", "in", [False, *self.mapped("kind")])]

    def _get_answer_reasons(self):
        return self.reason_id

    def _explain_own_page(self):
        return self.env._("Write a message on the page of the case.")
