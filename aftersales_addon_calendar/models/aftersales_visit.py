from odoo import api, fields, models

# In these states the technician is expected, or was there.
IN_CALENDAR = ("scheduled", "on_way", "in_progress", "done")
# When one of these changes, so does the calendar.
FACTS = {
    "state",
    "date_start",
    "date_end",
    "user_id",
    "helper_ids",
    "partner_id",
    "partner_shipping_id",
    "line_ids",
}


class AftersalesVisit(models.Model):
    """Each technician has an event for the visit in the calendar."""

    _inherit = "aftersales.visit"

    aftersales_event_ids = fields.One2many(
        "calendar.event",
        "aftersales_visit_id",
        string="Calendar Events",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits.filtered("date_start")._sync_calendar_events()
        return visits

    def write(self, vals):
        result = super().write(vals)
        if FACTS & vals.keys():
            self._sync_calendar_events()
        return result

    def unlink(self):
        # sudo: the events are the visit's own.
        self.sudo().aftersales_event_ids.unlink()
        return super().unlink()

    def _sync_calendar_events(self):
        """Bring the technicians' calendars in line with these visits.

        Nobody gets a mail from the calendar: technicians hear of a visit when it is
        assigned to them, customers by the visit's own e-mails.
        """
        # sudo: whoever makes an appointment may write into the technician's calendar.
        visits = self.sudo()
        events = visits.aftersales_event_ids
        known = {(event.aftersales_visit_id, event.user_id): event for event in events}
        new, kept = [], events.browse()
        for visit in visits:
            for user in visit._get_calendar_users():
                vals = visit._prepare_calendar_event_vals(user)
                event = known.get((visit, user))
                if not event:
                    new.append(vals)
                    continue
                kept |= event
                event._write_changes(vals)
        (events - kept).unlink()
        # Alarms and activities are for meetings that people make.
        events.with_context(dont_notify=True).create(new)

    def _get_calendar_users(self):
        """Return in whose calendars the visit is."""
        self.ensure_one()
        if self.state not in IN_CALENDAR or not self.date_start or not self.date_end:
            return self.env["res.users"]
        return self._get_technicians()

    def _prepare_calendar_event_vals(self, user):
        """Return the values of the event of one technician."""
        self.ensure_one()
        return {
            "aftersales_visit_id": self.id,
            "name": f"{self.number} {self.partner_id.name or ''}".strip(),
            "start": self.date_start,
            "stop": self.date_end,
            "allday": False,
            "location": ", ".join((self.place_address or "").split("\n")),
            "user_id": user.id,
            "partner_ids": [fields.Command.set(user.partner_id.ids)],
        }
