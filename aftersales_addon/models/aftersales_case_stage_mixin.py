from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_stage import END_KINDS, STAGE_KINDS, WAITING_KINDS

# When a team has no stage of a kind, these stand in for it.
STAND_INS = {
    "new": ("open",),
    "open": ("new",),
    "waiting_customer": ("open", "new"),
    "waiting_parts": ("open", "new"),
    "solved": ("closed",),
    "closed": ("solved",),
    "cancelled": ("closed", "solved"),
}


class AftersalesCaseStageMixin(models.AbstractModel):
    """The life of a case: what its stages mean, and what each move brings about."""

    _name = "aftersales.case.stage.mixin"
    _description = "Stages of a Service Case"

    hold_ids = fields.One2many(
        "aftersales.case.hold",
        "case_id",
        string="Times of Waiting",
        groups="base.group_user",
    )

    # --- What people do ---

    def action_take(self):
        """Take cases over: the user becomes responsible and starts on them.

        :raises UserError: when somebody else took one of them a moment ago
        """
        self.check_access("write")
        # Of two agents who take the same case at once, the second one is told so.
        self._lock_cases()
        for case in self:
            if case.user_id and case.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(case)s is with %(user)s already.",
                        case=case.number,
                        user=case.user_id.name,
                    )
                )
        self.write({"user_id": self.env.user.id})
        self.filtered(lambda c: c.state == "new")._set_kind("open")

    def action_start(self):
        """Work on cases that are new, or that were waiting."""
        self._check_kind(("new", *WAITING_KINDS), self.env._("started"))
        self._set_kind("open")

    def action_wait_customer(self):
        """Wait for an answer of the customer."""
        self._check_kind(("new", "open", "waiting_parts"), self.env._("put on hold"))
        self._set_kind("waiting_customer")

    def action_wait_parts(self):
        """Wait for parts, or for somebody else who delivers."""
        self._check_kind(("new", "open", "waiting_customer"), self.env._("put on hold"))
        self._set_kind("waiting_parts")

    def action_solve(self):
        """The customer was helped."""
        self._check_kind(("new", "open", *WAITING_KINDS), self.env._("solved"))
        self._set_kind("solved")

    def action_close(self):
        """Close solved cases for good."""
        self._check_kind("solved", self.env._("closed"))
        self._set_kind("closed")

    def action_reopen(self):
        """Take up cases again that were thought to be over."""
        self._check_kind(END_KINDS, self.env._("reopened"))
        for case in self:
            if case.duplicate_of_id:
                raise UserError(
                    self.env._(
                        "%(case)s was merged into %(other)s. Go on there.",
                        case=case.number,
                        other=case.duplicate_of_id.number,
                    )
                )
        self.write({"is_spam": False})
        self._set_kind("open")

    def action_cancel(self):
        """Nothing is to be done: asked by mistake, or no concern at all."""
        self._check_kind(("new", "open", *WAITING_KINDS), self.env._("cancelled"))
        self._set_kind("cancelled")

    def action_spam(self):
        """Put unwanted mail away. It counts in no figure."""
        self.write({"is_spam": True})
        self.filtered(lambda c: c.state not in END_KINDS)._set_kind("cancelled")

    # --- What code does ---

    def _check_kind(self, allowed, wanted):
        """Refuse a step from a stage that it does not follow from."""
        allowed = (allowed,) if isinstance(allowed, str) else allowed
        labels = dict(self._fields["state"]._description_selection(self.env))
        for case in self:
            if case.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(case)s is %(state)s, so it cannot be %(wanted)s.",
                        case=case.number,
                        state=labels[case.state].lower(),
                        wanted=wanted,
                    )
                )

    def _set_kind(self, kind):
        """Move cases to the stage of their team that has a meaning."""
        for team, cases in self.grouped("team_id").items():
            cases.write({"stage_id": self._get_stage(team, kind).id})

    @api.model
    def _get_stage(self, team, kind):
        """Return a team's first stage of a kind, or what stands in for it.

        :raises UserError: when no stage will do
        """
        usable = self.env["aftersales.stage"]._get_stages_of(team)
        for wanted in (kind, *STAND_INS[kind]):
            found = usable.filtered(lambda s, w=wanted: s.kind == w)
            if found:
                return found[0]
        label = dict(STAGE_KINDS)[kind]
        raise UserError(
            self.env._(
                "There is no stage that means “%s”. Add one under Configuration, "
                "Stages.",
                label,
            )
        )

    def _enter_first_stage(self):
        """Put new cases where new ones belong."""
        for team, cases in (
            self.filtered(lambda c: not c.stage_id).grouped("team_id").items()
        ):
            cases.sudo().write({"stage_id": self._get_stage(team, "new").id})
        placed = self.filtered(lambda c: c.state != c.stage_id.kind)
        placed._note_kinds(dict.fromkeys(placed, False))

    def _get_stage_facts(self, vals):
        """Return the kinds of the stages before a write that may move cases."""
        if not {"stage_id", "team_id"} & vals.keys():
            return {}
        return {case: case.state for case in self}

    def _follow_stages(self, before):
        """Do what moves from stage to stage bring about."""
        if not before:
            return
        self._leave_foreign_stages()
        moved = self.filtered(lambda c: c.stage_id and c.state != c.stage_id.kind)
        moved._note_kinds({case: before.get(case, case.state) for case in moved})

    def _leave_foreign_stages(self):
        """A case that changes its team goes to that team's stage of the same kind."""
        for team, cases in self.filtered("stage_id").grouped("team_id").items():
            own = self.env["aftersales.stage"]._get_stages_of(team)
            for case in cases.filtered(lambda c, own=own: c.stage_id not in own):
                case.stage_id = self._get_stage(team, case.stage_id.kind)

    def _note_kinds(self, before):
        """Keep the dates of a life, the times of waiting, and the promised times.

        :param dict before: the kind of each case before the move
        """
        now = fields.Datetime.now()
        groups = defaultdict(lambda: self.browse())
        for case in self:
            groups[(before[case] or "", case.stage_id.kind)] |= case
        for (old, new), cases in groups.items():
            # sudo: these facts are written by the moves that lead to them only.
            facts = cases.sudo()
            facts.write({"state": new})
            if old in END_KINDS and new not in END_KINDS:
                facts._reopen(now)
            if new in END_KINDS:
                facts._end(old, new, now)
            facts._switch_holds(new, now)
            facts._follow_clocks(old, new, now)
            facts._announce_stage()

    def _reopen(self, now):
        for case in self:
            case.write(
                {
                    "date_solved": False,
                    "date_closed": False,
                    "reopen_count": case.reopen_count + 1,
                }
            )

    def _end(self, old, new, now):
        """Keep when cases were solved and closed: first and last times apart."""
        for case in self:
            vals = {}
            if new != "cancelled" and not case.date_solved:
                vals["date_solved"] = now
                if not case.date_first_solved:
                    vals["date_first_solved"] = now
            if new != "solved" and not case.date_closed:
                vals["date_closed"] = now
            if new == "solved" and case.date_closed:
                vals["date_closed"] = False
            if vals:
                case.write(vals)

    def _switch_holds(self, kind, now):
        """End the wait that went on, and begin the one that the stage means."""
        running = self.hold_ids.filtered(lambda h: not h.date_stop)
        running.filtered(lambda h: h.kind != kind).date_stop = now
        # One wait at a time is a rule of the table.
        running.flush_recordset()
        if kind not in (*WAITING_KINDS, "solved", "closed"):
            return
        waiting = running.filtered(lambda h: not h.date_stop).case_id
        self.env["aftersales.case.hold"].create(
            [
                {"case_id": case.id, "kind": kind, "date_start": now}
                for case in self - waiting
            ]
        )

    def _announce_stage(self):
        """Send the stage's e-mail to the customers."""
        for stage, cases in self.grouped("stage_id").items():
            template = stage.mail_template_id
            told = cases.filtered(
                lambda c: (
                    (c.partner_id or c.email_from)
                    and not (c.is_spam or c.duplicate_of_id)
                )
            )
            if template and told:
                told._send_carefully(template)
