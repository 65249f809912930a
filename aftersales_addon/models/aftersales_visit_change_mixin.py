from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.periods import local_day

MAX_REASON = 1000
# Around the planned day, so many days before and after are offered.
DAYS_BEFORE = 5
DAYS_AFTER = 21
# So many free times are looked at, and so many shown of a day.
MAX_SLOTS = 1000
MAX_TIMES = 6
# So often a customer changes a visit or writes about it within a day.
MAX_CHANGES = 20


class AftersalesVisitChangeMixin(models.AbstractModel):
    """Customers choose, move and cancel the appointment of a visit."""

    _name = "aftersales.visit.change.mixin"
    _description = "Visit that a Customer Changes"

    # --- What is possible ---

    def _get_earliest_change(self):
        """Return the moment before which nothing is changed by the customer."""
        self.ensure_one()
        return fields.Datetime.now() + timedelta(hours=self._get_change_hours() or 0)

    def _explain_no_change(self):
        """Return why the customer cannot move or cancel the visit, or empty."""
        self.ensure_one()
        # sudo: rules and phone number of the company, for its customers.
        company = self.sudo().company_id
        if self.state not in ("planned", "scheduled"):
            return self.env._("This visit cannot be changed any more.")
        hours = self._get_change_hours()
        if hours is None:
            return self.env._("Write to us to change this visit.")
        if self.date_start and self.date_start < self._get_earliest_change():
            if company.phone:
                return self.env._(
                    "Less than %(hours)s hours are left. Please call us: %(phone)s",
                    hours=hours,
                    phone=company.phone,
                )
            return self.env._("Less than %s hours are left. Please call us.", hours)
        return ""

    def _explain_no_time(self):
        """Return why the customer cannot choose a time, or empty."""
        self.ensure_one()
        if self.agreement == "asked":
            return self.env._("Please answer first whether you agree to the price.")
        if self.agreement == "refused":
            return self.env._("You have refused the price. We get back to you.")
        return self._explain_no_change()

    def _get_slot_days(self):
        """Return the first and the last day whose free times are offered."""
        self.ensure_one()
        earliest = self.company_id._aftersales_day(self._get_earliest_change())
        first = max(earliest, self.date_planned - timedelta(days=DAYS_BEFORE))
        return first, max(first, self.date_planned) + timedelta(days=DAYS_AFTER)

    def _get_portal_slots(self):
        """Return the times that a customer can choose.

        :return: a list of ``(start, end, technician)``, naive and in UTC, the
            earliest one first, each time once
        """
        self.ensure_one()
        if self._explain_no_time():
            return []
        # sudo: working hours and other visits decide; only free times are told.
        visit = self.sudo()
        first, last = visit._get_slot_days()
        earliest = visit._get_earliest_change()
        result = {}
        for start, end, user in visit._get_free_slots(first, last, MAX_SLOTS):
            if start >= earliest and start != visit.date_start:
                result.setdefault(start, (start, end, user))
        return [result[start] for start in sorted(result)]

    def _get_portal_slot_days(self, slots):
        """Return free times by day, in words; of many, some all over the day.

        :param list slots: from ``_get_portal_slots``
        :return: a list of ``(day, [(value, text)])``
        """
        self.ensure_one()
        days = {}
        tz = self._get_page_tz()
        for start, end, _user in slots:
            day = local_day(start, tz)
            value = fields.Datetime.to_string(start)
            text = f"{self._format_clock(start)} – {self._format_clock(end)}"
            days.setdefault(day, []).append((value, text))
        return [
            (self._format_weekday(day), times[:: -(-len(times) // MAX_TIMES)])
            for day, times in days.items()
        ]

    # --- What the customer does ---

    def _choose_time_on_portal(self, value, author):
        """Make or move the appointment to a time that is free.

        Two customers who choose the same time write the row of the same technician:
        the second one is tried again by the platform, and the time is gone.

        :param str value: the beginning, as it was offered
        :param author: ``res.partner`` who did it
        :raises UserError: when that is not possible (any more)
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        visit = self.sudo()
        hindrance = visit._explain_no_time()
        if hindrance:
            raise UserError(hindrance)
        visit._check_pace()
        slots = {
            fields.Datetime.to_string(start): (start, end, user)
            for start, end, user in visit._get_portal_slots()
        }
        if value not in slots:
            raise UserError(
                self.env._("This time is not free any more. Choose another one.")
            )
        start, end, user = slots[value]
        visit._hold_technician(user)
        before = visit.state == "scheduled" and visit._get_portal_when()
        # By the system: who chooses has no rights on what follows.
        planner = visit.with_user(SUPERUSER_ID).with_company(visit.company_id)
        if user and user != visit.user_id:
            planner.user_id = user
        planner._set_scheduled(start, end)
        now = visit._get_portal_when()
        text = self.env._("I have chosen this time: %s", now)
        if before:
            text = self.env._(
                "I have moved the appointment: %(new)s instead of %(old)s.",
                new=now,
                old=before,
            )
        visit._tell_office(text, author)

    def _hold_technician(self, user):
        """Let one request at a time give away the time of a technician."""
        if user:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_users SET write_date = write_date WHERE id = %s",
                    user.id,
                )
            )

    def _cancel_on_portal(self, reason, author):
        """Call the visit off for the customer.

        :param str reason: in the customer's words, may be empty
        :param author: ``res.partner`` who did it
        :raises UserError: when it is too late
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        visit = self.sudo()
        hindrance = visit._explain_no_change()
        if hindrance:
            raise UserError(hindrance)
        visit.with_user(SUPERUSER_ID).with_company(visit.company_id)._set_cancelled()
        clean = self.env["aftersales.registration"]._clean_text("note", reason)
        text = self.env._("I have cancelled the visit.")
        if clean:
            text = f"{text} {clean[:MAX_REASON]}"
        visit._tell_office(text, author)

    def _tell_office(self, text, author):
        """Write what the customer has done into the conversation."""
        self.ensure_one()
        self.message_post(
            author_id=author.id,
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _check_pace(self):
        """Refuse to go on when a visit is changed again and again.

        :raises UserError: when the customer has done so much today that they call
        """
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: only how often the customer did something.
        count = (
            self.env["mail.message"]
            .sudo()
            .search_count(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("author_id.partner_share", "=", True),
                    ("date", ">=", since),
                ],
                limit=MAX_CHANGES,
            )
        )
        if count >= MAX_CHANGES:
            raise UserError(
                self.env._("You have changed this visit often today. Please call us.")
            )
