import logging
from datetime import datetime, time, timedelta

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.moments import WORKDAY_LIMIT, at_hour, shift_day
from ..tools.schedule import to_working_day

_logger = logging.getLogger(__name__)

# What is due in so many days is planned today, for everybody to see.
AHEAD_DAYS = 30
# What was due while nothing ran is made up for, so far back.
BACK_DAYS = 7
# The day that is worked out may move so far to fall on a working day. After a longer
# closure some is planned a little later, or found by the records that came before.
SLACK_DAYS = 10
# Months differ in length.
MONTH_DAYS = 3
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

    def _get_event_day(self, record):
        """Return the day of the event where the company is, or False."""
        event = self._get_event_date(record)
        if isinstance(event, datetime):
            return self._get_rule_company(record)._aftersales_day(event)
        return event

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
        company = self._get_rule_company(record)
        zone = self._get_zone(self._get_partner(record), company)
        is_working = self._get_workdays(company, workdays)
        sign = -1 if self.offset_direction == "before" else 1
        moment = self._get_due_moment(event, sign, zone)
        if moment:
            day = company._aftersales_day(moment)
            if not self.on_workday or is_working(day):
                return moment
        else:
            years = occurrence if self._get_source().yearly else 0
            day = shift_day(self._get_event_day(record), years, "year")
            day = shift_day(day, sign * self.offset_count, self.offset_unit, is_working)
        if self.on_workday:
            direction = "previous" if sign < 0 else "next"
            day = to_working_day(day, is_working, direction, limit=WORKDAY_LIMIT)
        return at_hour(day, self.hour, zone)

    @api.model
    def _get_workdays(self, company, workdays=None):
        """Return the function that tells on which days a company works.

        :param dict workdays: what is known of companies, kept by the caller
        """
        workdays = {} if workdays is None else workdays
        if company not in workdays:
            workdays[company] = company._aftersales_get_workdays()
        return workdays[company]

    def _get_due_moment(self, event, sign, zone):
        """Return the moment some hours from an event, or at once after it.

        A day begins at the rule's hour. False for what is counted in days.
        """
        is_moment = isinstance(event, datetime)
        if self.offset_unit != "hour":
            return event if is_moment and not self.offset_count else False
        if not is_moment:
            event = at_hour(event, self.hour, zone)
        return event + sign * timedelta(hours=self.offset_count)

    def _get_rule_company(self, record):
        return self._get_company(record) or self.company_id or self.env.company

    # --- Which ---

    def _get_since(self):
        """Return the day from which on it is made up for what was due.

        A clock that was wrong for a while and is set back does not hide anything.
        """
        self.ensure_one()
        today = fields.Date.today()
        if not self.is_on:
            return today
        since = min(self.date_since or today, today)
        if self.date_scanned:
            scanned = min(self.date_scanned.date(), today)
            since = max(since, scanned - timedelta(days=BACK_DAYS))
        return since

    def _get_windows(self, until):
        """Return the spans of days in which events lie that are due until a moment.

        They are a little too wide; what is due is worked out for each record then.

        :return: a list of ``(first, last, occurrence)``
        """
        self.ensure_one()
        sign = 1 if self.offset_direction == "before" else -1
        unit, count = self.offset_unit, self.offset_count
        slack = timedelta(days=MONTH_DAYS)
        if unit in ("hour", "workday"):
            # Counted in days, generously: the slack takes up the rest.
            slack += timedelta(days=count // 5 if unit == "workday" else 0)
            count = count // 24 if unit == "hour" else count * 7 // 5
            unit = "day"
        before = timedelta(days=SLACK_DAYS if self.on_workday else 0)
        first = shift_day(self._get_since(), sign * count, unit) - slack - before
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
        company = Model._fields.get("company_id")
        if company and company.store and self.company_id:
            domain &= Domain("company_id", "in", (self.company_id.id, False))
        elif company and company.store and company.required:
            # Says nothing new, but indexes begin with the company.
            companies = self.env["res.company"].sudo().search(Domain.TRUE)
            domain &= Domain("company_id", "in", companies.ids)
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
            self.env["aftersales.followup"].flush_model()
            query.add_where(self._get_no_followup_yet(query.table))
        return Model.browse(query)

    def _get_no_followup_yet(self, table):
        source = self._get_source()
        again = SQL()
        if source.moving:
            # As date.toordinal() counts days.
            day = SQL.identifier(table, source.dates[0])
            again = SQL("AND done.occurrence = %s - DATE '0001-01-01' + 1", day)
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM aftersales_followup AS done
                 WHERE done.rule_id = %s AND done.res_id = %s %s
            )
            """,
            self.id,
            SQL.identifier(table, "id"),
            again,
        )

    def _count_candidates(self, limit):
        """Return how many records the rule would plan now, at most ``limit``."""
        self.ensure_one()
        until = fields.Datetime.now() + timedelta(days=AHEAD_DAYS)
        return len(self._search_candidates(until, limit=limit))

    def _filter_first(self, records):
        """Keep, of orders, those that are the first of their customers in a company."""
        customers = records.partner_id.commercial_partner_id
        first = {}
        for order in records.search(
            [*self._get_source().domain, ("partner_id", "child_of", customers.ids)],
            order="date_order, id",
        ):
            first.setdefault(self._get_first_key(order), order.id)
        return records.filtered(lambda o: first.get(self._get_first_key(o)) == o.id)

    @api.model
    def _get_first_key(self, order):
        return order.partner_id.commercial_partner_id, order.company_id

    # --- Planning ---

    def _plan(self, until):
        """Plan what is due until a moment, in batches.

        :return: the new follow-ups
        """
        self.ensure_one()
        made = self.env["aftersales.followup"]
        after = 0
        while after is not None:
            new, after = self._plan_batch(until, after)
            made |= new
        return made

    def _plan_batch(self, until, after):
        """Plan the next records.

        :param int after: records with a higher id only
        :return: the new follow-ups, and the last id, which is None at the end
        """
        records = self._search_candidates(until, limit=BATCH, after=after)
        if not records:
            return self.env["aftersales.followup"], None
        return self._plan_records(records, until), max(records.ids)

    def _plan_records(self, records, until):
        """Plan the follow-ups of these records that are due until a moment."""
        vals_list = self._prepare_followups(records, until)
        # A plan is no news: nobody is told of it, and nobody follows it.
        followups = self.env["aftersales.followup"].sudo()
        return followups.with_context(
            tracking_disable=True, mail_create_nosubscribe=True
        ).create(vals_list)

    def _prepare_followups(self, records, until):
        """Return the values of the follow-ups of records, due until a moment."""
        self.ensure_one()
        if self._get_source().first:
            records = self._filter_first(records)
        vals_list = []
        known = self._get_known_occurrences(records)
        # A day begins earlier east of Greenwich.
        since = datetime.combine(self._get_since(), time.min) - timedelta(hours=14)
        workdays = {}
        for record in records:
            for occurrence in self._get_occurrences(record, until):
                if (record.id, occurrence) in known:
                    continue
                due = self._get_due(record, occurrence, workdays)
                if due and since <= due <= until:
                    vals_list.append(self._prepare_followup(record, occurrence, due))
        return vals_list

    def _get_occurrences(self, record, until):
        """Return what tells one time of an event from another; 0 when it comes once.

        Of a yearly event the years that may be due, of a moving one its day.
        """
        source = self._get_source()
        event = self._get_event_date(record)
        if source.moving:
            return (event.toordinal(),) if event else ()
        if not source.yearly:
            return (0,)
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
        return {
            "rule_id": self.id,
            "res_model": record._name,
            "res_id": record.id,
            "occurrence": occurrence,
            "company_id": self._get_rule_company(record).id,
            "partner_id": self._get_partner(record).id,
            "date_event": self._get_event_day(record),
            "date_planned": due,
        }

    @api.model
    def _cron_plan(self):
        """Plan what is due soon, for each rule that is on; commits as it goes."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        rules = self.search([("is_on", "=", True)])
        for left, rule in zip(range(len(rules) - 1, -1, -1), rules, strict=True):
            after = 0
            while after is not None:
                after = rule._plan_carefully(now, after)
                remaining = left + (after is not None)
                if not cron._commit_progress(1, remaining=remaining):
                    return

    def _plan_carefully(self, now, after):
        """Plan the next records; an error in one rule never stops another.

        :return: as :meth:`_plan_batch`; None when there is nothing left to do
        """
        # Another worker plans a rule that it holds.
        if not self.try_lock_for_update(allow_referencing=True):
            return None
        if self._get_source().yearly and self.date_scanned:
            # Many have a birthday in a month: they are looked at once a day.
            if self.date_scanned.date() == now.date():
                return None
        try:
            with self.env.cr.savepoint():
                _made, after = self._plan_batch(now + timedelta(days=AHEAD_DAYS), after)
                if after is None:
                    self.write({"date_scanned": now, "error": False})
                self.env.flush_all()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("Follow-up rule %s failed", self.id, exc_info=True)
            self.env.invalidate_all(flush=False)
            self._note_error(error)
            return None
        return after
