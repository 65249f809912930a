import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, format_time

from ..tools import ics

_logger = logging.getLogger(__name__)

NOTICES = "aftersales_visit_notices"
APPOINTED = ("scheduled", "on_way")
# What moves an appointment when it is written by hand.
TIMES = {"date_start", "date_end"}
# Visits that one step of the reminders tells of and commits together.
BATCH = 50


class AftersalesVisitMailMixin(models.AbstractModel):
    """Customers are told when somebody comes, once for each change, and reminded."""

    _name = "aftersales.visit.mail.mixin"
    _description = "E-Mails about a Visit"

    told_start = fields.Datetime(
        string="Told To Begin",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The appointment that the customer was told last.",
    )
    told_end = fields.Datetime(
        string="Told To End", readonly=True, copy=False, groups="base.group_system"
    )
    told_count = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="How often the customer was told: calendars keep the highest.",
    )
    reminded_start = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The appointment that the customer was reminded of.",
    )

    # The reminders find what is due by it, however many visits there are.
    _reminder_index = models.Index("(company_id, date_start) WHERE state = 'scheduled'")

    def write(self, vals):
        result = super().write(vals)
        if TIMES & vals.keys():
            self._announce_appointment()
        return result

    def _after_scheduled(self):
        result = super()._after_scheduled()
        self._announce_appointment()
        return result

    def _after_cancelled(self, agreed):
        result = super()._after_cancelled(agreed)
        agreed._announce_appointment()
        return result

    # --- What is told ---

    def _announce_appointment(self):
        """Tell customers at the end of the transaction what has become of it.

        Made and moved at once is told once; moved and moved back is not told.
        Nothing is told for work without tracking, as imports of old data are.
        """
        if not self or self.env.context.get("tracking_disable"):
            return
        precommit = self.env.cr.precommit
        if NOTICES not in precommit.data:
            precommit.data[NOTICES] = set()
            # sudo: whoever makes an appointment need not be allowed to send e-mails.
            precommit.add(self.browse().sudo()._send_appointments)
        precommit.data[NOTICES] |= set(self.ids)

    def _send_appointments(self):
        """Send what was announced in this transaction."""
        ids = self.env.cr.precommit.data.pop(NOTICES, set())
        visits = self.browse(sorted(ids)).exists()
        for event, group in visits.grouped(lambda v: v._get_news()).items():
            if event:
                group._tell(event)
        self.env.flush_all()

    def _get_news(self):
        """Return what the customer does not know yet, or False."""
        self.ensure_one()
        if not self.company_id.aftersales_visit_mails:
            return False
        now = fields.Datetime.now()
        if self.state == "cancelled":
            return self.told_start and self.told_end > now and "cancelled"
        if self.state not in APPOINTED or not self.date_end or self.date_end < now:
            return False
        if not self.told_start:
            return "scheduled"
        told = (self.told_start, self.told_end)
        return told != (self.date_start, self.date_end) and "moved"

    def _tell(self, event):
        """Send one kind of e-mail about each visit, and keep what was told.

        :param str event: ``scheduled``, ``moved``, ``cancelled`` or ``reminder``
        """
        xml_id = f"aftersales_addon.mail_template_data_visit_{event}"
        template = self.env.ref(xml_id, raise_if_not_found=False)
        for visit in self:
            visit._note_told(event)
            if template and visit.partner_id.email_normalized:
                visit._send_notice(template, event)

    def _note_told(self, event):
        """Keep what the customer is told, before it is sent: never twice."""
        self.ensure_one()
        cancelled = event == "cancelled"
        vals = {
            "told_start": not cancelled and self.date_start,
            "told_end": not cancelled and self.date_end,
            "told_count": self.told_count + 1,
        }
        if event == "reminder":
            vals = {"reminded_start": self.date_start}
        # What was told is no news to followers.
        self.with_context(tracking_disable=True).write(vals)

    def _send_notice(self, template, event):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                attachment = self._make_calendar_file(event)
                template.send_mail(
                    self.id,
                    email_values={"attachment_ids": attachment.ids},
                    email_layout_xmlid="mail.mail_notification_light",
                )
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            # An appointment is made: a text that somebody has broken must not undo it.
            _logger.warning("No e-mail for visit %s", self.id, exc_info=True)
            self._message_log(
                body=self.env._("The customer could not be told by e-mail: %s", error)
            )

    # --- The file for the customer's calendar ---

    def _make_calendar_file(self, event):
        """Return the appointment as an attachment that every calendar reads."""
        self.ensure_one()
        method = "CANCEL" if event == "cancelled" else "PUBLISH"
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.number.replace('/', '-')}.ics",
                "raw": self._get_calendar_file(method),
                "mimetype": "text/calendar",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _get_calendar_file(self, method="PUBLISH"):
        """Return the appointment as the bytes of a calendar file.

        :param str method: ``PUBLISH``, or ``CANCEL`` to take it out of calendars
        """
        self.ensure_one()
        return ics.calendar(
            [self._prepare_calendar_event(method)],
            "-//After-Sales for Odoo//Visits//EN",
            method,
            stamp=fields.Datetime.now(),
        )

    def _prepare_calendar_event(self, method):
        """Return the appointment as an ``Event`` of the calendar file."""
        self.ensure_one()
        # sudo: the customer reads it, who may not read the company.
        visit = self.sudo().with_context(lang=self._get_customer_lang())
        company = visit.company_id
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return ics.Event(
            uid=f"aftersales-visit-{self.id}@{database}",
            start=visit.date_start,
            end=visit.date_end,
            summary=self._get_calendar_title(visit),
            location=", ".join((visit.place_address or "").split("\n")),
            description=visit.unit_names or "",
            sequence=visit.told_count,
            status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
            organizer=(company.name, company.email or ""),
            url=visit._get_customer_url(),
        )

    @api.model
    def _get_calendar_title(self, visit):
        labels = dict(visit._fields["kind"]._description_selection(visit.env))
        return f"{visit.company_id.name}: {labels[visit.kind]}"

    # --- Words of the e-mails ---

    def _get_customer_tz(self):
        """Return the customer's time zone; where the company works, if not known."""
        self.ensure_one()
        # sudo: a time zone says no more than the address.
        return self.sudo().partner_id.tz or self.company_id._aftersales_tz()

    def _format_when(self):
        """Return from when to when, in the customer's words and time zone."""
        self.ensure_one()
        tz = self._get_customer_tz()
        day = format_datetime(
            self.env, self.date_start, tz=tz, dt_format=self.env._("EEEE, d MMMM y")
        )
        start, end = (
            format_time(self.env, moment, tz=tz, time_format="short")
            for moment in (self.date_start, self.date_end)
        )
        return f"{day}, {start} – {end}"

    # --- Reminders ---

    @api.model
    def _cron_remind(self):
        """Remind customers of visits some days ahead, each appointment once."""
        now = fields.Datetime.now()
        # sudo: the job is the system's.
        companies = self.env["res.company"].sudo()
        for company in companies.search([("aftersales_visit_reminder_days", ">", 0)]):
            days = company.aftersales_visit_reminder_days
            if not self.sudo()._remind(company, now, days):
                return

    @api.model
    def _remind(self, company, now, days):
        """Remind customers of a company; return whether there was time for all."""
        until = now + timedelta(days=days)
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "scheduled")
            & Domain("date_start", ">", now)
            & Domain("date_start", "<=", until)
        )
        after = 0
        while True:
            batch = self.search(
                domain & Domain("id", ">", after), order="id", limit=BATCH
            )
            if not batch:
                return True
            after = batch[-1].id
            due = batch.try_lock_for_update(allow_referencing=True).filtered(
                lambda visit: visit._is_reminder_due(now, days)
            )
            due._tell("reminder")
            remaining = int(len(batch) == BATCH)
            cron = self.env["ir.cron"]
            if not cron._commit_progress(len(batch), remaining=remaining):
                return False

    def _is_reminder_due(self, now, days):
        """Tell whether the customer is to be reminded of this appointment.

        Whoever was told of it within those days needs no reminder.
        """
        self.ensure_one()
        if self.reminded_start == self.date_start:
            return False
        made = self.date_scheduled
        return not made or made <= self.date_start - timedelta(days=days)
