import logging

import psycopg2

from odoo import models
from odoo.tools import format_date, format_datetime, format_time

_logger = logging.getLogger(__name__)


class AftersalesCustomerDocumentMixin(models.AbstractModel):
    """A document with a customer and a page on the portal: its words and its link."""

    _name = "aftersales.customer.document.mixin"
    _inherit = ["aftersales.customer.page.mixin"]
    _description = "Document that Customers Read"
    # Customers write on the page of their document, which they may only read.
    _mail_post_access = "read"

    def _format_day(self, day):
        """Return a day in words, empty for none."""
        return self.env["aftersales.asset"]._format_day(day) if day else ""

    def _format_weekday(self, day):
        """Return a day in words, with the day of the week."""
        return format_date(self.env, day, date_format=self.env._("EEEE, d MMMM y"))

    def _get_page_tz(self):
        """Return the time zone of the times on the customer's page."""
        self.ensure_one()
        return self.partner_id._aftersales_get_page_tz(self.company_id)

    def _format_clock(self, moment):
        """Return the time of a moment in words."""
        self.ensure_one()
        tz = self._get_page_tz()
        return format_time(self.env, moment, tz=tz, time_format="short")

    def _format_appointment(self, start, end):
        """Return from when to when, in words."""
        self.ensure_one()
        tz = self._get_page_tz()
        day = format_datetime(
            self.env, start, tz=tz, dt_format=self.env._("EEEE, d MMMM y")
        )
        if not end:
            return f"{day}, {self._format_clock(start)}"
        return f"{day}, {self._format_clock(start)} – {self._format_clock(end)}"

    def _format_rhythm(self, count, unit):
        """Return how often something comes again, in words."""
        if count == 1:
            return {
                "day": self.env._("Every day"),
                "week": self.env._("Every week"),
                "month": self.env._("Every month"),
                "year": self.env._("Every year"),
            }[unit]
        span = self.env["aftersales.warranty.policy"]._format_duration(count, unit)
        return self.env._("Every %s", span)

    # --- What customers write ---

    def _message_post_after_hook(self, message, msg_values):
        # What a customer writes must reach a person.
        if message.author_id.partner_share and message.message_type in (
            "comment",
            "email",
        ):
            # sudo: the customer has no right to read who follows the document.
            for document in self.sudo():
                users = document._get_told_users().filtered("active")
                document.message_subscribe(partner_ids=users.partner_id.ids)
        return super()._message_post_after_hook(message, msg_values)

    def _get_told_users(self):
        """Return who is told what the customer writes."""
        self.ensure_one()
        return self.user_id | self.team_id.user_id

    # --- E-mails ---

    def _send_mail(self, xml_id, **email_values):
        """Send an automatic e-mail about each document, by a template.

        A text that somebody has broken must not keep others from their work.

        :param str xml_id: of the template; nothing is sent once it was deleted
        :param email_values: further values, the same for all
        """
        template = self.env.ref(xml_id, raise_if_not_found=False)
        told = self.filtered(lambda d: d.partner_id.email_normalized)
        if not template or not told:
            return
        try:
            with self.env.cr.savepoint():
                # sudo: whoever has done the step need not be allowed to send e-mails.
                template.sudo().send_mail_batch(
                    told.ids,
                    email_values=email_values or None,
                    email_layout_xmlid="mail.mail_notification_light",
                )
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("No e-mail for %s", told, exc_info=True)
            for document in told:
                document._message_log(
                    body=self.env._(
                        "The customer could not be told by e-mail: %s", error
                    )
                )
