from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# A day's work, and the way there and back.
LONGEST = timedelta(hours=24)


class AftersalesVisitTime(models.Model):
    """Time that a technician spent on a visit: work, or the way."""

    _name = "aftersales.visit.time"
    _description = "Time of a Visit"
    _inherit = ["aftersales.visit.child.mixin"]
    _order = "visit_id, date_start, id"

    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    kind = fields.Selection(
        [("work", "Work"), ("travel", "Way")], default="work", required=True
    )
    date_start = fields.Datetime(
        string="From", required=True, default=fields.Datetime.now
    )
    date_end = fields.Datetime(string="To", help="Empty: it is running.")
    hours = fields.Float(compute="_compute_hours", store=True, aggregator="sum")
    note = fields.Char()

    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "Time ends after it starts.",
    )
    # A person does one thing at a time.
    _running_once = models.UniqueIndex(
        "(user_id) WHERE date_end IS NULL",
        "Another time is running already: stop it first.",
    )

    @api.depends("date_start", "date_end")
    def _compute_hours(self):
        for time in self:
            seconds = 0
            if time.date_start and time.date_end:
                seconds = (time.date_end - time.date_start).total_seconds()
            time.hours = round(seconds / 3600, 4)

    @api.constrains("date_start", "date_end")
    def _check_length(self):
        for time in self:
            if time.date_end and time.date_end - time.date_start > LONGEST:
                raise ValidationError(
                    self.env._(
                        "One piece of time has 24 hours at most. Enter one for each "
                        "day."
                    )
                )

    @api.constrains("date_start", "date_end")
    def _check_not_ahead(self):
        # A clock that is a few minutes fast must not keep anybody from working.
        limit = fields.Datetime.now() + timedelta(minutes=15)
        for time in self:
            if (time.date_end or time.date_start) > limit:
                raise ValidationError(
                    self.env._("Time that has not passed yet cannot be entered.")
                )

    @api.constrains("user_id")
    def _check_own(self):
        """A technician enters time of the people on the visit only."""
        for time in self:
            # sudo: only who is on the visit.
            visit = time.visit_id.sudo()
            people = visit.user_id | visit.helper_ids | self.env.user
            if time.user_id not in people:
                raise ValidationError(
                    self.env._(
                        "%s does not take part in this visit.", time.user_id.name
                    )
                )

    @api.model
    def _stop_running(self, user, moment):
        """Stop what is running for somebody, on whichever visit.

        :param user: ``res.users``
        :param datetime moment: when it ended
        """
        # sudo: one's own time may be running on a visit that somebody else took over.
        running = self.sudo().search(
            [("user_id", "=", user.id), ("date_end", "=", False)]
        )
        for time in running:
            # What was forgotten overnight is no work: it is cut, to be corrected.
            latest = time.date_start + LONGEST
            time.date_end = min(max(moment, time.date_start), latest)
        # Before the next one starts: the database allows one running time.
        running.flush_recordset()
        return running

    @api.model
    def _start(self, visit, kind, moment):
        """Start a time for the present user; what is running stops.

        :param visit: ``aftersales.visit``
        :param str kind: ``work`` or ``travel``
        :param datetime moment: when it began
        """
        if kind not in dict(self._fields["kind"].selection):
            raise UserError(self.env._("Choose work or way."))
        self._stop_running(self.env.user, moment)
        return self.create({"visit_id": visit.id, "kind": kind, "date_start": moment})
