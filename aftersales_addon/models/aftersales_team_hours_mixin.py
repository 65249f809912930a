from collections import defaultdict
from datetime import timedelta, timezone

from odoo import fields, models

# New work is shared out by the hours that people work within so many days.
HORIZON = timedelta(days=7)


class AftersalesTeamHoursMixin(models.AbstractModel):
    """How much each member of a team works in the days to come."""

    _name = "aftersales.team.hours.mixin"
    _description = "Working Hours of the Members of a Team"

    def _get_hours(self, members, company):
        """Return the hours that members work within the next seven days.

        Holidays, days off and absences of their own count as not worked. Whoever has
        no working hours counts with those of the team, else of the company.

        :param members: ``res.users``
        :param company: ``res.company`` of the documents that are shared out
        :return: ``{user: hours}``
        """
        self.ensure_one()
        # sudo: only how much somebody works; when and why not is nobody's business.
        company = company.sudo()
        usual = self.sudo().resource_calendar_id or company.resource_calendar_id
        groups = defaultdict(dict)
        for user in members.sudo():
            resource = user.resource_ids.filtered(lambda r: r.company_id == company)[:1]
            groups[resource.calendar_id or usual][user] = resource
        start = fields.Datetime.now().replace(tzinfo=timezone.utc)
        window = start, start + HORIZON
        holidays = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, company.id]),
        ]
        result = {}
        for calendar, resources in groups.items():
            if not calendar:
                result |= dict.fromkeys(resources, 0.0)
                continue
            work = calendar._attendance_intervals_batch(*window)[False]
            everybody = self.env["resource.resource"].sudo()
            everybody = everybody.union(*resources.values())
            leaves = calendar._leave_intervals_batch(
                *window, resources=everybody, domain=holidays
            )
            for user, resource in resources.items():
                result[user] = sum(
                    (stop - begin).total_seconds() / 3600
                    for begin, stop, _record in work - leaves[resource.id]
                )
        return {user: result[user] for user in members}
