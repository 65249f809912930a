from odoo import fields, models


class AftersalesMailTemplateCaseMixin(models.AbstractModel):
    """Templates that agents put into an answer about a service case."""

    _name = "aftersales.mail.template.case.mixin"
    _description = "Answer in a Service Case"

    aftersales_case_kind = fields.Selection(
        lambda self: self.env["aftersales.case"]._fields["kind"].selection,
        string="When the Case Is A",
        help="Empty: whatever it is.",
    )
