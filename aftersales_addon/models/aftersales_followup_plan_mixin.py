from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.moments import WORKDAY_LIMIT, at_hour, shift_day
from ..tools.schedule import to_working_day

# What is due in so many days is planned today, for everybody to see.
AHEAD_DAYS = 30
# What was due while nothing ran is made up for, so far back.
BACK_DAYS = 7
# A working day is found within so many days of the day that was worked out.
SLACK_DAYS = WORKDAY_LIMIT + 2
# How many years a yearly event is looked back for.
YEARS = 40
# How many records are planned before the next are read.
BATCH = 1000


class AftersalesFollowupPlanMixin(models.AbstractModel):
    """From events to follow-ups: which records, and when.

    Nothing is hooked into sales, stock or repairs: now and then the rules look for the
    records whose event lies where it must to be due soon. So a delivery takes no
    longer than without rules, and what was missed is found the next time.
    """

    _name = "aftersales.followup.plan.mixin"
    _description = "Planning of Follow-ups"

    # --- When ---

    def _get_event_date(self, record):
        """Return when the event of a record was or will be: a date, a datetime, or
        False when it is not known."""
        self.ensure_one()
        for name in self._get_source().dates:
            if record[name]:
                return record[name]
        return False

    def _get_source(self):
        self.ensure_one()
        return self._get_sources()[self.event]

    def _get_zone(self, partner, company):
        """Return the time zone that hours are meant in."""
        return partner.tz or company._aftersales_tz()

    def _get_due(self, record, occurrence=0, workdays=None):
        """Return the moment at which a record is followed up, or False.

        :param int occurrence: for a yearly event, the how-manieth year
        :param dict workdays: what is known of the days on which companies work; kept
            by the caller for many records
        :return: naive UTC
        """
        self.ensure_one()
        event = self._get_event_date(record)
        if not event:
            return False
        partner, company = self._get_partner(record), self._get_rule_company(record)
        zone = self._get_zone(partner, company)
        sign = -1 if self.offset_direction == "before" else 1
        if self.offset_unit == "hour" or not (self.offset_count or occurrence):
            return self._get_due_moment(event, sign, zone)
        day = event
        if isinstance(event, datetime):
            day = company._aftersales_day(event)
        day = shift_day(day, occurrence, "year")
        workdays = {} if workdays is None else workdays
        if company not in workdays:
            workdays[company] = company._aftersales_get_workdays()
        is_working = workdays[company]
        day = shift_day(day, sign * self.offset_count, self.offset_unit, is_working)
        if self.on_workday:
            direction = "previous" if sign < 0 else "next"
            day = to_working_day(day, is_working, direction, limit=WORKDAY_LIMIT)
        return at_hour(day, self.hour, zone)

    def _get_due_moment(self, event, sign, zone):
        """Return the moment some hours from an event.

        A day begins at the rule's hour.
        """
        if not isinstance(event, datetime):
            event = at_hour(event, self.hour, zone)
        if self.offset_unit != "hour":
            return event
        return event + sign * timedelta(hours=self.offset_count)

    def _get_rule_company(self, record):
        return self._get_company(record) or self.company_id or self.env.company

    # --- Which ---

    def _get_windows(self, until):
        """Return the spans of days in which events lie that are due until a moment.

        They are a little too wide; what is due is worked out for each record then.

        :return: a list of ``(first, last, occurrence)``
        """
        self.ensure_one()
        since = self.date_since or fields.Date.today()
        if self.date_scanned:
            since = max(since, (self.date_scanned - timedelta(days=BACK_DAYS)).date())
        sign = 1 if self.offset_direction == "before" else -1
        unit, count = self.offset_unit, self.offset_count
        if unit in ("hour", "workday"):
            # Counted in days, generously: the slack takes up the rest.
            count = count // 24 if unit == "hour" else count * 7 // 5
            unit = "day"
        slack = timedelta(days=SLACK_DAYS if self.on_workday else 3)
        slack += timedelta(days=count // 5 if self.offset_unit == "workday" else 0)
        first = shift_day(since, sign * count, unit) - slack
        last = shift_day(until.date(), sign * count, unit) + slack
        if not self._get_source().yearly:
            return [(first, last, 0)]
        return [
            (shift_day(first, -year, "year"), shift_day(last, -year, "year"), year)
            for year in range(1, YEARS + 1)
        ]

    def _get_candidates_domain(self, windows):
        """Return the ``Domain`` of the records whose event lies in one of the spans."""
        self.ensure_one()
        source = self._get_source()
        Model = self.env[source.model]
        spans = []
        for first, last, _occurrence in windows:
            # The first field that is set counts, so those before it are empty.
            before = Domain.TRUE
            for name in source.dates:
                low, high = first, last
                if Model._fields[name].type == "datetime":
                    low = datetime.combine(first, time.min)
                    high = datetime.combine(last, time.max)
                span = Domain(name, ">=", low) & Domain(name, "<=", high)
                spans.append(before & span)
                before &= Domain(name, "=", False)
        domain = Domain.OR(spans) & Domain(source.domain) & self._get_condition()
        if self.company_id and "company_id" in Model._fields:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    def _search_candidates(self, until, limit=None, after=0):
        """Return records whose event may be due until a moment, without a follow-up.

        :param datetime until: naive UTC
        :param int after: records with a higher id only
        """
        self.ensure_one()
        source = self._get_source()
        # sudo: a rule holds for all records of its company, whoever switched it on.
        Model = self.env[source.model].sudo()
        domain = self._get_candidates_domain(self._get_windows(until))
        query = Model._search(
            domain & Domain("id", ">", after), order="id", limit=limit
        )
        if not source.yearly:
            self.env["aftersales.followup"].flush_model(["rule_id", "res_id"])
            query.add_where(
                SQL(
                    """
                    NOT EXISTS (
                        SELECT FROM aftersales_followup AS done
                         WHERE done.rule_id = %s AND done.res_id = %s
                    )
                    """,
                    self.id,
                    SQL.identifier(query.table, "id"),
                )
            )
        return Model.browse(query)

    def _count_candidates(self, limit):
        """Return how many records the rule would plan now, at most ``limit``."""
        self.ensure_one()
        until = fields.Datetime.now() + timedelta(days=AHEAD_DAYS)
        return len(self._search_candidates(until, limit=limit))

    def _filter_first(self, records):
        """Keep, of orders, those that are the first of their customers."""
        customers = records.partner_id.commercial_partner_id
        first = {}
        for order in records.search(
            [*self._get_source().domain, ("partner_id", "child_of", customers.ids)],
            order="date_order, id",
        ):
            first.setdefault(order.partner_id.commercial_partner_id, order)
        return records.filtered(
            lambda order: first.get(order.partner_id.commercial_partner_id) == order
        )

    # --- Planning ---

    def _plan(self, until):
        """Plan what is due until a moment, in batches.

        :return: the new follow-ups
        """
        self.ensure_one()
        made = self.env["aftersales.followup"]
        after = 0
        while True:
            records = self._search_candidates(until, limit=BATCH, after=after)
            if not records:
                break
            after = max(records.ids)
            made |= self._plan_records(records, until)
        return made

    def _plan_records(self, records, until):
        """Plan the follow-ups of these records that are due until a moment."""
        if self._get_source().first:
            records = self._filter_first(records)
        vals_list = []
        known = self._get_known_occurrences(records)
        since = datetime.combine(self.date_since or fields.Date.today(), time.min)
        # A day begins earlier east of Greenwich.
        since -= timedelta(hours=14)
        workdays = {}
        for record in records:
            for occurrence in self._get_occurrences(record, until):
                if (record.id, occurrence) in known:
                    continue
                due = self._get_due(record, occurrence, workdays)
                if due and since <= due <= until:
                    vals_list.append(self._prepare_followup(record, occurrence, due))
        return self.env["aftersales.followup"].sudo().create(vals_list)

    def _get_occurrences(self, record, until):
        """Return which years of a yearly event may be due; 0 for any other one."""
        if not self._get_source().yearly:
            return (0,)
        event = self._get_event_date(record)
        years = until.year - event.year if event else 0
        return [year for year in (years - 1, years, years + 1) if year > 0]

    def _get_known_occurrences(self, records):
        if not self._get_source().yearly:
            return set()
        # sudo: what was planned counts, whoever plans.
        rows = self.env["aftersales.followup"].sudo()
        found = rows.search_fetch(
            [("rule_id", "=", self.id), ("res_id", "in", records.ids)],
            ["res_id", "occurrence"],
        )
        return {(row.res_id, row.occurrence) for row in found}

    def _prepare_followup(self, record, occurrence, due):
        """Return the values of the follow-up of a record."""
        event = self._get_event_date(record)
        company = self._get_rule_company(record)
        if isinstance(event, datetime):
            event = company._aftersales_day(event)
        return {
            "rule_id": self.id,
            "res_model": record._name,
            "res_id": record.id,
            "occurrence": occurrence,
            "company_id": company.id,
            "partner_id": self._get_partner(record).id,
            "date_event": event,
            "date_planned": due,
        }

    @api.model
    def _cron_plan(self):
        """Plan what is due soon, for each rule that is on; commits after each."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        rules = self.search([("is_on", "=", True)])
        for left, rule in zip(range(len(rules) - 1, -1, -1), rules, strict=True):
            # Another worker plans a rule that it holds.
            if rule.try_lock_for_update(allow_referencing=True):
                rule._plan(now + timedelta(days=AHEAD_DAYS))
                rule.date_scanned = now
            if not cron._commit_progress(1, remaining=left):
                return
