from datetime import timedelta, timezone

from odoo import models

from ..tools.clock import Schedule

# A change of one of these on the calendar itself moves what was promised by it; its
# hours and holidays are records of their own.
FACTS = {"tz", "two_weeks_calendar", "flexible_hours", "hours_per_day"}
FACTS |= {"full_time_required_hours"}


class AftersalesCalendarMixin(models.AbstractModel):
    """Working hours by which promised times run."""

    _name = "aftersales.calendar.mixin"
    _description = "Promised Times by a Working Calendar"

    def write(self, vals):
        result = super().write(vals)
        if FACTS & vals.keys():
            self._aftersales_notice_change()
        return result

    def _aftersales_notice_change(self):
        """Have the promises that go by these calendars worked out again, soon."""
        if self:
            self.env["aftersales.sla.clock"]._mark_stale(
                [("calendar_id", "in", self.ids)]
            )

    def _aftersales_get_schedule(self, first, last, company=None):
        """Return when somebody works, without holidays.

        :param datetime first: naive and in UTC, the beginning of the window
        :param datetime last: its end
        :param company: ``res.company`` whose holidays count; that of the calendar when
            not given
        :return: a ``tools.clock.Schedule``
        """
        self.ensure_one()
        # sudo: promises go by working hours, whoever looks at them.
        calendar = self.sudo()
        company = company or calendar.company_id
        domain = [("time_type", "=", "leave")]
        if company:
            domain.append(("company_id", "in", [False, company.id]))
        intervals = calendar._work_intervals_batch(
            first.replace(tzinfo=timezone.utc),
            last.replace(tzinfo=timezone.utc),
            domain=domain,
        )[False]
        return Schedule(
            (_naive(start), _naive(stop)) for start, stop, _records in intervals
        )

    def _aftersales_has_hours(self):
        """Tell whether somebody works in this calendar at all."""
        self.ensure_one()
        # sudo: as above.
        calendar = self.sudo()
        if calendar.flexible_hours:
            return calendar.hours_per_day > 0
        attendances = calendar.attendance_ids.filtered(
            lambda a: not a.display_type and a.day_period != "lunch"
        )
        return any(a.hour_to > a.hour_from for a in attendances)


def _naive(moment):
    """Return a moment as the ORM stores it; the end of a day is the next one's start.

    The platform ends flexible days a microsecond before midnight.
    """
    moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    if moment.microsecond == 999999:
        moment += timedelta(microseconds=1)
    return moment
