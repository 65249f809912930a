from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.schedule import DAY

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
        words = [env._("%.1f h of visits that week", self.hours)]
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
        nobody = self.browse()
        for visit in todo.sorted(lambda v: (v.date_planned, v.id)):
            best = visit._propose_technicians()[:1]
            if best:
                visit.user_id = best[0].user
            else:
                nobody |= visit
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

    def _propose_technicians(self):
        """Return who could come, the best first.

        All skills that the services ask for are needed. Those who are there, who are
        free at the time, of the team, with less to do in that week and known to the
        customer come first.

        :return: a list of ``Proposal``
        """
        self.ensure_one()
        users = self._get_candidates()
        if not users:
            return []
        hours = self._get_week_hours(users)
        away = self._get_away(users)
        known = self._get_known_users()
        members = self.sudo().team_id.member_ids
        busy = self._get_busy_visits(users)
        proposals = [
            Proposal(
                user=user,
                hours=hours.get(user.id, 0.0),
                is_away=user in away,
                is_new=user not in known,
                is_outside=bool(members) and user not in members,
                overlaps=busy.filtered(lambda v, u=user: u in v._get_technicians()),
            )
            for user in users
        ]
        return sorted(proposals, key=lambda proposal: proposal._rank())

    def _get_candidates(self):
        """Return the technicians with all skills that are needed."""
        self.ensure_one()
        # sudo: whoever plans may know who can do what.
        visit = self.sudo()
        skills = visit.skill_ids
        group = self.env.ref("aftersales_addon.aftersales_group_technician")
        able = (
            visit.env["aftersales.skill"].search([("user_ids", "!=", False)]).user_ids
        )
        users = visit.team_id.member_ids | able
        if not visit.team_id.member_ids:
            # Without a team, whoever was made a technician; managers are, too.
            users |= group.sudo().user_ids
        for skill in skills:
            users &= skill.user_ids
        company = visit.company_id
        return users.filtered(
            lambda u: u.active and not u.share and company in u.company_ids
        ).sorted("id")

    def _get_week_hours(self, users):
        """Return the hours of visits that people have in the week of the visit."""
        self.ensure_one()
        monday = self.date_planned - self.date_planned.weekday() * DAY
        # sudo: how much somebody has to do counts, whoever may see with what.
        visits = self.sudo().search(
            Domain("state", "in", (*OPEN, "done"))
            & Domain("date_planned", ">=", monday)
            & Domain("date_planned", "<", monday + 7 * DAY)
            & Domain("id", "!=", self._origin.id)
            & (
                Domain("user_id", "in", users.ids)
                | Domain("helper_ids", "in", users.ids)
            )
        )
        hours = {}
        for visit in visits:
            for user in visit._get_technicians():
                hours[user.id] = hours.get(user.id, 0.0) + visit._get_length()
        return hours

    def _get_away(self, users):
        """Return who is away at the time of the visit."""
        self.ensure_one()
        first, last = self._get_window()
        # sudo: only who is away; why is nobody's business.
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("date_from", "<", last),
                    ("date_to", ">", first),
                ]
            )
        )
        teams = (
            self.env["aftersales.team"].sudo().search([("away_ids", "in", users.ids)])
        )
        return leaves.resource_id.user_id | (teams.away_ids & users)

    def _get_known_users(self):
        """Return who was at this customer's before."""
        self.ensure_one()
        # sudo: as in _get_week_hours.
        visits = self.sudo().search(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("state", "=", "done"),
            ],
            order="date_done desc",
            limit=20,
        )
        return visits.user_id | visits.helper_ids

    def _get_busy_visits(self, users):
        """Return what people do at the time of the appointment, if there is one."""
        self.ensure_one()
        if not self.date_start or not self.date_end:
            return self.browse()
        domain = self._get_busy_domain(users, self.date_start, self.date_end)
        # sudo: as in _get_week_hours.
        return self.sudo().search(domain & Domain("id", "!=", self._origin.id))
