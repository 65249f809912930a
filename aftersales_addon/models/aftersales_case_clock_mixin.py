from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_stage import END_KINDS

# What decides on the promise that is made to a case.
BASIS = {"team_id", "kind", "priority", "partner_id", "tag_ids", "company_id"}
# By these the contract is found, and so the promise that it makes.
BASIS |= {"asset_id", "date_reported"}
# In these channels a person of ours is there from the first moment on.
TALKED = ("phone", "onsite")


class AftersalesCaseClockMixin(models.AbstractModel):
    """What was promised to a case, and how it stands."""

    _name = "aftersales.case.clock.mixin"
    _description = "Promised Times of a Service Case"

    sla_policy_id = fields.Many2one(
        "aftersales.sla.policy",
        string="Promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    clock_ids = fields.One2many(
        "aftersales.sla.clock",
        "case_id",
        string="Promised Times",
        groups="base.group_user",
    )
    sla_due = fields.Datetime(
        string="Due",
        readonly=True,
        copy=False,
        help="When the next promise runs out. Empty: nothing is promised, or we wait "
        "for somebody else.",
    )
    sla_kind = fields.Selection(
        [
            ("first_response", "First Answer"),
            ("next_response", "Further Answer"),
            ("resolution", "Solution"),
        ],
        string="Due Is",
        readonly=True,
        copy=False,
    )
    is_sla_breached = fields.Boolean(
        string="Promise Broken",
        readonly=True,
        copy=False,
        help="A promised time ran out, now or earlier. That stays.",
    )
    sla_state = fields.Selection(
        [
            ("none", "Nothing Promised"),
            ("held", "Waiting"),
            ("ok", "In Time"),
            ("soon", "Due Soon"),
            ("late", "Late"),
            ("kept", "Kept"),
            ("broken", "Broken"),
        ],
        string="Promise Stands",
        compute="_compute_sla_state",
        search="_search_sla_state",
    )

    _sla_due_index = models.Index("(sla_due) WHERE sla_due IS NOT NULL")

    @api.depends("sla_due", "is_sla_breached", "state", "sla_policy_id")
    def _compute_sla_state(self):
        now = fields.Datetime.now()
        soon = self._get_soon(now)
        for case in self:
            if not case.sla_policy_id:
                case.sla_state = "none"
            elif case.state in END_KINDS:
                case.sla_state = "broken" if case.is_sla_breached else "kept"
            elif not case.sla_due:
                case.sla_state = "held"
            elif case.sla_due < now:
                case.sla_state = "late"
            else:
                case.sla_state = "soon" if case.sla_due < soon else "ok"

    @api.model
    def _get_soon(self, now):
        """Return the moment until which something counts as due soon."""
        return fields.Datetime.add(now, hours=2)

    @api.model
    def _search_sla_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        now = fields.Datetime.now()
        soon = self._get_soon(now)
        open_ = fields.Domain("state", "not in", END_KINDS)
        promised = fields.Domain("sla_policy_id", "!=", False)
        domains = {
            "none": ~promised,
            "held": promised & open_ & fields.Domain("sla_due", "=", False),
            "late": promised & open_ & fields.Domain("sla_due", "<", now),
            "soon": promised
            & open_
            & fields.Domain("sla_due", ">=", now)
            & fields.Domain("sla_due", "<", soon),
            "ok": promised & open_ & fields.Domain("sla_due", ">=", soon),
            "kept": promised & ~open_ & fields.Domain("is_sla_breached", "=", False),
            "broken": promised & ~open_ & fields.Domain("is_sla_breached", "=", True),
        }
        found = fields.Domain.OR([domains[v] for v in value if v in domains])
        return found if operator == "in" else ~found

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Let boards and lists be grouped by how the promises stand at the moment."""
        if groupby_spec != "sla_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        now = fields.Datetime.now()
        names = ("sla_policy_id", "state", "is_sla_breached", "sla_due")
        self.flush_model(names)
        columns = {name: SQL.identifier(alias, name) for name in names}
        return SQL(
            """
            CASE WHEN %(sla_policy_id)s IS NULL THEN 'none'
                 WHEN %(state)s IN %(ended)s
                 THEN CASE WHEN %(is_sla_breached)s THEN 'broken' ELSE 'kept' END
                 WHEN %(sla_due)s IS NULL THEN 'held'
                 WHEN %(sla_due)s < %(now)s THEN 'late'
                 WHEN %(sla_due)s < %(soon)s THEN 'soon'
                 ELSE 'ok' END
            """,
            **columns,
            ended=END_KINDS,
            now=now,
            soon=self._get_soon(now),
        )

    # --- Which promise holds ---

    def _find_policies(self):
        """Return the promise that holds for each case: the first one that fits."""
        # sudo: whoever asks for help is promised the same.
        Policy = self.env["aftersales.sla.policy"].sudo()
        return {case: Policy._find(case.sudo()) for case in self}

    def _start_clocks(self):
        """Begin what is promised to new cases."""
        found = self._find_policies()
        # sudo: promised times are facts of the case.
        Clock = self.env["aftersales.sla.clock"].sudo()
        vals_list = []
        for case in self:
            facts = case.sudo()
            facts.write(case._prepare_promise(found[case]))
            vals_list += facts._prepare_clocks(("first_response", "resolution"))
        clocks = Clock.create(vals_list)
        answered = clocks.filtered(
            lambda c: c.kind == "first_response" and c.case_id.date_first_response
        )
        answered._answer_at_once()
        (clocks - answered)._work_out()

    def _prepare_promise(self, policy):
        """Return what is kept on a new case of what was promised to it."""
        self.ensure_one()
        vals = {"sla_policy_id": policy.id}
        if self.channel in TALKED and not self.date_first_response:
            vals["date_first_response"] = self.date_reported
        return vals

    def _prepare_clocks(self, kinds, start=None):
        """Return the values of the clocks of some kinds, of one case."""
        self.ensure_one()
        policy = self.sla_policy_id
        return [
            {
                "case_id": self.id,
                # What the clock has of its case is known, and not worked out again.
                "company_id": self.company_id.id,
                "team_id": self.team_id.id,
                "user_id": self.user_id.id,
                "policy_id": policy.id,
                "calendar_id": policy._get_calendar(self).id,
                "kind": kind,
                "hours": policy._get_target(kind),
                "date_start": start or self.date_reported,
            }
            for kind in kinds
            if policy and policy._get_target(kind)
        ]

    def _follow_promises(self, vals):
        """See which promise holds after a change; what is broken stays broken."""
        if not (BASIS & vals.keys()):
            return
        # A case that is just being made has no stage yet, and no clocks.
        # sudo: promised times are facts of the case.
        alive = self.sudo().filtered(lambda c: c.state and c._is_open())
        found = alive._find_policies()
        for policy, cases in alive.grouped(lambda c: found[c]).items():
            changed = cases.filtered(lambda c, p=policy: c.sla_policy_id != p)
            changed._change_promise(policy)

    def _change_promise(self, policy):
        """Have the clocks of cases go on under another promise, from their start."""
        if not self:
            return
        self.write({"sla_policy_id": policy.id})
        running = self.clock_ids.filtered(lambda c: c.state in ("running", "held"))
        if not policy:
            running._stop(fields.Datetime.now(), "void")
            return
        for clock in running:
            hours = policy._get_target(clock.kind)
            if not hours:
                clock._stop(fields.Datetime.now(), "void")
                continue
            clock.write(
                {
                    "policy_id": policy.id,
                    "hours": hours,
                    "calendar_id": policy._get_calendar(clock.case_id).id,
                }
            )
        vals_list = []
        for case in self:
            wanted = ["resolution"]
            if not case.date_first_response:
                wanted.append("first_response")
            has = set(case.clock_ids.mapped("kind"))
            vals_list += case._prepare_clocks([k for k in wanted if k not in has])
        new = self.env["aftersales.sla.clock"].create(vals_list)
        (running + new).filtered(lambda c: c.state in ("running", "held"))._work_out()

    # --- What happens to a case ---

    def _follow_clocks(self, old, new, now):
        """Stop, resume and hold clocks when cases change their kind of stage."""
        clocks = self.clock_ids
        if new in END_KINDS:
            running = clocks.filtered(lambda c: c.state in ("running", "held"))
            solved = running.filtered(lambda c: c.kind == "resolution")
            solved._stop(now, "void" if new == "cancelled" else "done")
            (running - solved)._stop(now, "void")
            return
        if old in END_KINDS:
            self._resume_clocks()
        clocks.filtered(lambda c: c.state in ("running", "held"))._work_out(now)

    def _resume_clocks(self):
        """Have the time to solve go on where it stopped when a case was solved."""
        latest = defaultdict(lambda: self.env["aftersales.sla.clock"])
        for clock in self.clock_ids.sorted("id"):
            if clock.kind == "resolution":
                latest[clock.case_id] = clock
        for clock in latest.values():
            if clock.state in ("done", "void"):
                clock.write({"state": "running", "date_stop": False})

    def _note_answer(self, moment):
        """A person of ours wrote to the customer: what waited for that is kept."""
        for case in self:
            vals = {"reply_count": case.reply_count + 1}
            if not case.date_first_response:
                vals["date_first_response"] = moment
            case.write(vals)
        waiting = self.clock_ids.filtered(
            lambda c: c.kind != "resolution" and c.state in ("running", "held")
        )
        waiting._stop(moment)

    def _note_question(self, moment):
        """The customer wrote: from now on our further answer is awaited."""
        self.write({"date_last_customer_message": moment})
        vals_list = []
        for case in self.filtered("date_first_response"):
            awaited = case.clock_ids.filtered(
                lambda c: c.kind != "resolution" and c.state in ("running", "held")
            )
            if not awaited and case._is_open():
                vals_list += case._prepare_clocks(["next_response"], moment)
        self.env["aftersales.sla.clock"].create(vals_list)._work_out(moment)

    def _update_promises(self):
        """Keep on the cases what lists and boards show of their clocks."""
        for case in self.sudo():
            running = case.clock_ids.filtered(
                lambda c: c.state == "running" and c.date_due
            )
            first = running.sorted("date_due")[:1]
            vals = {
                "sla_due": first.date_due,
                "sla_kind": first.kind,
                "is_sla_breached": any(case.clock_ids.mapped("is_breached")),
            }
            changed = {k: v for k, v in vals.items() if case[k] != v}
            if changed:
                case.write(changed)
