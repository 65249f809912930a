from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesTeam(models.Model):
    """A desk: the people who handle documents of after-sales together."""

    _name = "aftersales.team"
    _description = "After-Sales Team"
    _inherit = [
        "aftersales.team.remedy.mixin",
        "aftersales.team.case.mixin",
        "aftersales.team.measure.mixin",
        "aftersales.team.hours.mixin",
    ]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10, help="The rules of the first team are looked at first."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    color = fields.Integer()
    user_id = fields.Many2one(
        "res.users",
        string="Leader",
        check_company=True,
        domain="[('share', '=', False)]",
    )
    member_ids = fields.Many2many(
        "res.users",
        "aftersales_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        check_company=True,
    )
    away_ids = fields.Many2many(
        "res.users",
        "aftersales_team_away_rel",
        "team_id",
        "user_id",
        domain="[('id', 'in', member_ids)]",
        help="Get nothing new until they are taken off this list. Days off in the "
        "working calendar count by themselves.",
    )
    handles_returns = fields.Boolean(string="Returns", default=True)
    assignment = fields.Selection(
        [
            ("manual", "By hand"),
            ("turn", "In turn"),
            ("load", "Whoever has the fewest open ones"),
            ("hours", "Whoever has the fewest open ones for their working hours"),
        ],
        string="Who Becomes Responsible",
        required=True,
        default="manual",
        help="Members who are away or archived are passed over. Without anybody left, "
        "nobody is responsible until somebody takes the document. By working hours, "
        "the next seven days count, without days off: who works half of the time gets "
        "half as much. Members without working hours have those of the team.",
    )
    last_user_id = fields.Many2one(
        "res.users", string="Whose Turn Was Last", readonly=True, copy=False
    )
    assignment_number = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_no_one",
        help="Counts the assignments, so that two at the same moment meet.",
    )
    rule_ids = fields.One2many(
        "aftersales.assignment.rule",
        "team_id",
        string="Which Documents",
        copy=True,
        help="The first rule that fits gives the document to its team. A team without "
        "rules takes what no rule gives to another.",
    )

    def _mark_assignment(self):
        """Let two assignments at the same moment meet on the rows of their teams.

        The second is told by the database that its view is old, and is tried again by
        the platform, with what the first one did in sight.
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_team AS team
                   SET assignment_number = COALESCE(team.assignment_number, 0) + 1
                  FROM (SELECT id FROM aftersales_team WHERE id IN %s
                         ORDER BY id FOR NO KEY UPDATE) AS locked
                 WHERE team.id = locked.id
                """,
                tuple(sorted(self.ids)),
            )
        )
        self.invalidate_recordset(["assignment_number"], flush=False)

    def _get_present_members(self, company):
        """Return who of each team can get something new, in the order of turns.

        :param company: ``res.company`` of the documents
        :return: ``{team: res.users}``
        """
        members = self.member_ids
        absent = self._get_absent_users(members)
        return {
            team: team.member_ids.filtered(
                lambda u, t=team: (
                    u.active
                    and u not in t.away_ids
                    and u not in absent
                    and company in u.company_ids
                )
            ).sorted("id")
            for team in self
        }

    @api.model
    def _get_absent_users(self, users):
        """Return who of users has a day off now, in the working calendar."""
        if not users:
            return users
        now = fields.Datetime.now()
        # sudo: only who is away; why is nobody's business.
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("date_from", "<=", now),
                    ("date_to", ">=", now),
                ]
            )
        )
        return leaves.resource_id.user_id
