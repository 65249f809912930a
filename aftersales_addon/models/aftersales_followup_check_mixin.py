from datetime import timedelta

from odoo import models

from ..tools.moments import (
    WORKDAY_LIMIT,
    after_quiet,
    at_hour,
    get_zone,
    shift_day,
)
from ..tools.periods import local_day
from ..tools.schedule import to_working_day
from .aftersales_followup_rule import MESSAGES

# Cases of these kinds that are open keep a customer from being asked how it goes.
OPEN_STATES = ("new", "open", "waiting_customer", "waiting_parts")
# The events that are themselves about something that went wrong.
ABOUT_TROUBLE = ("case_", "return_", "bad_rating", "detractor", "repair_done")


class Skip(Exception):
    """There is nothing to do; the text says why."""


class AftersalesFollowupCheckMixin(models.AbstractModel):
    """Why something that is due does not happen, or not now."""

    _name = "aftersales.followup.check.mixin"
    _description = "Checks of a Follow-up"

    def _is_message(self):
        """Tell whether it writes to the customer."""
        self.ensure_one()
        return self.rule_id.action in MESSAGES and self.rule_id.audience in (
            "contact",
            "customer",
        )

    def _get_skip_reason(self, record):
        """Return why nothing is to happen any more, or False.

        :param record: what the follow-up is about; empty when it was deleted
        """
        self.ensure_one()
        rule = self.rule_id
        if not record:
            return self.env._("The document does not exist any more.")
        if not (rule.is_on and rule.active):
            return self.env._("The rule was switched off.")
        return self._get_skip_reason_of_test(record)

    def _is_event_undone(self, record):
        """Tell whether the event did not happen after all; it may happen again."""
        self.ensure_one()
        rule = self.rule_id
        source = rule._get_source()
        if not record or source.moving:
            return False
        return not (
            rule._get_event_date(record) and record.filtered_domain(source.domain)
        )

    def _is_event_moved(self, record):
        """Tell whether an end that may move lies on another day than it was planned
        for."""
        self.ensure_one()
        rule = self.rule_id
        if not record or not rule._get_source().moving:
            return False
        event = rule._get_event_date(record)
        return bool(event) and event.toordinal() != self.occurrence

    def _get_skip_reason_of_test(self, record):
        """Return why nothing would happen if the rule were on, or False."""
        self.ensure_one()
        rule = self.rule_id
        if "active" in record and not record.active:
            return self.env._("The document was archived.")
        company = rule._get_company(record)
        if rule.company_id and company and company != rule.company_id:
            return self.env._("The rule belongs to another company.")
        source = rule._get_source()
        if self._is_event_moved(record):
            return self.env._("It was moved to another day, and planned for that.")
        if not rule._get_event_date(record):
            return self.env._("What it was planned for did not happen, or was undone.")
        if not record.filtered_domain(source.domain):
            return self.env._("The document is in another state meanwhile.")
        if not record.filtered_domain(rule._get_condition()):
            return self.env._("The document does not fit the rule any more.")
        if rule.stop_closed:
            trouble = self._get_trouble(record)
            if trouble:
                return trouble
        return self._is_message() and (
            self._get_lateness(record)
            or self._get_silence(record)
            or self._get_repetition(record)
        )

    def _get_lateness(self, record):
        """Return why it is too late to announce something, or False."""
        rule = self.rule_id
        if rule.offset_direction != "before":
            return False
        day = rule._get_event_day(record)
        if rule._get_source().yearly:
            day = shift_day(day, self.occurrence, "year")
        if day < (self.company_id or self.env.company)._aftersales_today():
            return self.env._("The day that it was to announce is over.")
        return False

    def _get_repetition(self, record):
        """Return why the customer need not be written to once more, or False.

        Who got five products on one day is asked about them once.
        """
        rule = self.rule_id
        if record._name != "aftersales.asset" or rule._get_source().moving:
            return False
        # sudo: what was written counts, whoever may see it.
        written = self.env["aftersales.followup"].sudo()
        if written.search_count(
            [
                ("rule_id", "=", rule.id),
                # Next year is another birthday.
                ("occurrence", "=", self.occurrence),
                ("partner_id", "=", self._get_recipient(record).id),
                ("date_event", "=", rule._get_event_day(record)),
                ("is_message", "=", True),
            ],
            limit=1,
        ):
            return self.env._("The customer got this about another product already.")
        return False

    def _get_trouble(self, record):
        """Return what makes a friendly question out of place, or False."""
        event = self.rule_id.event
        if record._name == "aftersales.asset" and record.state != "in_use":
            return self.env._("The product is not with the customer any more.")
        if self._is_refunded(record):
            return self.env._("The order was refunded.")
        if event.startswith(ABOUT_TROUBLE):
            return False
        return self._get_open_trouble(record)

    def _is_refunded(self, record):
        """Tell whether money was given back for an order, or for what was delivered."""
        invoices = self.env["account.move"]
        if record._name == "sale.order":
            invoices = record.invoice_ids
        elif record._name == "aftersales.asset":
            invoices = record.sale_line_id.invoice_lines.move_id
        return any(
            move.move_type == "out_refund" and move.state == "posted"
            for move in invoices
        )

    def _get_open_trouble(self, record):
        """Return the open complaint or return that stands in the way, or False."""
        partner = self.rule_id._get_partner(record).commercial_partner_id
        unit = record if record._name == "aftersales.asset" else False
        if not partner:
            return False
        cases = self.env["aftersales.case"].sudo()
        domain = [
            ("commercial_partner_id", "=", partner.id),
            ("state", "in", OPEN_STATES),
            ("is_spam", "=", False),
        ]
        if unit:
            domain += ["|", ("asset_id", "=", unit.id), ("kind", "=", "complaint")]
        else:
            domain.append(("kind", "=", "complaint"))
        case = cases.search(domain, limit=1)
        if case:
            return self.env._("%s is still open.", case.number)
        line = self._get_open_return(record)
        if line:
            return self.env._("%s is still open.", line.rma_id.display_name)
        return False

    def _get_open_return(self, record):
        """Return a line of an open return of what was sold or delivered."""
        lines = self.env["aftersales.rma.line"].sudo()
        paths = {
            "aftersales.asset": "asset_id",
            "sale.order": "sale_line_id.order_id",
        }
        path = paths.get(record._name)
        if not path:
            return lines
        return lines.search(
            [
                (path, "=", record.id),
                ("rma_id.state", "in", ("requested", "approved")),
            ],
            limit=1,
        )

    def _get_silence(self, record):
        """Return why nothing may be written to the customer, or False."""
        partner = self._get_recipient(record)
        if not partner:
            return self.env._("There is no contact to write to.")
        if not partner.active:
            return self.env._("The contact was archived.")
        everybody = partner | partner.commercial_partner_id
        if any(everybody.mapped("aftersales_no_followups")):
            return self.env._("The customer wants no such messages.")
        if not partner.email_normalized:
            return self.env._("The contact has no e-mail address.")
        # sudo: a list of addresses, asked for one of them.
        blacklist = self.env["mail.blacklist"].sudo()
        if blacklist.search_count([("email", "=", partner.email_normalized)], limit=1):
            return self.env._("The address is on the blacklist.")
        return False

    def _get_recipient(self, record):
        """Return the contact that is written to, may be empty."""
        partner = self.rule_id._get_partner(record)
        if self.rule_id.audience == "customer":
            return partner.commercial_partner_id
        return partner

    # --- Not now ---

    def _get_postponement(self, record, now, workdays=None):
        """Return when to try again instead of now, and why; nothing when now is right.

        :param datetime now: naive UTC
        :param dict workdays: as for the rule's ``_get_due``
        """
        self.ensure_one()
        rule = self.rule_id
        due = rule._get_due(record, self.occurrence, workdays)
        if due and due > now and not self.is_hurried:
            return due, self.env._("The event was moved.")
        if not self._is_message():
            return None, False
        company = self.company_id or self.env.company
        partner = self._get_recipient(record)
        zone = get_zone(rule._get_zone(partner, company)).key
        quiet = company.aftersales_quiet_from, company.aftersales_quiet_to
        today = local_day(now, zone)
        is_working = rule._get_workdays(company, workdays)
        later = after_quiet(now, *quiet, zone)
        why = self.env._("Quiet hours of the customer.")
        if later <= now and self._was_written_to(partner, today, zone):
            tomorrow = today + timedelta(days=1)
            later = after_quiet(at_hour(tomorrow, rule.hour, zone), *quiet, zone)
            why = self.env._("One message a day is enough.")
        if later <= now:
            return None, False
        day = local_day(later, zone)
        if rule.on_workday and not is_working(day):
            day = to_working_day(day, is_working, "next", limit=WORKDAY_LIMIT)
            later = after_quiet(at_hour(day, rule.hour, zone), *quiet, zone)
        return later, why

    def _was_written_to(self, partner, today, zone):
        """Tell whether a follow-up wrote to the customer on a day of theirs."""
        last = partner.commercial_partner_id.aftersales_last_message
        if not last:
            return False
        return local_day(last, zone) == today
