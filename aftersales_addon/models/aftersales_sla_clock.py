from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.clock import AroundTheClock, deadline, elapsed

CLOCK_KINDS = [
    ("first_response", "First Answer"),
    ("next_response", "Further Answer"),
    ("resolution", "Solution"),
]
# A deadline is looked for within the days that the time takes at this many working
# hours a day, weekends included, then within more and more days.
HOURS_A_DAY = 4
WINDOWS = (60, 400, 1500)
BATCH = 500


class AftersalesSlaClock(models.Model):
    """One promised time on one case: when it began, when it runs out, how it ended.

    What was promised is kept here as it was on the day; what broke stays broken.
    """

    _name = "aftersales.sla.clock"
    _description = "Promised Time of a Case"
    _order = "date_due, id"
    _rec_name = "kind"

    case_id = fields.Many2one(
        "aftersales.case", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True
    )
    team_id = fields.Many2one(related="case_id.team_id", store=True, precompute=True)
    user_id = fields.Many2one(related="case_id.user_id", store=True, precompute=True)
    policy_id = fields.Many2one(
        "aftersales.sla.policy",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        index="btree_not_null",
        readonly=True,
        help="Empty: day and night.",
    )
    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
    hours = fields.Float(string="Promised", readonly=True, help="Hours.")
    date_start = fields.Datetime(string="Began", required=True, readonly=True)
    date_stop = fields.Datetime(string="Ended", readonly=True)
    date_due = fields.Datetime(string="Due", readonly=True)
    date_warning = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("held", "Held"),
            ("done", "Kept"),
            ("void", "Not Needed"),
        ],
        required=True,
        default="running",
        readonly=True,
    )
    is_breached = fields.Boolean(
        string="Broken",
        readonly=True,
        help="The promise ran out. That stays, whatever happens later.",
    )
    is_warned = fields.Boolean(readonly=True)
    is_stale = fields.Boolean(
        readonly=True, help="Working hours changed: to be worked out again."
    )
    hours_used = fields.Float(
        string="Took", readonly=True, help="Working hours without the times of waiting."
    )
    hours_clock = fields.Float(
        string="Took by the Clock", readonly=True, help="Hours, day and night."
    )

    _in_order = models.Constraint(
        "CHECK (date_stop IS NULL OR date_stop >= date_start)",
        "A clock cannot stop before it starts.",
    )
    # One clock of a kind runs on a case, also with two mails at once.
    _one_running = models.UniqueIndex(
        "(case_id, kind) WHERE state IN ('running', 'held')"
    )
    _due_index = models.Index("(date_due) WHERE state = 'running'")
    _warning_index = models.Index(
        "(date_warning) WHERE state = 'running' AND is_warned IS NOT TRUE"
    )
    _stale_index = models.Index("(id) WHERE is_stale")

    # --- Working it out ---

    def _work_out(self, now=None):
        """Set the deadlines anew, from the first start and all times of waiting.

        The working hours of each calendar are read once, whatever the number of clocks.

        :param datetime now: naive and in UTC; the present moment when not given
        """
        now = now or fields.Datetime.now()
        holds = self._get_holds()
        kept = self.filtered(lambda c: not c.is_breached)
        for calendar, clocks in self.grouped("calendar_id").items():
            clocks._work_out_by(calendar, holds, now)
        self.case_id._update_promises()
        # What was answered too late needs nobody's help any more.
        kept.filtered(
            lambda c: c.is_breached and c.state in ("running", "held")
        )._tell_broken()

    def _work_out_by(self, calendar, holds, now):
        """Set the deadlines of clocks that share a calendar."""
        todo = self
        likely = 3 + max(self.mapped("hours")) / HOURS_A_DAY
        for days in (min(likely, WINDOWS[0]), *WINDOWS):
            schedule = todo._get_schedule(calendar, now, days)
            more = bool(calendar) and days != WINDOWS[-1]
            left = todo.browse()
            for clock in todo:
                if not clock._set_deadline(schedule, holds[clock], now, more):
                    left |= clock
            todo = left
            if not todo:
                return
        # Nobody works within years: nothing runs out, and nothing is hidden either.
        todo.write({"date_due": False, "date_warning": False, "is_stale": False})

    def _get_schedule(self, calendar, now, days):
        if not calendar:
            return AroundTheClock()
        first = min(self.mapped("date_start"))
        last = max([now, *self.mapped("date_start")]) + timedelta(days=days)
        return calendar._aftersales_get_schedule(first, last)

    def _set_deadline(self, schedule, holds, now, more):
        """Set what follows from a schedule; tell whether its window was long enough.

        :param bool more: whether there is a longer window to try
        """
        self.ensure_one()
        target = timedelta(hours=self.hours)
        due = deadline(schedule, self.date_start, target, holds)
        held = any(not stop for _start, stop in holds)
        ended = self.state in ("done", "void")
        if not due and not held and (more or not ended):
            return False
        vals = {"date_due": due, "is_stale": False}
        if not ended:
            vals["state"] = "held" if held else "running"
            vals["date_warning"] = self._get_warning(schedule, target, holds, due)
            vals["is_warned"] = self.is_warned and due == self.date_due
        stop = self.date_stop or now
        if due and due < stop:
            vals["is_breached"] = True
        if self.date_stop:
            used = elapsed(schedule, self.date_start, stop, holds)
            vals["hours_used"] = used / timedelta(hours=1)
            vals["hours_clock"] = (stop - self.date_start) / timedelta(hours=1)
        changed = {k: v for k, v in vals.items() if self[k] != v}
        if changed:
            self.write(changed)
        return True

    def _get_warning(self, schedule, target, holds, due):
        """Return when to warn: a working time before the deadline."""
        margin = timedelta(hours=self.policy_id.hours_warning)
        if not due or not margin:
            return False
        if margin >= target:
            return self.date_start
        return deadline(schedule, self.date_start, target - margin, holds) or False

    def _get_holds(self):
        """Return, for each clock, the pairs of moments in which it stands still."""
        result = {}
        for clock in self:
            kinds = clock.policy_id._get_held_kinds(clock.kind)
            result[clock] = [
                (hold.date_start, hold.date_stop or None)
                # sudo: times of waiting are facts of the case. New cases are known to
                # have none; of others they are read at once.
                for hold in clock.case_id.sudo().hold_ids
                if hold.kind in kinds
                and not (clock.date_stop and hold.date_start >= clock.date_stop)
            ]
        return result

    def _stop(self, moment, state="done"):
        """Stop clocks at a moment.

        :param str state: ``done``, or ``void`` when the promise is not needed any more
        """
        running = self.filtered(lambda c: c.state in ("running", "held"))
        for clock in running:
            stop = max(moment, clock.date_start)
            clock.write({"state": state, "date_stop": stop})
        # One running clock of a kind is a rule of the table.
        running.flush_recordset()
        running._work_out(moment)

    def _answer_at_once(self):
        """Nobody waits for a first answer while talking to somebody."""
        for clock in self:
            clock._stop(clock.date_start)

    # --- What changes the working hours ---

    @api.model
    def _mark_stale(self, domain):
        """Have the running clocks that fit a domain worked out again, soon.

        One statement, whatever their number; the scheduled action does the rest.
        """
        domain = Domain.AND([domain, [("state", "in", ("running", "held"))]])
        # sudo: whoever may change working hours moves the promises that go by them.
        clocks = self.sudo()._search(domain)
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_sla_clock
                   SET is_stale = TRUE
                 WHERE id IN %s
             RETURNING id
                """,
                clocks.subselect(),
            )
        )
        self.invalidate_model(["is_stale"])
        cron = self.env.ref("aftersales_addon.ir_cron_sla", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_watch(self, batch=BATCH):
        """Work out what is stale, warn, and note what ran out; commits as it goes."""
        now = fields.Datetime.now()
        steps = (
            ([("is_stale", "=", True)], lambda clocks: clocks._work_out(now)),
            (
                [("state", "=", "running"), ("date_due", "<", now)]
                + [("is_breached", "=", False)],
                lambda clocks: clocks._break(),
            ),
            (
                # What has run out is late, not soon, whoever notes that.
                [("state", "=", "running"), ("date_warning", "<=", now)]
                + [("is_warned", "=", False), ("date_due", ">=", now)],
                lambda clocks: clocks._warn(),
            ),
        )
        for domain, work in steps:
            if not self._run_in_batches(domain, work, batch):
                return

    @api.model
    def _run_in_batches(self, domain, work, batch):
        """Work on what fits a domain; tell whether there is time left for more."""
        cron = self.env["ir.cron"]
        while True:
            found = self.search(domain, limit=batch, order="id")
            # What another worker holds is its own to finish.
            clocks = found.try_lock_for_update()
            if not clocks:
                return True
            work(clocks)
            remaining = self.search_count(domain, limit=batch)
            if not cron._commit_progress(len(clocks), remaining=remaining):
                return False

    def _break(self):
        """Note that promises ran out, and tell the people who can help."""
        self.write({"is_breached": True})
        self.case_id._update_promises()
        self._tell_broken()

    def _tell_broken(self):
        """Give those who can help something to do: a promise ran out."""
        self._schedule(
            self.env._("A promised time ran out"),
            lambda case: case.team_id.user_id or case.user_id,
        )

    def _warn(self):
        """Tell the responsible people that promises run out soon."""
        due = self.filtered(lambda c: not c.is_breached)
        self.write({"is_warned": True})
        due._schedule(
            self.env._("A promised time runs out soon"),
            lambda case: case.user_id or case.team_id.user_id,
        )

    def _schedule(self, summary, get_user):
        """Make one activity for each case, in the language of who gets it."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for case, clocks in self.grouped("case_id").items():
            user = get_user(case)
            if not user or not case._is_open():
                continue
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=summary,
                note=", ".join(labels[clock.kind] for clock in clocks),
            )
