from odoo import models


class AftersalesRmaAnswerMixin(models.AbstractModel):
    """Answers to customers from ready texts."""

    _name = "aftersales.rma.answer.mixin"
    _inherit = ["aftersales.answer.mixin"]
    _description = "Answers about a Return"

    def _get_answer_domain(self):
        return [
            ("aftersales_state", "in", [False, *self.mapped("state")]),
            ("aftersales_remedy", "in", [False, *self.line_ids.mapped("remedy")]),
        ]

    def _get_answer_reasons(self):
        return self.line_ids.reason_id

    def _explain_own_page(self):
        return self.env._("Write a message on the page of the return.")
