from datetime import timedelta

from odoo import fields, models

from ..tools.clock import Schedule, elapsed

HOUR = timedelta(hours=1)
# Holds that do not count for how long it took to help.
NOT_OURS = ("waiting_customer", "waiting_parts", "solved", "closed")


class AftersalesCaseMeasureMixin(models.AbstractModel):
    """How long things took, kept when they happen: by the clock and in working time."""

    _name = "aftersales.case.measure.mixin"
    _description = "Measures of a Service Case"

    hours_first_response = fields.Float(
        string="First Answer After",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Working hours until a person of ours answered.",
    )
    hours_first_response_clock = fields.Float(
        string="First Answer by the Clock",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Hours, day and night.",
    )
    hours_resolution = fields.Float(
        string="Solved After",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Working hours without the times of waiting for the customer or parts, "
        "and without those in which the case was thought to be solved.",
    )
    hours_resolution_clock = fields.Float(
        string="Solved by the Clock",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Hours from the report to the latest solution, day and night.",
    )
    hours_worked = fields.Float(
        string="Work",
        copy=False,
        groups="base.group_user",
        help="Hours that people of ours spent on the case. They cost what the team "
        "says.",
    )

    _work_not_negative = models.Constraint(
        "CHECK (hours_worked >= 0)", "Hours of work cannot be negative."
    )

    def _note_answer(self, moment):
        first = self.filtered(lambda c: not c.date_first_response)
        result = super()._note_answer(moment)
        first._measure(moment, "hours_first_response", with_holds=False)
        return result

    def _end(self, old, new, now):
        result = super()._end(old, new, now)
        if new != "cancelled":
            solved = self.filtered(lambda c: c.date_solved == now)
            solved._measure(now, "hours_resolution", with_holds=True)
        return result

    def _measure(self, moment, name, with_holds):
        """Keep the time from the report to a moment, in working hours and by the clock.

        :param str name: the field of the working hours
        :param bool with_holds: whether times of waiting are left out
        """
        for calendar, cases in self.grouped(lambda c: c._get_calendar()).items():
            first = min(cases.mapped("date_reported"))
            schedule = Schedule([])
            if calendar and first < moment:
                schedule = calendar._aftersales_get_schedule(first, moment)
            for case in cases:
                holds = case._get_measured_holds() if with_holds else ()
                start = case.date_reported
                worked = elapsed(schedule, start, moment, holds)
                case.write(
                    {
                        name: worked / HOUR,
                        f"{name}_clock": max(moment - start, timedelta()) / HOUR,
                    }
                )

    def _get_calendar(self):
        """Return the working hours that count for a case when nothing is promised."""
        self.ensure_one()
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _get_measured_holds(self):
        self.ensure_one()
        return [
            (hold.date_start, hold.date_stop or None)
            for hold in self.hold_ids
            if hold.kind in NOT_OURS
        ]
