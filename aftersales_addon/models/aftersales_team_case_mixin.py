import ast

from odoo import api, fields, models


class AftersalesTeamCaseMixin(models.AbstractModel):
    """How a team handles service cases."""

    _name = "aftersales.team.case.mixin"
    _description = "Service Cases of a Team"
    _inherit = ["mail.alias.mixin"]

    handles_cases = fields.Boolean(string="Service Cases", default=True)
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        help="By which promised times run, unless the promise has its own. Empty: "
        "those of the company.",
    )
    case_properties_definition = fields.PropertiesDefinition("Case Properties")
    case_template_id = fields.Many2one(
        "mail.template",
        string="Confirmation",
        domain="[('model', '=', 'aftersales.case')]",
        help="Sent to the customer at once when a case comes by e-mail or from the "
        "portal. Empty, or when the stage of new cases has an e-mail of its own: "
        "nothing is sent.",
    )
    close_days = fields.Integer(
        string="Close After",
        default=7,
        help="So many days after it was solved, a case of which nobody hears anything "
        "is closed. Zero: by hand only.",
    )
    reopen_days = fields.Integer(
        string="Reopen Within",
        default=30,
        help="A customer who writes within so many days after the case was closed "
        "opens it again; later a new case is made.",
    )
    case_ids = fields.One2many("aftersales.case", "team_id", string="All Cases")
    case_count = fields.Integer(compute="_compute_case_count", string="Open Cases")
    case_late_count = fields.Integer(compute="_compute_case_count", string="Late")
    case_unassigned_count = fields.Integer(
        compute="_compute_case_count", string="Unassigned"
    )

    _days_not_negative = models.Constraint(
        "CHECK (close_days >= 0 AND reopen_days >= 0)", "Days cannot be negative."
    )

    def _compute_case_count(self):
        Case = self.env["aftersales.case"]
        open_ = [("team_id", "in", self.ids), *Case._get_open_documents_domain()]
        now = fields.Datetime.now()
        for name, extra in (
            ("case_count", []),
            ("case_late_count", [("sla_due", "<", now)]),
            ("case_unassigned_count", [("user_id", "=", False)]),
        ):
            counts = dict(Case._read_group([*open_, *extra], ["team_id"], ["__count"]))
            for team in self:
                team[name] = counts.get(team, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("aftersales.case")
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            defaults["team_id"] = self.id
            if self.company_id:
                defaults["company_id"] = self.company_id.id
            values["alias_defaults"] = defaults
        return values

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            for team in self:
                team.write(
                    {
                        key: value
                        for key, value in team._alias_get_creation_values().items()
                        if key == "alias_defaults"
                    }
                )
        return result

    def unlink(self):
        result = super().unlink()
        if self:
            # Stages of this team only are from now on those of all teams.
            self.env.registry.clear_cache()
        return result

    @api.model
    def _get_case_views(self):
        return [(False, "kanban"), (False, "list"), (False, "form")]

    def action_view_cases(self):
        """Show the team's open cases on its board."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "aftersales.case",
            "views": self._get_case_views(),
            "domain": [("team_id", "=", self.id)],
            "context": {"default_team_id": self.id, "search_default_open": 1},
        }
