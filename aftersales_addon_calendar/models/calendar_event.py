from odoo import api, fields, models
from odoo.exceptions import UserError

TIMES = {"start", "stop", "start_date", "stop_date", "duration", "allday"}
MOVABLE = ("planned", "scheduled")


class CalendarEvent(models.Model):
    """The event of a visit: who moves it moves the visit."""

    _inherit = "calendar.event"

    aftersales_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Service Visit",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
    )

    _aftersales_visit_unique = models.UniqueIndex(
        "(aftersales_visit_id, user_id) WHERE aftersales_visit_id IS NOT NULL",
        "This visit is in the calendar of this technician already.",
    )

    def write(self, vals):
        if not self.env.su and vals.get("active") is False:
            self._check_visit_stays()
        times = bool(TIMES & vals.keys())
        result = super().write(vals)
        if times and not self.env.su:
            self._move_visits()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_visit(self):
        if not self.env.su:
            self._check_visit_stays()

    def _check_visit_stays(self):
        event = self.filtered("aftersales_visit_id")[:1]
        if event:
            raise UserError(
                self.env._(
                    "“%s” is a visit: cancel the visit, and it leaves the calendar.",
                    event.name,
                )
            )

    def _move_visits(self):
        """Move the visits of events that somebody moved.

        :raises AccessError: for those who may not write the visit
        :raises UserError: for a visit that has begun or is over
        """
        for event in self.filtered("aftersales_visit_id"):
            visit = event.aftersales_visit_id
            if (visit.date_start, visit.date_end) == (event.start, event.stop):
                continue
            visit.check_access("write")
            if visit.state not in MOVABLE:
                raise UserError(
                    self.env._(
                        "%s has begun or is over: it cannot be moved any more.",
                        visit.display_name,
                    )
                )
            visit.write({"date_start": event.start, "date_end": event.stop})

    def _write_changes(self, vals):
        """Write what of the values is new, without mails and alarms."""
        self.ensure_one()
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].type != "many2many"
            and self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.with_context(dont_notify=True).write(changed)

    def _skip_send_mail_status_update(self):
        """Who goes there was told by the visit itself."""
        self.ensure_one()
        # sudo: an attendee may not see the visit.
        is_visit = bool(self.sudo().aftersales_visit_id)
        return is_visit or super()._skip_send_mail_status_update()

    def action_open_aftersales_visit(self):
        """Open the visit that the event is for."""
        self.ensure_one()
        return self.aftersales_visit_id._open_document(self.aftersales_visit_id)
