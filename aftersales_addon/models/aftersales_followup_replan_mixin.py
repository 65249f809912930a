from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# How many follow-ups are moved before the next are read.
BATCH = 1000
# Who skipped that long ago what was undone does not get it when it happens anew.
REVIVE_DAYS = 365
# What moved away and comes back is not done when it was due longer ago.
LATE_DAYS = 7


class AftersalesFollowupReplanMixin(models.AbstractModel):
    """What is planned follows its event when that moves, is undone or comes again.

    An event that moved later is noticed when the follow-up is due; each night those
    are found whose event lies on another day than the one they were planned for.
    """

    _name = "aftersales.followup.replan.mixin"
    _description = "Moving of Planned Follow-ups"

    @api.model
    def _cron_replan(self):
        """Move what is planned to where its event is now; commits after each rule."""
        cron = self.env["ir.cron"]
        rules = self.search([("is_on", "=", True)])
        for left, rule in zip(range(len(rules) - 1, -1, -1), rules, strict=True):
            # Another worker is busy with a rule that it holds.
            if rule.try_lock_for_update(allow_referencing=True):
                rule._replan()
            if not cron._commit_progress(1, remaining=left):
                return

    def _replan(self):
        """Move the follow-ups of the rule whose event lies on another day now."""
        self.ensure_one()
        workdays = {}
        for company, followups in self._get_displaced().grouped("company_id").items():
            for start in range(0, len(followups), BATCH):
                batch = followups[start : start + BATCH]
                self.with_company(company)._replan_batch(batch, workdays)

    def _get_displaced(self):
        """Return the follow-ups whose event lies on another day than it did."""
        source = self._get_source()
        Model = self.env[source.model]
        Followup = self.env["aftersales.followup"].sudo()
        self.env.flush_all()
        names = [SQL.identifier("record", name) for name in source.dates]
        if Model._fields[source.dates[0]].type == "datetime":
            zone = SQL("COALESCE(calendar.tz, 'UTC')")
            names = [
                SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", name, zone)
                for name in names
            ]
        day = SQL("COALESCE(%s)", SQL(", ").join(names))
        since = fields.Datetime.now() - timedelta(days=REVIVE_DAYS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT followup.id
                  FROM aftersales_followup AS followup
                  LEFT JOIN %(table)s AS record ON record.id = followup.res_id
                  LEFT JOIN res_company AS company
                         ON company.id = followup.company_id
                  LEFT JOIN resource_calendar AS calendar
                         ON calendar.id = company.resource_calendar_id
                 WHERE followup.rule_id = %(rule)s
                   AND (
                        (
                            followup.state = 'planned'
                            AND %(day)s IS DISTINCT FROM followup.date_event
                        ) OR (
                            followup.is_undone
                            AND followup.date_planned >= %(since)s
                            AND %(day)s IS NOT NULL
                            AND (%(day)s = followup.date_event) = %(moving)s
                        )
                   )
                 ORDER BY followup.id
                """,
                table=SQL.identifier(Model._table),
                rule=self.id,
                since=since,
                day=day,
                # What moved away is planned again when it moves back.
                moving=source.moving,
            )
        )
        return Followup.browse([row[0] for row in rows])

    def _replan_batch(self, followups, workdays):
        source = self._get_source()
        Model = self.env[source.model].sudo()
        records = Model.browse(followups.mapped("res_id")).exists()
        fitting = records.filtered_domain(source.domain)
        late = fields.Datetime.now() - timedelta(days=LATE_DAYS)
        undone = followups.filtered(lambda f: f.res_id not in records._ids)
        undone._skip(self.env._("The document does not exist any more."))
        for followup in followups - undone:
            record = records.browse(followup.res_id)
            if not self._get_event_date(record):
                followup._skip_undone()
            elif source.moving and followup.state == "planned":
                # The new day is planned by itself.
                followup._skip(self._describe_move(followup, record))
                followup.is_undone = True
            elif followup.state == "planned" or record in fitting:
                due = self._get_due(record, followup.occurrence, workdays)
                if not (source.moving and due < late):
                    self._plan_again(followup, record, due)

    def _plan_again(self, followup, record, due):
        followup.write(
            {
                "state": "planned",
                "is_undone": False,
                "date_planned": due,
                "reason": self._describe_move(followup, record),
                "date_event": self._get_event_day(record),
            }
        )

    def _describe_move(self, followup, record):
        day = self._get_event_day(record)
        if day == followup.date_event:
            return self.env._("The event is on %s again.", day)
        return self.env._(
            "The event was moved from %(old)s to %(new)s.",
            old=followup.date_event,
            new=day,
        )
