from odoo import fields, models

from .aftersales_return_policy import REMEDIES


class AftersalesMailTemplateAnswerMixin(models.AbstractModel):
    """Templates that agents put into an answer to a customer."""

    _name = "aftersales.mail.template.answer.mixin"
    _description = "Answer of an Agent"

    aftersales_is_answer = fields.Boolean(
        string="Answer about Returns",
        help="Agents find it under the button “Answer” of a return.",
    )
    aftersales_state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("rejected", "Rejected"),
        ],
        string="While the Return Is",
        help="Empty: at any time.",
    )
    aftersales_remedy = fields.Selection(
        REMEDIES, string="When the Customer Gets", help="Empty: whatever they get."
    )
    aftersales_reason_ids = fields.Many2many(
        "aftersales.reason", string="For the Reasons", help="Empty: for any reason."
    )
