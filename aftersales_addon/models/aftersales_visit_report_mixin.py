import base64
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount
from odoo.tools.image import image_data_uri, image_process
from odoo.tools.misc import get_lang

_logger = logging.getLogger(__name__)

REPORT = "aftersales_addon.aftersales_visit_report"
TEMPLATE = "aftersales_addon.mail_template_data_visit_report"
CRON = "aftersales_addon.aftersales_visit_report_ir_cron"
# Printing takes a second each: so many before what was sent is committed.
MAIL_BATCH = 20
# A photo of a phone is made small, or the file is too large for an e-mail.
PHOTO_WIDTH = 640


class AftersalesVisitReportMixin(models.AbstractModel):
    """The report of a visit: on paper, by e-mail, once."""

    _name = "aftersales.visit.report.mixin"
    _description = "Report of a Visit"

    report_state = fields.Selection(
        [("due", "To Be Sent"), ("sent", "Sent"), ("none", "Not Sent")],
        string="Report by E-Mail",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    _report_due_index = models.Index("(id) WHERE report_state = 'due'")

    def _get_report_base_filename(self):
        self.ensure_one()
        number = self.number.replace("/", "-")
        return self.env._("Service report %s", number)

    def action_print_report(self):
        """Print the report of visits."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    def action_send_report(self):
        """Send the report to the customer again, on purpose."""
        self.check_access("write")
        # sudo: the state of the e-mail is written here only.
        self.sudo().filtered(lambda v: v.state == "done").report_state = "due"
        self._trigger_reports()
        return True

    def _after_done(self):
        result = super()._after_done()
        # sudo: as in action_send_report. A visit that was opened again and is done
        # once more has a new report; the customer gets it when somebody sends it.
        for visit in self.sudo().filtered(lambda v: not v.report_state):
            mail = visit.partner_id.email_normalized
            visit.report_state = "due" if mail else "none"
        self._trigger_reports()
        return result

    def _trigger_reports(self):
        # sudo: technicians start no jobs, but what they have done is told.
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_send_reports(self):
        """Send the reports of visits that are done, each once."""
        domain = [("report_state", "=", "due")]
        due = self.search(domain, limit=MAIL_BATCH, order="id")
        remaining = self.search_count(domain)
        progress = self.env["ir.cron"]
        for visit in due:
            visit = visit.try_lock_for_update().filtered_domain(domain)
            if visit:
                visit._send_report()
            remaining -= 1
            if not progress._commit_progress(1, remaining=max(remaining, 0)):
                break

    def _send_report(self):
        """Send one report; a text that somebody has broken stops no other."""
        self.ensure_one()
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        self.report_state = "sent"
        if not template:
            self.report_state = "none"
            return
        try:
            with self.env.cr.savepoint():
                template.send_mail(
                    self.id, email_layout_xmlid="mail.mail_notification_light"
                )
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            self.report_state = "none"
            _logger.warning("No report of visit %s", self.number, exc_info=True)
            self._message_log(
                body=self.env._("The report could not be sent by e-mail: %s", error)
            )

    # --- What stands on it ---

    def _get_report_lang(self):
        """Return the code of the customer's language, if it is installed.

        The report is drawn with all rights from here on: who may not see the visit
        goes no further.
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: the language of the customer of a visit that the user may see.
        partner = self.sudo().partner_id
        code = partner.lang or partner.commercial_partner_id.lang
        return get_lang(self.env, code).code

    def _get_report_day(self):
        """Return the day of the visit in words, where the company works."""
        self.ensure_one()
        moment = self.date_done or self.date_start
        day = self.date_planned
        if moment:
            day = self.company_id._aftersales_day(moment)
        return self.env["aftersales.asset"]._format_day(day)

    def _get_report_charges(self):
        """Return what is charged and what is covered, in words.

        :return: a list of ``{"name", "price", "reason"}``
        """
        self.ensure_one()
        return [
            {
                "name": charge["name"],
                "price": format_amount(
                    self.env, charge["amount_total"], charge["currency"]
                ),
                "reason": charge["reason"],
            }
            for charge in self._get_charge_preview()
        ]

    def _get_report_checks(self):
        """Return ``(unit line, checks)`` in the order of the visit."""
        self.ensure_one()
        checks = self.check_ids.sorted(
            lambda c: (c.line_id.sequence, c.line_id.id, c.sequence, c.id)
        )
        return list(checks.grouped("line_id").items())

    def _get_report_parts(self):
        self.ensure_one()
        return self.part_ids.filtered(lambda p: p.state != "taken_back")

    def _get_report_photos(self):
        """Return all photos of the visit as small pictures, to be put into a page."""
        self.ensure_one()
        photos = self.photo_ids | self.check_ids.photo_ids
        return [uri for photo in photos if (uri := self._get_small_photo(photo))]

    @api.model
    def _get_small_photo(self, photo):
        size = (PHOTO_WIDTH, PHOTO_WIDTH)
        try:
            small = image_process(photo.raw, size=size, quality=70)
        except (UserError, OSError, ValueError):
            # A kind of photo that cannot be printed stays with the visit.
            return False
        return image_data_uri(base64.b64encode(small))
