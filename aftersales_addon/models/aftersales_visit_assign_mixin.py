from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

OPEN = ("planned", "scheduled", "on_way", "in_progress")


class Proposal(NamedTuple):
    """A technician who could come, and what speaks for and against it."""

    user: Any
    hours: float
    """Of visits in that week, without this one."""
    is_away: bool
    is_new: bool
    """Was never at this customer's."""
    is_outside: bool
    """Not a member of the team."""
    overlaps: Any
    """Visits at the same time."""

    def _explain(self, env):
        """Return in words what speaks for and against the technician."""
        hours = env["res.lang"]._aftersales_format_number(self.hours, digits=1)
        words = [env._("%s h of visits that week", hours)]
        if self.is_away:
            words.insert(0, env._("away"))
        if self.overlaps:
            names = ", ".join(self.overlaps.mapped("number"))
            words.insert(0, env._("has %s at that time", names))
        if self.is_outside:
            words.append(env._("not of the team"))
        if not self.is_new:
            words.append(env._("knows the customer"))
        return ", ".join(words)

    def _rank(self):
        return (
            self.is_away,
            bool(self.overlaps),
            self.is_outside,
            self.hours,
            self.is_new,
            self.user.id,
        )


class AftersalesVisitAssignMixin(models.AbstractModel):
    """Who can come: by skill, team, absence and the work there is already."""

    _name = "aftersales.visit.assign.mixin"
    _description = "Technicians of a Visit"

    skill_ids = fields.Many2many(
        "aftersales.skill", string="Skills Needed", compute="_compute_skill_ids"
    )
    overlap = fields.Text(
        compute="_compute_overlap",
        groups="base.group_user",
        help="Other appointments of the same technicians at the same time.",
    )

    @api.depends("line_ids.service_id.skill_ids")
    def _compute_skill_ids(self):
        for visit in self:
            # sudo: a technician may see what a visit asks for, whoever sold it.
            visit.skill_ids = visit.sudo().line_ids.service_id.skill_ids

    @api.depends("user_id", "helper_ids", "date_start", "date_end", "state")
    def _compute_overlap(self):
        texts = self._explain_overlaps()
        for visit in self:
            visit.overlap = texts.get(visit)

    def _explain_overlaps(self):
        """Return ``{visit: what its people do at the same time, in words}``."""
        return {
            visit: self.env._(
                "At the same time: %s. Move one of them, or send somebody else.",
                ", ".join(others.mapped("display_name")),
            )
            for visit, others in self._get_overlapping().items()
        }

    def _get_overlapping(self):
        """Return the visits at the same time with the same people, in one query.

        :return: ``{visit: other visits}`` for those that have any
        """
        todo = self.filtered(
            lambda v: v.date_start and v.date_end and v.state in OPEN
        ).filtered(lambda v: v._get_technicians())
        if not todo:
            return {}
        # sudo: that somebody is busy counts, whoever may see with what.
        others = self.sudo().search(
            todo._get_busy_domain(
                todo.user_id | todo.helper_ids,
                min(todo.mapped("date_start")),
                max(todo.mapped("date_end")),
            )
        )
        result = {}
        for visit in todo:
            same = others.filtered(
                lambda other, v=visit: (
                    other.id != v._origin.id
                    and other.date_start < v.date_end
                    and other.date_end > v.date_start
                    and other._get_technicians() & v._get_technicians()
                )
            )
            if same:
                result[visit] = same
        return result

    @api.model
    def _get_busy_domain(self, users, first, last):
        """Return a domain on the appointments of people between two moments."""
        return (
            Domain("state", "in", OPEN)
            & Domain("date_start", "<", last)
            & Domain("date_end", ">", first)
            & (
                Domain("user_id", "in", users._origin.ids)
                | Domain("helper_ids", "in", users._origin.ids)
            )
        )

    # --- Who could come ---

    def action_assign(self):
        """Give visits without a technician the one who fits best."""
        self.check_access("write")
        todo = self.filtered(lambda visit: not visit.user_id and not visit.is_over)
        if not todo:
            raise UserError(
                self.env._("These visits are over, or have a technician already.")
            )
        roster = todo._get_roster()
        found = defaultdict(self.browse)
        for visit in todo.sorted(lambda v: (v.date_planned, v.id)):
            best = visit._propose_technicians(roster)[:1]
            user = best[0].user if best else self.env["res.users"]
            found[user] += visit
            if user:
                roster._give(visit, user)
        nobody = found.pop(self.env["res.users"], self.browse())
        for user, visits in found.items():
            visits.user_id = user
        if nobody and nobody == todo:
            raise UserError(nobody[:1]._explain_nobody())
        return True

    def _explain_nobody(self):
        self.ensure_one()
        if self.skill_ids:
            return self.env._(
                "Nobody has all the skills that %(visit)s asks for: %(skills)s. Give "
                "them to a technician first.",
                visit=self.number,
                skills=", ".join(self.skill_ids.mapped("name")),
            )
        return self.env._(
            "There are no technicians in this company yet: add members to a team, or "
            "give somebody the rights of a technician."
        )

    def _propose_technicians(self, roster=None):
        """Return who could come, the best first.

        All skills that the services ask for are needed. Those who are there, who are
        free at the time, of the team, with less to do in that week and known to the
        customer come first.

        :param roster: of several visits, see ``_get_roster``; of this one if not given
        :return: a list of ``Proposal``
        """
        self.ensure_one()
        roster = roster or self._get_roster()
        members = self.sudo().team_id.member_ids
        proposals = [
            Proposal(
                user=user,
                hours=roster._get_hours(self, user),
                is_away=roster._is_away(self, user),
                is_new=not roster._is_known(self, user),
                is_outside=bool(members) and user not in members,
                overlaps=roster._get_overlaps(self, user),
            )
            for user in roster.candidates[self]
        ]
        return sorted(proposals, key=lambda proposal: proposal._rank())

    def _get_candidates(self):
        """Return the technicians with all skills that are needed."""
        self.ensure_one()
        return self._get_all_candidates()[self]
