from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ..tools.schedule import DAY

OPEN = ("planned", "scheduled", "on_way", "in_progress")


class Roster:
    """Who could go to visits, and what they have to do: read for all visits at once.

    :ivar candidates: ``{visit: users with all skills that it asks for}``
    """

    def __init__(self, visits):
        # sudo: how much somebody has to do and whether they are there counts, whoever
        # may see with what. Only that is told, never why.
        self.visits = visits.sudo()
        self.candidates = visits._get_all_candidates()
        self.users = visits.env["res.users"].union(*self.candidates.values())
        self.hours = defaultdict(float)
        self._read_hours()
        self._read_away()
        self._read_known()
        self._read_busy()

    def _read_hours(self):
        """Read the hours of visits that people have in the weeks of the visits."""
        mondays = {_monday(visit) for visit in self.visits}
        weeks = Domain.OR(
            Domain("date_planned", ">=", monday)
            & Domain("date_planned", "<", monday + 7 * DAY)
            for monday in mondays
        )
        domain = Domain("state", "in", (*OPEN, "done")) & weeks & self._of_users()
        self.counted = {visit.id: visit for visit in self.visits.search(domain)}
        for visit in self.counted.values():
            for user in visit._get_technicians():
                self.hours[user.id, _monday(visit)] += visit._get_length()

    def _of_users(self):
        return Domain("user_id", "in", self.users.ids) | Domain(
            "helper_ids", "in", self.users.ids
        )

    def _read_away(self):
        """Read from when to when who is away."""
        windows = [visit._get_window() for visit in self.visits]
        env = self.visits.env
        leaves = env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "in", self.users.ids),
                ("date_from", "<", max(last for _first, last in windows)),
                ("date_to", ">", min(first for first, _last in windows)),
            ]
        )
        self.leaves = [
            (leave.resource_id.user_id, leave.date_from, leave.date_to)
            for leave in leaves
        ]
        teams = env["aftersales.team"].search([("away_ids", "in", self.users.ids)])
        self.away = teams.away_ids & self.users

    def _read_known(self):
        """Read who was at the customers' before."""
        self.known = defaultdict(set)
        done = Domain("state", "=", "done") & Domain(
            "commercial_partner_id", "in", self.visits.commercial_partner_id.ids
        )
        for name in ("user_id", "helper_ids"):
            for partner, user in self.visits._read_group(
                done & Domain(name, "in", self.users.ids),
                ["commercial_partner_id", name],
            ):
                self.known[partner.id].add(user.id)

    def _read_busy(self):
        """Read what people do at the time of the appointments, if there are any."""
        timed = self.visits.filtered(lambda v: v.date_start and v.date_end)
        self.busy = defaultdict(list)
        if not timed:
            return
        busy = self.visits.search(
            self.visits._get_busy_domain(
                self.users,
                min(timed.mapped("date_start")),
                max(timed.mapped("date_end")),
            )
        )
        for visit in busy:
            for user in visit._get_technicians():
                self.busy[user.id].append(visit)

    # --- Of one visit ---

    def _get_hours(self, visit, user):
        """Return the hours of somebody in the week of a visit, without that visit."""
        hours = self.hours[user.id, _monday(visit)]
        same = self.counted.get(visit._origin.id)
        if same and user in same._get_technicians():
            hours -= same._get_length()
        return hours

    def _is_known(self, visit, user):
        """Tell whether somebody was at the customer's before."""
        return user.id in self.known[visit.commercial_partner_id._origin.id]

    def _is_away(self, visit, user):
        first, last = visit._get_window()
        return user in self.away or any(
            who == user and start < last and end > first
            for who, start, end in self.leaves
        )

    def _get_overlaps(self, visit, user):
        """Return the visits of somebody at the time of this one."""
        if not visit.date_start or not visit.date_end:
            return self.visits.browse()
        return self.visits.browse().concat(
            *(
                other
                for other in self.busy[user.id]
                if other.id != visit._origin.id
                and other.date_start < visit.date_end
                and other.date_end > visit.date_start
            )
        )

    def _give(self, visit, user):
        """Remember who goes to a visit, for those that follow."""
        self.hours[user.id, _monday(visit)] += visit._get_length()
        if visit.date_start and visit.date_end:
            self.busy[user.id].append(visit.sudo())


class AftersalesVisitRosterMixin(models.AbstractModel):
    """Who has the skills for visits, and what they have to do."""

    _name = "aftersales.visit.roster.mixin"
    _description = "Roster of Visits"

    def _get_roster(self):
        """Return who could go to these visits, and what they have to do."""
        return Roster(self)

    def _get_staff(self):
        """Return the people of the visit who still work in its company."""
        self.ensure_one()
        # sudo: only who works where.
        visit = self.sudo()
        return visit._get_technicians().filtered(
            lambda u: u.active and visit.company_id in u.company_ids
        )

    def _get_all_candidates(self):
        """Return ``{visit: technicians with all skills that are needed}``."""
        # sudo: whoever plans may know who can do what.
        visits = self.sudo()
        group = self.env.ref("aftersales_addon.aftersales_group_technician").sudo()
        able = (
            visits.env["aftersales.skill"].search([("user_ids", "!=", False)]).user_ids
        )
        result = {}
        for visit, plain in zip(self, visits, strict=True):
            members = plain.team_id.member_ids
            # Without a team, whoever was made a technician; managers are, too.
            users = able | (members or group.user_ids)
            for skill in plain.skill_ids:
                users &= skill.user_ids
            company = plain.company_id
            result[visit] = users.filtered(
                lambda u, company=company: (
                    u.active and not u.share and company in u.company_ids
                )
            ).sorted("id")
        return result


def _monday(visit):
    return visit.date_planned - visit.date_planned.weekday() * DAY
