from odoo import fields, models

STAGE_KINDS = [
    ("new", "New"),
    ("open", "In Progress"),
    ("waiting_customer", "Waiting for the Customer"),
    ("waiting_parts", "Waiting for Parts"),
    ("solved", "Solved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
WAITING_KINDS = ("waiting_customer", "waiting_parts")
END_KINDS = ("solved", "closed", "cancelled")


class AftersalesStage(models.Model):
    """A column of a team's board; what it means is its kind, never its name."""

    _name = "aftersales.stage"
    _description = "Stage of Service Cases"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        STAGE_KINDS,
        string="Meaning",
        required=True,
        default="open",
        help="What the promised times and the figures go by. Waiting stages hold the "
        "clocks that the promise allows to be held.",
    )
    team_ids = fields.Many2many(
        "aftersales.team", string="Teams", help="Empty: all teams use it."
    )
    fold = fields.Boolean(string="Folded", help="Shown folded on the board.")
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain="[('model', '=', 'aftersales.case')]",
        help="Sent to the customer when a case comes to this stage.",
    )
    description = fields.Text(translate=True, help="When a case belongs here.")
