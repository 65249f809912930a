from odoo import api, fields, models
from odoo.tools import ormcache

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

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        stages._forget()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget()
        return result

    def _forget(self):
        """Have everybody look at the stages anew."""
        # Without records nobody's rights were looked at.
        if self:
            self.env.registry.clear_cache()

    @api.model
    def _get_stages_of(self, team):
        """Return the stages of a team: its own, else those that all teams use.

        :param team: ``aftersales.team``, may be empty
        """
        # sudo: stages are the same for everybody.
        return self.sudo().browse(self._find_ids_of(team.id))

    @api.model
    @ormcache("team_id")
    def _find_ids_of(self, team_id):
        """Return the ids of a team's stages, kept for all who ask.

        Every case asks when it is made, and stages hardly ever change.
        """
        # sudo: as above. An archived stage is nobody's, whatever the caller looks at.
        Stage = self.sudo().with_context(active_test=True)
        own = team_id and Stage.search([("team_ids", "in", [team_id])])
        return (own or Stage.search([("team_ids", "=", False)]))._ids
