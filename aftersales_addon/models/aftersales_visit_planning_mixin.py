from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import models

from ..tools.schedule import DAY

# Where nothing is known of working hours.
FIRST_HOUR = time(9)


class AftersalesVisitPlanningMixin(models.AbstractModel):
    """Who comes, and when: skills, workload, absence, appointments."""

    _name = "aftersales.visit.planning.mixin"
    _description = "Planning of a Visit"

    def _get_length(self):
        """Return how long the visit takes, in hours: as arranged, else as expected."""
        self.ensure_one()
        if self.date_start and self.date_end:
            return (self.date_end - self.date_start).total_seconds() / 3600
        return self.duration or 1.0

    def _get_end(self, start, hours=None):
        """Return when a visit ends that begins at a moment.

        :param datetime start: naive and in UTC
        :param float hours: how long it takes; as expected if not given
        """
        self.ensure_one()
        return start + timedelta(hours=hours or self.duration or 1.0)

    def _get_default_start(self):
        """Return the beginning of the planned day's work, if nothing is arranged.

        :return: a naive datetime in UTC
        """
        self.ensure_one()
        if self.date_start:
            return self.date_start
        zone = ZoneInfo(self.company_id._aftersales_tz())
        today = self.company_id._aftersales_today()
        day = max(self.date_planned or today, today)
        moment = datetime.combine(day, FIRST_HOUR, tzinfo=zone)
        return moment.astimezone(timezone.utc).replace(tzinfo=None)

    def _get_day_again(self):
        """Return the day that is proposed after a visit that could not be done."""
        self.ensure_one()
        return self.company_id._aftersales_today() + 7 * DAY
