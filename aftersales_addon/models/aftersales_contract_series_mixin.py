from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..tools.periods import add_period
from ..tools.schedule import DAY, to_working_day
from ..tools.work_days import WorkDays
from .aftersales_contract_planning_mixin import LATE_START, MAX_NEW
from .aftersales_service_series_mixin import Span
from .aftersales_visit_tour_mixin import Due


class AftersalesContractSeriesMixin(models.AbstractModel):
    """Which visits a contract promises, and how the plan is brought in line with it."""

    _name = "aftersales.contract.series.mixin"
    _description = "Promised Visits of a Contract"

    def _plan_company(self):
        """Plan contracts of one company that are locked."""
        company = self.company_id
        today = company._aftersales_today()
        self._set_visits_from(today)
        rows = self.service_ids._get_planned_rows()
        by_series = {}
        for row in rows:
            by_series.setdefault((row.service_id, row.contract_line_id), []).append(row)
        readings = self._get_usage_readings()
        work_days = WorkDays(company)
        new, next_days, notes = [], {}, {}
        kept = set()
        for contract in self:
            plan = contract._get_plan(today, by_series, readings)
            notes[contract] = plan.notes
            kept |= plan.kept
            todo = plan.missing[:MAX_NEW]
            more = len(plan.missing) > MAX_NEW
            next_days[contract] = today if more else plan.next_day
            new += contract._get_dues(todo, today, work_days)
        gone = [row.id for row in rows if row.is_free and row.id not in kept]
        self.env["aftersales.visit.line"].browse(gone)._take_off_plan()
        self.env["aftersales.visit"]._make_tours(new)
        self._write_plan_next(next_days)
        self._keep_notes(notes)

    def _set_visits_from(self, today):
        """Decide from when on visits are planned, once."""
        for contract in self.filtered(lambda c: not c.visits_from):
            anchor = contract._get_plan_anchor()
            if contract.billing_from:
                contract.visits_from = max(anchor, contract.billing_from)
            elif anchor >= today - LATE_START * DAY:
                contract.visits_from = anchor
            else:
                contract.visits_from = today
                contract._message_log(
                    body=self.env._(
                        "Visits that were due before %s are not planned. If they are "
                        "to be made up for, set “Visits From” to an earlier day.",
                        self.env["aftersales.asset"]._format_day(today),
                    )
                )

    def _get_plan_anchor(self):
        """Return the day that all visits are counted from."""
        self.ensure_one()
        return self.date_anchor or self.date_start

    def _get_plan(self, today, rows, readings):
        """Return what is to be planned for a contract; see ``Plan``.

        :param dict rows: the planned rows of each service and line
        :param dict readings: as ``_get_usage_readings`` returns them
        """
        self.ensure_one()
        plan = Plan()
        horizon = add_period(today, self.horizon_months, "month")
        services = self.service_ids.filtered(lambda s: s.schedule != "request")
        for line, first, last in self._get_plan_units():
            place = self._get_place(line)
            history = line and line._get_history()
            begin = first
            if len(history) > 1:
                # Counted as if it had never changed: each occurrence once.
                begin = line._get_first_line()._get_first_day()
            for service in services:
                known = _get_known(rows, service, line, history)
                span = Span(max(begin, self.visits_from), last, horizon)
                wanted = service._get_wanted(line, span, known, readings)
                if len(history) > 1:
                    # What is due before is for the line that it goes on from.
                    days = {n: day for n, day in wanted.days.items() if day >= first}
                    wanted = wanted._replace(days=days)
                plan.add(service, line, place, known, wanted)
        if plan.after:
            look = get_day_before(plan.after, self.horizon_months)
            plan.next_day = max(look, today + DAY)
        return plan

    def _get_place(self, line):
        """Return where a unit is, or the contract's address."""
        self.ensure_one()
        return (
            line.asset_id.partner_shipping_id
            or self.partner_shipping_id
            or self.partner_id
        )

    def _get_plan_units(self):
        """Return the units that are visited, each with its first and last day.

        A contract without units is visited as a whole.
        """
        self.ensure_one()
        lines = self.line_ids.filtered("asset_id")
        if not lines:
            return [(lines, self._get_plan_anchor(), self.date_end)]
        spans = [
            (line, line._get_span())
            for line in lines
            if line.asset_id.state == "in_use"
        ]
        return [(line, *span) for line, span in spans if span]

    def _get_usage_readings(self):
        """Return what the counters of the units showed, in one query.

        :return: ``{(id of the unit, measure): [(day, use), ...]}``, oldest first
        """
        by_use = self.filtered(
            lambda contract: "usage" in contract.service_ids.mapped("schedule")
        )
        assets = by_use.line_ids.asset_id
        if not assets:
            return {}
        readings = self.env["aftersales.reading"].search_fetch(
            [("asset_id", "in", assets.ids)],
            ["asset_id", "unit", "date", "usage"],
            order="date, id",
        )
        result = {}
        for reading in readings:
            key = (reading.asset_id.id, reading.unit)
            result.setdefault(key, []).append((reading.date, reading.usage))
        return result

    def _get_dues(self, missing, today, work_days):
        """Return what is missing with the day and the place it is planned for."""
        self.ensure_one()
        calendar = self.team_id.resource_calendar_id
        dues = []
        for service, line, place, number, date_due, row in missing:
            is_working = work_days.of(calendar)
            day = to_working_day(max(date_due, today), is_working, service.shift)
            if day < today:
                # The working day before is over already.
                day = to_working_day(today, is_working)
            dues.append(Due(self, service, line, number, date_due, day, place, row))
        return dues

    def _keep_notes(self, notes):
        """Say on the contracts what planning needs, and tell somebody once."""
        for contract, texts in notes.items():
            note = "\n".join(sorted(texts)) or False
            if contract.planning_error:
                contract.planning_error = False
            if contract.planning_note == note:
                continue
            is_new = note and not contract.planning_note
            contract.planning_note = note
            if is_new:
                contract.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("A reading is needed"),
                    note=note.replace("\n", "<br/>"),
                    user_id=contract.user_id.id or self.env.uid,
                )


def _get_known(rows, service, line, history):
    """Return what is planned of a service, also for what a line goes on from.

    :param dict rows: the planned rows of each service and line
    :param line: the line of the contract; none for a contract without units
    :param history: the line with all that it goes on from
    """
    if len(history) < 2:
        return rows.get((service.id, line.id), [])
    known = [row for x in history for row in rows.get((service.id, x.id), [])]
    return sorted(known, key=lambda row: row.number)


class Plan:
    """What the plan of a contract lacks, and when it is looked at again."""

    def __init__(self):
        self.missing = []
        self.kept = set()
        self.notes = set()
        self.after = None
        self.next_day = False

    def add(self, service, line, place, known, wanted):
        """Take in the occurrences of one service at one unit.

        :param place: the address to drive to
        :param known: the rows that are planned of it
        :param Wanted wanted: what is to be planned of it
        """
        by_number = {row.number: row for row in known}
        for number, day in wanted.days.items():
            row = by_number.get(number)
            if row and row.is_free:
                self.kept.add(row.id)
            as_planned = row and (row.date_due, row.place_id) == (day, place.id)
            if not row or (row.is_free and not as_planned):
                self.missing.append((service, line, place, number, day, row))
        if wanted.after and (not self.after or wanted.after < self.after):
            self.after = wanted.after
        if wanted.note:
            self.notes.add(wanted.note)


def get_day_before(day, months):
    """Return the first day on which a day lies within so many months ahead."""
    look = day - relativedelta(months=months)
    while add_period(look, months, "month") < day:
        look += DAY
    return fields.Date.to_date(look)
