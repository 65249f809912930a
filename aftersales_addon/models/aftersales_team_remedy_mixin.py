from odoo import fields, models


class AftersalesTeamRemedyMixin(models.AbstractModel):
    """What a team does when all that was agreed on in a case is done."""

    _name = "aftersales.team.remedy.mixin"
    _description = "End of the Cases of a Team"

    case_done_template_id = fields.Many2one(
        "mail.template",
        string="All Is Done",
        domain="[('model', '=', 'aftersales.case')]",
        default=lambda self: self.env.ref(
            "aftersales_addon.mail_template_data_case_done", raise_if_not_found=False
        ),
        help="Sent to the customer when the repair, the return or the replacement of "
        "a case is done. Empty, or when the stage that the case goes to has an e-mail "
        "of its own: nothing is sent.",
    )
    is_solved_by_remedies = fields.Boolean(
        string="Solve When All Is Done",
        default=True,
        help="A case is solved by itself when its repairs, returns and replacements "
        "are done.",
    )
