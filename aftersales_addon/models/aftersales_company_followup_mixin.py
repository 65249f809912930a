from datetime import date, datetime, time, timedelta

from odoo import fields, models

from ..tools.periods import add_period, local_day


class WorkDays:
    """Tells on which days a company works; reads each month of a calendar once."""

    def __init__(self, company):
        self.company = company
        # sudo: on which days a company works is no secret.
        self.calendar = company.sudo().resource_calendar_id
        self.months = {}

    def __call__(self, day: date) -> bool:
        if not self.calendar:
            return day.weekday() < 5
        month = day.replace(day=1)
        if month not in self.months:
            self.months[month] = self._read(month)
        return day in self.months[month]

    def _read(self, month):
        """Return the working days of a month, and some of those around it."""
        slack = timedelta(days=1)
        schedule = self.calendar._aftersales_get_schedule(
            datetime.combine(month, time.min) - slack,
            datetime.combine(add_period(month, 1, "month"), time.min) + slack,
            self.company,
        )
        days = set()
        for start, stop in zip(schedule.starts, schedule.stops, strict=True):
            day = local_day(start, self.calendar.tz)
            last = local_day(stop - timedelta(microseconds=1), self.calendar.tz)
            while day <= last:
                days.add(day)
                day += timedelta(days=1)
        return days


class AftersalesCompanyFollowupMixin(models.AbstractModel):
    """When a company writes to its customers, and on which days it works."""

    _name = "aftersales.company.followup.mixin"
    _description = "Follow-ups of a Company"

    aftersales_quiet_from = fields.Float(
        string="Quiet From",
        default=20.0,
        help="From this hour on no follow-up is sent, in the customer's time zone.",
    )
    aftersales_quiet_to = fields.Float(
        string="Quiet Until",
        default=8.0,
        help="Until this hour. The same hour twice: follow-ups are sent at any time.",
    )

    _aftersales_quiet_hours = models.Constraint(
        "CHECK (aftersales_quiet_from >= 0 AND aftersales_quiet_from < 24 "
        "AND aftersales_quiet_to >= 0 AND aftersales_quiet_to < 24)",
        "Quiet hours lie between 0:00 and 23:59.",
    )

    def _aftersales_get_workdays(self):
        """Return a function that tells for a day whether the company works."""
        self.ensure_one()
        return WorkDays(self)
