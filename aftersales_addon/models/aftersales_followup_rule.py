from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .aftersales_followup_event_mixin import EVENTS
from .aftersales_followup_plan_mixin import BACK_DAYS

UNITS = [
    ("hour", "Hours"),
    ("day", "Days"),
    ("workday", "Working Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
]
ACTIONS = [
    ("activity", "Give Somebody an Activity"),
    ("plan", "Start an Activity Plan"),
    ("mail", "Send an E-mail"),
    ("thank", "Say Thank You"),
    ("rating", "Ask for a Rating"),
    ("nps", "Ask Whether They Would Recommend Us"),
    ("case", "Open a Service Case"),
    ("offer", "Offer an Extension or a Renewal"),
    ("note", "Note It on the Document"),
]
# The actions that write to the customer: once a day at most, never in quiet hours.
MESSAGES = ("mail", "thank", "rating", "nps", "offer")
# What nobody but a customer can be asked or thanked for.
CUSTOMER_ONLY = ("thank", "rating", "nps")
CUSTOMERS = ("contact", "customer")
# What decides on when and for which records something is planned.
PLANNED_BY = {
    "event",
    "offset_count",
    "offset_unit",
    "offset_direction",
    "on_workday",
    "hour",
    "domain",
    "company_id",
}
# What makes a rule one for other records than before.
WIDENED_BY = {"event", "domain", "company_id"}
# Ten years: what lies further off is a mistake.
MAX_DAYS = 3660
DAYS = {"hour": 1 / 24, "day": 1, "workday": 7 / 5, "week": 7, "month": 31}


class AftersalesFollowupRule(models.Model):
    """What is to happen some time before or after an event, without being asked."""

    _name = "aftersales.followup.rule"
    _description = "Follow-up Rule"
    _inherit = [
        "aftersales.followup.plan.mixin",
        "aftersales.followup.replan.mixin",
        "aftersales.followup.switch.mixin",
        "aftersales.followup.event.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive a rule that is not needed; what it did stays."
    )
    is_on = fields.Boolean(
        string="On",
        copy=False,
        readonly=True,
        tracking=True,
        help="Follows up what happens from the day on which it was switched on.",
    )
    date_since = fields.Date(
        string="Since",
        copy=False,
        readonly=True,
        help="What would have been due before this day is not made up for.",
    )
    date_scanned = fields.Datetime(copy=False, readonly=True)
    error = fields.Text(
        string="Problem",
        copy=False,
        readonly=True,
        help="Why nothing could be planned the last time.",
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    event = fields.Selection(EVENTS, required=True, tracking=True)
    model_name = fields.Char(compute="_compute_model_name", string="Model")
    offset_count = fields.Integer(string="How Long", default=7, tracking=True)
    offset_unit = fields.Selection(UNITS, default="day", required=True, tracking=True)
    offset_direction = fields.Selection(
        [("after", "After"), ("before", "Before")],
        string="Before or After",
        default="after",
        required=True,
        tracking=True,
    )
    on_workday = fields.Boolean(
        string="On Working Days Only",
        default=True,
        help="What falls on a free day of the company happens on the next working day; "
        "before an event, on the working day before.",
    )
    hour = fields.Float(
        string="At",
        default=9.0,
        help="The hour, in the customer's time zone. Offsets in hours go by the clock "
        "of the event.",
    )
    domain = fields.Char(
        string="Only If", default="[]", help="Which of the records are followed up."
    )
    stop_closed = fields.Boolean(
        string="Not After a Return or a Refund",
        default=True,
        help="Nothing happens when the product came back, the order was refunded, or "
        "the customer has an open complaint.",
    )
    action = fields.Selection(ACTIONS, default="activity", required=True, tracking=True)
    audience = fields.Selection(
        [
            ("contact", "The Contact"),
            ("customer", "The Customer's Company"),
            ("responsible", "The Person Responsible"),
            ("team", "The Leader of the Team"),
        ],
        string="Who",
        default="responsible",
        required=True,
        help="Whom an e-mail or an offer goes to, or who gets the activity.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="If Nobody Is Responsible",
        domain="[('share', '=', False)]",
        help="Gets the activities of documents without a person or a team, and hears "
        "of what failed. Empty: who runs after-sales.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain="[('model', '=', model_name)]",
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Kind of Activity",
        domain="['|', ('res_model', '=', False), ('res_model', '=', model_name)]",
        ondelete="restrict",
    )
    summary = fields.Char(translate=True, help="What is to be done.")
    note = fields.Html(translate=True)
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Plan",
        domain="[('res_model', '=', model_name)]",
        ondelete="restrict",
        check_company=True,
    )
    case_team_id = fields.Many2one(
        "aftersales.team",
        string="Team of the Case",
        ondelete="restrict",
        check_company=True,
    )
    followup_ids = fields.One2many("aftersales.followup", "rule_id")
    planned_count = fields.Integer(compute="_compute_counts", string="Planned")
    done_count = fields.Integer(compute="_compute_counts", string="Done")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")

    _offset_not_negative = models.Constraint(
        "CHECK (offset_count >= 0)",
        "How long is zero or more; choose before or after.",
    )
    _hour_of_day = models.Constraint(
        "CHECK (hour >= 0 AND hour < 24)", "The hour lies between 0:00 and 23:59."
    )

    @api.depends("event")
    def _compute_model_name(self):
        sources = self._get_sources()
        for rule in self:
            rule.model_name = rule.event and sources[rule.event].model

    def _compute_counts(self):
        counts = {}
        for rule, state, count in self.env["aftersales.followup"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id", "state"], ["__count"]
        ):
            counts[rule, state] = count
        for rule in self:
            for state in ("planned", "done", "failed"):
                rule[f"{state}_count"] = counts.get((rule, state), 0)

    @api.constrains("offset_count", "offset_unit")
    def _check_offset(self):
        for rule in self:
            days = rule.offset_count * DAYS.get(rule.offset_unit, 366)
            if days > MAX_DAYS:
                raise ValidationError(
                    self.env._("“%s”: ten years before or after at most.", rule.name)
                )

    @api.constrains("domain", "event")
    def _check_domain(self):
        # Constraints run with all rights: here those of who writes count.
        for rule in self.sudo(False):
            condition = rule._get_condition()
            rule._check_fields(self.env[rule.model_name].sudo(False), condition)

    @api.constrains("action", "event", "template_id", "activity_plan_id", "audience")
    def _check_action(self):
        for rule in self:
            error = rule._get_action_error()
            if error:
                raise ValidationError(error)

    def _get_action_error(self):
        """Return what is missing for the action and what to do, or False."""
        self.ensure_one()
        model = self.model_name
        if self.action == "mail" and not self.template_id:
            return self.env._("“%s”: choose the e-mail that is sent.", self.name)
        if self.template_id and self.template_id.model != model:
            return self.env._(
                "“%(rule)s”: the e-mail “%(mail)s” is for other documents. Choose one "
                "that is made for this event.",
                rule=self.name,
                mail=self.template_id.name,
            )
        if self.action == "plan" and not self.activity_plan_id:
            return self.env._("“%s”: choose the plan that is started.", self.name)
        if self.action == "plan" and self.activity_plan_id.res_model != model:
            return self.env._("“%s”: the plan is for other documents.", self.name)
        return self._get_limit_error()

    def _get_limit_error(self):
        """Return what an action cannot do for this event and audience, or False."""
        if self.action == "rating" and not self._can_rate():
            return self.env._(
                "“%s”: a rating can be asked for about a service case.", self.name
            )
        if self.action == "offer" and self.model_name not in (
            self._get_offering_models()
        ):
            return self.env._(
                "“%s”: an offer can be made for a product or a contract only.",
                self.name,
            )
        if self.action in CUSTOMER_ONLY and self.audience not in CUSTOMERS:
            return self.env._(
                "“%s”: questions and thanks go to the contact or the customer.",
                self.name,
            )
        return False

    def _can_rate(self):
        self.ensure_one()
        return self.event.startswith("case_")

    @api.model
    def _get_offering_models(self):
        return ("aftersales.asset", "aftersales.contract")

    def _get_condition(self):
        """Return the condition of the rule as a ``Domain``.

        :raises ValidationError: when it does not fit the records of the event
        """
        self.ensure_one()
        try:
            conditions = literal_eval(self.domain or "[]")
        except (SyntaxError, TypeError, ValueError, RecursionError) as error:
            raise ValidationError(
                self.env._(
                    "“%s”: the condition may hold values only, no formulas. For days, "
                    "write for example “today -7d” as the value.",
                    self.name,
                )
            ) from error
        try:
            domain = Domain(conditions)
            # The fields that it names must exist.
            domain.validate(self.env[self.model_name].sudo())
        except (SyntaxError, TypeError, ValueError, RecursionError) as error:
            raise ValidationError(
                self.env._(
                    "“%(rule)s”: the condition does not fit: %(error)s",
                    rule=self.name,
                    error=error,
                )
            ) from error
        return domain

    @api.model
    def _check_fields(self, Model, domain):
        """Let nobody find out by a condition what they may not read.

        :raises AccessError: when a field of the condition is kept from the user
        """
        for condition in domain.iter_conditions():
            target = Model
            for name in condition.field_expr.split("."):
                field = target._fields.get(name)
                if not field:
                    break
                target._check_field_access(field, "read")
                if field.relational:
                    target = self.env[field.comodel_name]
            if condition.operator in ("any", "not any"):
                self._check_fields(target, Domain(condition.value))

    def action_preview(self):
        """Show what the rule would do to real records, without doing it."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test This Rule"),
            "res_model": "aftersales.followup.preview",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    def action_view_planned(self):
        """Show what the rule has planned."""
        return self._view_followups("planned")

    def action_view_done(self):
        """Show what the rule did."""
        return self._view_followups("done")

    def action_view_failed(self):
        """Show what failed for the rule."""
        return self._view_followups("failed")

    def _view_followups(self, state):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_followup_action"
        )
        return {
            **action,
            "domain": [("rule_id", "=", self.id)],
            "context": {f"search_default_{state}": True},
        }

    def write(self, vals):
        if "event" in vals:
            self._check_event_kept(vals["event"])
        result = super().write(vals)
        if vals.get("active") is False:
            self.filtered("is_on").action_switch_off()
        elif PLANNED_BY & vals.keys() and (on := self.filtered("is_on")):
            # Another time moves what is planned; other records begin today.
            back_days = BACK_DAYS if WIDENED_BY.isdisjoint(vals) else 0
            if "event" in vals:
                # What is due is about records of the other event.
                on._forget_plans()
            on._plan_anew(on._get_since_change(back_days))
        return result

    def _check_event_kept(self, event):
        """What a rule did is about its event: that stays."""
        changed = self.filtered(lambda r: r.event != event)
        # sudo: what a rule did counts, whoever may see it.
        used = self.env["aftersales.followup"].sudo()
        if used.search_count(
            [("rule_id", "in", changed.ids), ("state", "!=", "planned")], limit=1
        ):
            raise UserError(
                self.env._(
                    "This rule did something already. Make a new one for the other "
                    "event."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: what a rule did counts, whoever may see it.
        used = self.env["aftersales.followup"].sudo()
        if used.search_count(
            [("rule_id", "in", self.ids), ("state", "!=", "planned")], limit=1
        ):
            raise UserError(
                self.env._("What this rule did stays on record. Archive it instead.")
            )
