from odoo import fields, models
from odoo.exceptions import AccessError, UserError

# What may become of a visit, and from where.
OPEN = ("planned", "scheduled", "on_way", "in_progress")
BEFORE_WORK = ("planned", "scheduled", "on_way")


class AftersalesVisitLifeMixin(models.AbstractModel):
    """The steps of a visit: appointment, way, work, done or not."""

    _name = "aftersales.visit.life.mixin"
    _description = "Life of a Visit"

    reason_id = fields.Many2one(
        "aftersales.visit.reason",
        string="Why Not Done",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        tracking=True,
    )
    reason_note = fields.Text(
        string="What Happened", readonly=True, copy=False, groups="base.group_user"
    )
    date_scheduled = fields.Datetime(
        string="Appointment Made At", readonly=True, copy=False
    )
    date_set_off = fields.Datetime(string="Set Off At", readonly=True, copy=False)
    date_begun = fields.Datetime(string="Begun At", readonly=True, copy=False)
    instead_of_id = fields.Many2one(
        "aftersales.visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The visit that was not done, and that this one makes up for.",
    )
    again_ids = fields.One2many(
        "aftersales.visit", "instead_of_id", string="Made Up For By"
    )

    # --- The appointment ---

    def action_schedule(self):
        """Make the appointment of visits; ask for the time where there is none."""
        self._check_state(("planned", "scheduled"), self._explain_schedule())
        if len(self) == 1 and (self.state == "scheduled" or not self.date_start):
            return self._open_dialog("aftersales.visit.schedule", self.env._("When"))
        without = self.filtered(lambda visit: not visit.date_start)[:1]
        if without:
            raise UserError(
                self.env._(
                    "%s has no time yet: open it and make an appointment.",
                    without.display_name,
                )
            )
        self._set_scheduled()
        return True

    def _explain_schedule(self):
        return self.env._(
            "An appointment is made before the technician sets off. What has begun is "
            "finished, or put down as not done."
        )

    def _set_scheduled(self, start=None, end=None):
        """Make or move the appointment.

        :param datetime start: naive and in UTC; what the visit says if not given
        :param datetime end: its end; the expected duration after the start if not given
        """
        for visit in self:
            first = start or visit.date_start
            last = end or (visit.date_end if not start else False)
            last = last or visit._get_end(first)
            visit._write_state(
                state="scheduled",
                date_start=first,
                date_end=last,
                date_planned=visit.company_id._aftersales_day(first),
                date_scheduled=fields.Datetime.now(),
            )
        self._after_scheduled()

    def _after_scheduled(self):
        """Do what follows from an appointment, made or moved. To be extended."""

    # --- The work ---

    def action_set_off(self):
        """The technician is on the way."""
        self._check_state(
            "scheduled",
            self.env._("Make an appointment first: then the customer expects you."),
        )
        self._check_price_not_refused()
        self._set_on_way()
        return True

    def _set_on_way(self):
        self._take_over()
        self._write_state(state="on_way", date_set_off=fields.Datetime.now())

    def action_begin(self):
        """The work begins."""
        self._check_state(BEFORE_WORK)
        self._check_price_not_refused()
        self._set_in_progress()
        return True

    def _set_in_progress(self):
        self._take_over()
        self._write_state(state="in_progress", date_begun=fields.Datetime.now())

    def _take_over(self):
        """Whoever goes to a visit that nobody was to go to is its technician."""
        if self.env.su or self.env.user.share:
            return
        self.filtered(lambda visit: not visit.user_id).user_id = self.env.user

    def action_finish(self):
        """The work is done."""
        self._check_state("in_progress", self.env._("Begin the work first."))
        for visit in self:
            error = visit._get_finish_error()
            if error:
                raise UserError(error)
        self._set_done()
        return True

    def _get_finish_error(self):
        """Return what is missing before a visit is done, or False. To be extended."""
        self.ensure_one()
        return False

    def _set_done(self):
        self._write_state(state="done", date_done=fields.Datetime.now())
        self._after_done()

    def _after_done(self):
        """Do what follows from finished visits. To be extended."""

    # --- What else can become of it ---

    def action_not_done(self):
        """Ask why visits are not done, and whether somebody comes again."""
        self._check_state(OPEN)
        return self._open_dialog(
            "aftersales.visit.not.done", self.env._("Why Is It Not Done?")
        )

    def _set_not_done(self, reason, note=False):
        """Put down that visits could not be done.

        :param reason: ``aftersales.visit.reason``
        :param str note: what happened, in words
        """
        self._write_state(state="not_done", reason_id=reason.id, reason_note=note)
        self._after_not_done()

    def _after_not_done(self):
        """Do what follows from visits that are not done. To be extended."""

    def _plan_again(self, day):
        """Return new visits in the place of those that could not be done.

        :param date day: for when they are planned
        """
        visits = self.browse()
        for visit in self:
            staff = visit._get_staff()
            visits |= visit.copy(
                {
                    "date_planned": day,
                    "instead_of_id": visit.id,
                    "user_id": (visit.user_id & staff).id,
                    "helper_ids": (visit.helper_ids & staff).ids,
                    "company_id": visit.company_id.id,
                }
            )
        return visits

    def _get_made_up_for(self):
        """Return the visit that was done in the place of this one, if any."""
        self.ensure_one()
        seen = self
        again = self.again_ids
        while again - seen:
            done = again.filtered(lambda visit: visit.state == "done")
            if done:
                return done[:1]
            seen |= again
            again = again.again_ids
        return self.browse()

    def action_cancel(self):
        """Call visits off."""
        self._check_state(
            BEFORE_WORK,
            self.env._(
                "What has begun is finished, or put down as not done with its reason."
            ),
        )
        self._set_cancelled()
        return True

    def _set_cancelled(self):
        agreed = self.filtered(lambda visit: visit.state != "planned")
        self._write_state(state="cancelled")
        self._after_cancelled(agreed)

    def _after_cancelled(self, agreed):
        """Do what follows from visits that were called off. To be extended.

        :param agreed: those among them that had an appointment
        """

    def action_reopen(self):
        """Take visits up again that are over: a manager's step."""
        self._check_state(("done", "not_done", "cancelled"))
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._(
                    "Only a manager of after-sales can open a visit again. Plan "
                    "another visit instead."
                )
            )
        for visit in self:
            error = visit._get_reopen_error()
            if error:
                raise UserError(error)
        self._set_open()
        return True

    def _get_reopen_error(self):
        """Return why a visit cannot be taken up again, or False. To be extended."""
        self.ensure_one()
        if self.again_ids.filtered(lambda visit: visit.state != "cancelled"):
            return self.env._(
                "%s is made up for by another visit: cancel that one first.",
                self.display_name,
            )
        return False

    def _set_open(self):
        done = self.filtered(lambda visit: visit.state == "done")
        done._write_state(state="in_progress", date_done=False)
        (self - done)._write_state(state="planned", reason_id=False, reason_note=False)

    # --- Moving a card ---

    def _move_card(self, state):
        """Make the step that leads to a column, or say why it cannot be made so.

        :param str state: the column into which a card was dropped
        """
        todo = self.filtered(lambda visit: visit.state != state)
        if not todo:
            return
        steps = {
            "on_way": todo.action_set_off,
            "in_progress": todo._begin_or_reopen,
            "done": todo.action_finish,
            "cancelled": todo.action_cancel,
        }
        if state in steps:
            steps[state]()
        elif state == "scheduled":
            todo._schedule_card()
        elif state == "planned":
            todo._plan_card()
        else:
            raise UserError(
                self.env._("Open the visit and press “Not Done”: a reason is needed.")
            )

    def _begin_or_reopen(self):
        over = self.filtered(lambda visit: visit.state == "done")
        if over:
            over.action_reopen()
        if self - over:
            (self - over).action_begin()

    def _schedule_card(self):
        self._check_state("planned", self._explain_schedule())
        if any(not visit.date_start for visit in self):
            raise UserError(
                self.env._(
                    "Open the visit and press “Make Appointment”: a time is needed."
                )
            )
        self._set_scheduled()

    def _plan_card(self):
        over = self.filtered(lambda visit: visit.state in ("not_done", "cancelled"))
        if over != self:
            raise UserError(
                self.env._(
                    "An appointment is moved or cancelled, it does not become a plan "
                    "again. Change its time, or cancel it."
                )
            )
        self.action_reopen()

    def _open_dialog(self, model, name):
        """Return the action of a dialog about these visits."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_visit_ids": self.ids},
        }
