from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_stage import END_KINDS, STAGE_KINDS

KINDS = [
    ("question", "Question"),
    ("technical", "Technical Problem"),
    ("complaint", "Complaint"),
    ("claim", "Warranty Claim"),
    ("installation", "Installation"),
    ("training", "Training"),
]
CHANNELS = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("chat", "Chat"),
    ("onsite", "On Site"),
]
PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Very High"), ("3", "Urgent")]
RESOLUTIONS = [
    ("advice", "Advice"),
    ("repair", "Repair"),
    ("return", "Return"),
    ("replacement", "Replacement"),
    ("refund", "Refund"),
    ("visit", "Visit"),
    ("none", "Nothing to Do"),
]
# Written by what happens to the case, never by hand.
FACTS = {
    "number",
    "state",
    "date_first_response",
    "date_first_solved",
    "date_solved",
    "date_closed",
    "date_last_customer_message",
    "reopen_count",
    "reply_count",
    "duplicate_of_id",
    "access_token",
    "assessment_id",
    "contract_id",
    "remedy_state",
    "is_answer_awaited",
}


class AftersalesCase(models.Model):
    """A customer's concern, from the first word to the last, whatever the channel."""

    _name = "aftersales.case"
    _description = "Service Case"
    _inherit = [
        "aftersales.case.troubleshoot.mixin",
        "aftersales.case.phone.mixin",
        "aftersales.case.desk.mixin",
        "aftersales.case.merge.mixin",
        "aftersales.case.gateway.mixin",
        "aftersales.case.mail.mixin",
        "aftersales.case.article.mixin",
        "aftersales.case.guest.mixin",
        "aftersales.case.portal.mixin",
        "aftersales.case.rating.mixin",
        "aftersales.case.measure.mixin",
        "aftersales.facts.mixin",
        "aftersales.link.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "rating.mixin",
        "mail.activity.mixin",
        "aftersales.case.customer.mixin",
        "aftersales.case.stage.mixin",
        "aftersales.case.clock.mixin",
        "aftersales.case.visit.mixin",
        "aftersales.case.assessment.mixin",
        "aftersales.case.step.mixin",
        "aftersales.case.followup.mixin",
        "aftersales.case.answer.mixin",
        "aftersales.case.remedy.mixin",
        "aftersales.assignment.mixin",
    ]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _primary_email = "email_from"
    _rec_names_search = ["number", "name"]

    number = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    # Who sees a case sees whose it is: its board and its properties go by the team.
    team_id = fields.Many2one(groups=False)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    kind = fields.Selection(KINDS, required=True, default="question", tracking=True)
    reason_id = fields.Many2one(
        "aftersales.reason",
        string="Symptom",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        domain="[('is_defect', '=', True)]",
        help="What the customer notices. The same symptom offers the same answers on "
        "every channel.",
    )
    priority = fields.Selection(PRIORITIES, default="0", tracking=True)
    tag_ids = fields.Many2many(
        "aftersales.tag", string="Tags", groups="base.group_user"
    )
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    description = fields.Html(help="What the customer told us.")
    stage_id = fields.Many2one(
        "aftersales.stage",
        index=True,
        tracking=True,
        ondelete="restrict",
        copy=False,
        group_expand="_read_group_stage_ids",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    state = fields.Selection(
        STAGE_KINDS, string="Meaning of the Stage", readonly=True, copy=False
    )
    date_reported = fields.Datetime(
        string="Reported On",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        help="When the customer told us. It decides on the coverage.",
    )
    date_first_response = fields.Datetime(readonly=True, copy=False)
    date_first_solved = fields.Datetime(readonly=True, copy=False)
    date_solved = fields.Datetime(string="Solved On", readonly=True, copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)
    date_last_customer_message = fields.Datetime(
        string="Customer Wrote On", readonly=True, copy=False
    )
    reopen_count = fields.Integer(string="Reopened", readonly=True, copy=False)
    reply_count = fields.Integer(
        string="Answers",
        readonly=True,
        copy=False,
        help="What people of ours wrote to the customer; automatic mails do not count.",
    )
    resolution = fields.Selection(RESOLUTIONS, string="Solved By", copy=False)
    resolution_note = fields.Text(
        string="What Helped",
        copy=False,
        groups="base.group_user",
        help="For whoever has the same case next.",
    )
    is_spam = fields.Boolean(
        string="Spam", copy=False, help="Counts in no figure, and nobody is answered."
    )
    duplicate_of_id = fields.Many2one(
        "aftersales.case",
        string="Merged Into",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    duplicate_ids = fields.One2many(
        "aftersales.case",
        "duplicate_of_id",
        string="Merged Cases",
        groups="base.group_user",
    )
    related_ids = fields.Many2many(
        "aftersales.case",
        "aftersales_case_related_rel",
        "case_id",
        "related_id",
        string="Related Cases",
        copy=False,
        groups="base.group_user",
        check_company=True,
    )
    case_properties = fields.Properties(
        "Properties",
        definition="team_id.case_properties_definition",
        groups="base.group_user",
    )
    color = fields.Integer()

    _number_unique = models.Constraint(
        "UNIQUE (company_id, number)", "This number of a case exists already."
    )
    _no_merge_into_itself = models.Constraint(
        "CHECK (duplicate_of_id <> id)", "A case cannot be merged into itself."
    )
    _open_index = models.Index(
        "(company_id, user_id, id) WHERE state NOT IN ('solved', 'closed', 'cancelled')"
    )
    _order_index = models.Index("(priority DESC, id DESC)")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.number} {case.name or ''}".strip()

    def _compute_access_url(self):
        for case in self:
            case.access_url = f"/my/cases/{case.id}"

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show a team's own columns, empty ones too."""
        team = self.env.context.get("default_team_id")
        known = [("team_ids", "=", False)]
        if team:
            known = ["|", *known, ("team_ids", "in", team)]
        # sudo: whoever sees the board sees its columns.
        return stages.sudo().search(["|", ("id", "in", stages.ids), *known])

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        self.env["ir.sequence"]._aftersales_number("aftersales.case", vals_list)
        self._name_unnamed(vals_list)
        cases = super().create(vals_list)
        cases._find_customers()
        cases.filtered(lambda c: c.name == "/")._fill_in_names()
        cases._assess()
        cases._assign_team()
        cases._enter_first_stage()
        cases._assign_responsible()
        cases._subscribe_customers()
        cases._start_clocks()
        return cases

    def write(self, vals):
        self._check_facts(vals)
        before = self._get_stage_facts(vals)
        result = super().write(vals)
        self._follow_stages(before)
        self._follow_promises(vals)
        return result

    def _get_facts(self):
        return FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s cannot be typed in: it follows from what happens to the case.", labels
        )

    def _assign_responsible(self):
        """Make somebody responsible: who took it in, else by the way of the team."""
        user = self.env.user
        all_documents = "aftersales_addon.aftersales_group_user_all"
        if (
            user._is_internal()
            and not self.env.su
            and not user.has_group(all_documents)
        ):
            # Who sees their own only keeps what they have taken in themselves.
            self.filtered(lambda c: not c.user_id).user_id = user
        self._assign_user()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        if any(case.reply_count or case.duplicate_ids for case in self):
            raise UserError(
                self.env._(
                    "A case that was answered stays on record. Cancel it instead, or "
                    "mark it as spam."
                )
            )

    def _is_open(self):
        """Tell whether somebody still has to do something."""
        self.ensure_one()
        return self.state not in END_KINDS

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Case"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
