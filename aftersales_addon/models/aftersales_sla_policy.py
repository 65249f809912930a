from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from .aftersales_case import KINDS, PRIORITIES

TARGETS = {
    "first_response": "hours_first_response",
    "next_response": "hours_next_response",
    "resolution": "hours_resolution",
}
# What a promise may ask of a case, beside its company; what costs least comes first.
CONDITIONS = ("kind", "priority", "team_ids", "tag_ids", "partner_ids", "plan_ids")


class AftersalesSlaPolicy(models.Model):
    """How quickly the company promises to answer and to help.

    The first policy of the list that fits a case holds for it, as a whole: nobody has
    to work out what several promises add up to.
    """

    _name = "aftersales.sla.policy"
    _description = "Promised Times (SLA)"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="The first policy of the list that fits a case holds for it."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    team_ids = fields.Many2many(
        "aftersales.team", string="Teams", check_company=True, help="Empty: all teams."
    )
    kind = fields.Selection(KINDS, help="Empty: all kinds of cases.")
    priority = fields.Selection(
        PRIORITIES,
        string="Priority from",
        help="For cases of this priority or a higher one. Empty: all.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="And their contacts. Empty: all customers.",
    )
    tag_ids = fields.Many2many(
        "aftersales.tag", string="Tags", help="A case with one of them. Empty: all."
    )
    plan_ids = fields.Many2many(
        "aftersales.plan",
        string="Service Plans",
        check_company=True,
        help="Cases of units under a contract by one of them. Empty: all.",
    )
    around_the_clock = fields.Boolean(
        string="Day and Night",
        tracking=True,
        help="Time counts around the clock, on all days. Else only working time does.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        tracking=True,
        help="With its holidays. Empty: those of the team, else of the company.",
    )
    hours_first_response = fields.Float(
        string="First Answer Within",
        tracking=True,
        help="Hours until a person of ours answers for the first time; automatic mails "
        "do not count. Zero: not promised.",
    )
    hours_next_response = fields.Float(
        string="Further Answers Within",
        tracking=True,
        help="Hours until each later message of the customer is answered. Zero: not "
        "promised.",
    )
    hours_resolution = fields.Float(
        string="Solved Within", tracking=True, help="Hours. Zero: not promised."
    )
    hold_customer = fields.Boolean(
        string="Held While Waiting for the Customer",
        default=True,
        tracking=True,
        help="The time to solve the case stands still in these stages.",
    )
    hold_parts = fields.Boolean(
        string="Held While Waiting for Parts",
        tracking=True,
        help="The time to solve the case stands still in these stages.",
    )
    hours_warning = fields.Float(
        string="Warn Before",
        default=1.0,
        help="So many hours of working time before a promise runs out, the responsible "
        "person gets an activity. Zero: no warning.",
    )
    description = fields.Text(translate=True)
    case_count = fields.Integer(compute="_compute_case_count", string="Cases")

    _hours_not_negative = models.Constraint(
        "CHECK (hours_first_response >= 0 AND hours_next_response >= 0 "
        "AND hours_resolution >= 0 AND hours_warning >= 0)",
        "Hours cannot be negative.",
    )
    _promises_something = models.Constraint(
        "CHECK (hours_first_response > 0 OR hours_next_response > 0 "
        "OR hours_resolution > 0)",
        "Promise something: an answer, further answers, or a solution.",
    )

    def _compute_case_count(self):
        counts = dict(
            self.env["aftersales.case"]._read_group(
                [("sla_policy_id", "in", self.ids)], ["sla_policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.case_count = counts.get(policy, 0)

    @api.constrains("calendar_id", "around_the_clock")
    def _check_calendar(self):
        """A calendar in which nobody works would never let a promise run out."""
        for policy in self:
            calendar = policy.calendar_id
            if policy.around_the_clock or not calendar:
                continue
            if not calendar._aftersales_has_hours():
                raise ValidationError(
                    self.env._(
                        "“%s” has no working hours. Add some, or choose day and night.",
                        calendar.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        if policies:
            self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if not self:
            # Without records nobody's rights were looked at.
            return result
        self.env.registry.clear_cache()
        self.env["aftersales.sla.clock"]._mark_stale([("policy_id", "in", self.ids)])
        return result

    def unlink(self):
        result = super().unlink()
        if self:
            self.env.registry.clear_cache()
        return result

    def action_view_cases(self):
        """Show the cases that this promise holds for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Cases"),
            "res_model": "aftersales.case",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("sla_policy_id", "=", self.id)],
        }

    @api.model
    def _find(self, case):
        """Return the promise that holds for a case: the first one that fits, if any."""
        # What is for an archived team is for no other, rather than for all.
        policies = self.with_context(active_test=False)
        for policy_id, conditions in self._get_conditions(case.company_id.id):
            if policies.browse(policy_id)._fits(case, conditions):
                return self.browse(policy_id)
        return self.browse()

    @api.model
    @ormcache("company_id")
    def _get_conditions(self, company_id):
        """Return the promises of a company in their order, and what each asks for.

        It is kept: every new case asks for it, and promises hardly ever change. The
        conditions themselves are looked at each time, as far as there are any.

        :return: pairs of an id and some of CONDITIONS
        """
        # sudo: whoever asks for help is promised the same. An archived promise holds
        # for nobody, whatever the caller looks at.
        policies = self.sudo().with_context(active_test=True)
        policies = policies.search([("company_id", "in", [False, company_id])])
        return tuple(
            (policy.id, tuple(name for name in CONDITIONS if policy[name]))
            for policy in policies.with_context(active_test=False)
        )

    def _fits(self, case, conditions=CONDITIONS):
        """Tell whether a case is what the promise asks for.

        :param case: ``aftersales.case``
        :param conditions: the names of what the promise may ask for
        """
        self.ensure_one()
        checks = {
            "kind": lambda: self.kind == case.kind,
            "priority": lambda: (case.priority or "0") >= self.priority,
            "team_ids": lambda: case.team_id in self.team_ids,
            "tag_ids": lambda: bool(self.tag_ids & case.tag_ids),
            "partner_ids": lambda: (
                case.commercial_partner_id in self.partner_ids.commercial_partner_id
            ),
            "plan_ids": lambda: case.contract_id.plan_id in self.plan_ids,
        }
        return all(not self[name] or checks[name]() for name in conditions)

    def _get_target(self, kind):
        """Return the promised working time of a kind of clock, in hours."""
        self.ensure_one()
        return self[TARGETS[kind]]

    def _get_calendar(self, case):
        """Return the calendar that counts for a case; empty for around the clock."""
        self.ensure_one()
        if self.around_the_clock:
            return self.env["resource.calendar"]
        return (
            self.calendar_id
            or case.team_id.resource_calendar_id
            or case.company_id.resource_calendar_id
        )

    def _get_held_kinds(self, clock_kind):
        """Return the kinds of waiting that a clock stands still in.

        Once a case was solved its clock has stopped; when it is opened again, the time
        in between does not count either.
        """
        self.ensure_one()
        kinds = {"solved", "closed"}
        if clock_kind == "resolution":
            if self.hold_customer:
                kinds.add("waiting_customer")
            if self.hold_parts:
                kinds.add("waiting_parts")
        return kinds
