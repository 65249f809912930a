from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.schedule import DAY

# Where nothing is known of working hours.
FIRST_HOUR = time(9)
# So far after the planned day a free time is looked for.
SEARCH_DAYS = 14
# What planning leaves as it is once somebody has chosen it.
CHOSEN = {"date_planned", "partner_id", "partner_shipping_id"}
# What of an appointment the rest follows from.
TIMES = {"date_start", "date_end", "date_planned"}


class AftersalesVisitPlanningMixin(models.AbstractModel):
    """Who comes, and when: skills, workload, absence, appointments."""

    _name = "aftersales.visit.planning.mixin"
    _description = "Planning of a Visit"

    is_pinned = fields.Boolean(
        string="Keep as It Is",
        copy=False,
        help="Day or place were chosen by hand: planning moves the visit no more.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = self.env["res.company"]
        for vals in vals_list:
            if vals.get("date_start"):
                company = companies.browse(vals.get("company_id")) or self.env.company
                start = fields.Datetime.to_datetime(vals["date_start"])
                vals["date_planned"] = company._aftersales_day(start)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and CHOSEN & vals.keys() and "is_pinned" not in vals:
            vals = {**vals, "is_pinned": True}
        if "state" in vals or not TIMES & vals.keys():
            return super().write(vals)
        result = True
        for visit in self:
            result = super(AftersalesVisitPlanningMixin, visit).write(
                visit._complete_times(vals)
            )
        return result

    def _complete_times(self, vals):
        """Return the values with the day and the end that follow from a new time.

        An appointment that is moved to another day, or to another time, keeps its
        length; the planned day is always that of the appointment.
        """
        self.ensure_one()
        if not self.date_start and not vals.get("date_start"):
            return vals
        start, end = self.date_start, self.date_end
        if vals.get("date_start"):
            start = fields.Datetime.to_datetime(vals["date_start"])
        elif "date_start" in vals:
            return {**vals, "date_end": False}
        elif vals.get("date_planned") and "date_end" not in vals:
            day = fields.Date.to_date(vals["date_planned"])
            days = (day - self.company_id._aftersales_day(start)).days
            start = self._shift_days(start, days)
        if vals.get("date_end"):
            end = fields.Datetime.to_datetime(vals["date_end"])
        else:
            end = start + timedelta(hours=self._get_length())
        return {
            **vals,
            "date_start": start,
            "date_end": end,
            "date_planned": self.company_id._aftersales_day(start),
        }

    def _shift_days(self, moment, days):
        """Return the same hour of the company some days later."""
        zone = ZoneInfo(self.company_id._aftersales_tz())
        local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
        local = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        """What a contract promises is cancelled: deleted, it would be planned again."""
        promised = self.filtered(
            lambda v: v.state != "cancelled" and v.line_ids.contract_line_id
        )
        if promised and not self.env.su:
            raise UserError(
                self.env._(
                    "%s is promised by a contract: cancel it instead.",
                    promised[:1].display_name,
                )
            )

    def _is_free(self):
        """Tell whether nobody agreed on it, so that planning may move it."""
        self.ensure_one()
        return self.state == "planned" and not self.date_start and not self.is_pinned

    # --- What follows for the plan ---

    def _after_done(self):
        result = super()._after_done()
        self._replan_contracts()
        return result

    def _after_not_done(self):
        result = super()._after_not_done()
        self._replan_contracts()
        return result

    def _after_cancelled(self, agreed):
        result = super()._after_cancelled(agreed)
        self._replan_contracts()
        return result

    def _replan_contracts(self):
        """Plan what counts from these visits."""
        # sudo: a technician's visit moves the plan, whose it ever is.
        services = self.sudo().line_ids.service_id
        follows = services.filtered(
            lambda s: s.schedule == "usage" or s.mode == "floating"
        )
        follows.contract_id._replan_soon()

    # --- Times ---

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

    def _get_default_start(self, user=None):
        """Return when the visit could begin, if nothing is arranged.

        The first time on or after the planned day at which the technician is free;
        without any, the morning of that day.

        :param user: ``res.users``; that of the visit, or who could come, if not given
        :return: a naive datetime in UTC
        """
        self.ensure_one()
        if self.date_start:
            return self.date_start
        today = self.company_id._aftersales_today()
        day = max(self.date_planned or today, today)
        visit = self.new({"user_id": user.id}, origin=self) if user else self
        slots = visit._get_free_slots(day, day + SEARCH_DAYS * DAY, limit=1)
        if slots:
            return slots[0][0]
        zone = ZoneInfo(self.company_id._aftersales_tz())
        moment = datetime.combine(day, FIRST_HOUR, tzinfo=zone)
        return moment.astimezone(timezone.utc).replace(tzinfo=None)

    def _get_day_again(self):
        """Return the day that is proposed after a visit that could not be done."""
        self.ensure_one()
        return self.company_id._aftersales_today() + 7 * DAY
