import base64
import logging

import psycopg2

from odoo import fields, models

from .aftersales_rma_portal_mixin import SLIP

_logger = logging.getLogger(__name__)

NOTICES = "aftersales_rma_notices"
# What is told once the return is in a state, and only while it is.
STATES = ("requested", "approved", "rejected", "done")
# A slip takes half a second to print: a whole lorry-load is told its link instead.
MAX_SLIPS = 10


class AftersalesRmaMailMixin(models.AbstractModel):
    """Customers are told by e-mail how far their returns are."""

    _name = "aftersales.rma.mail.mixin"
    _description = "E-Mails about a Return"

    notices = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What the customer was told, so that nothing is told twice.",
    )

    def _announce(self, event, key=""):
        """Tell customers what has happened, at the end of the transaction.

        A return that is requested and approved at once is told to be approved only.
        Nothing is told for work without tracking, as imports of old data are.

        :param str event: ``requested``, ``proposed``, ``approved``, ``rejected``,
            ``received``, ``replaced``, ``refunded`` or ``done``
        :param str key: of what has happened: each is told once
        """
        if not self or self.env.context.get("tracking_disable"):
            return
        precommit = self.env.cr.precommit
        if NOTICES not in precommit.data:
            precommit.data[NOTICES] = {}
            # sudo: whoever has done the step need not be allowed to send e-mails.
            precommit.add(self.browse().sudo()._send_notices)
        for rma in self:
            precommit.data[NOTICES][rma.id, event, str(key)] = True

    def _send_notices(self):
        """Send what was announced in this transaction."""
        announced = self.env.cr.precommit.data.pop(NOTICES, {})
        by_event = {}
        for rma_id, event, key in announced:
            by_event.setdefault(event, {}).setdefault(rma_id, []).append(key)
        for event, keys in by_event.items():
            rmas = self.browse(list(keys)).exists()
            for company, group in rmas.grouped("company_id").items():
                if company[f"aftersales_mail_{event}"]:
                    group._send_notice(event, keys)
        self.env.flush_all()

    def _send_notice(self, event, keys):
        """Send one kind of e-mail for returns of a company.

        :param dict keys: of what happened, by id of the return
        """
        todo = self.browse()
        for rma in self:
            new = [
                f"{event}:{key or rma.date_requested}"
                for key in keys[rma.id]
                if f"{event}:{key or rma.date_requested}" not in (rma.notices or [])
            ]
            if not new or not rma._is_notice_due(event):
                continue
            rma.notices = [*(rma.notices or []), *new]
            if rma.partner_id.email_normalized:
                todo |= rma
        xml_id = f"aftersales_addon.mail_template_data_rma_{event}"
        template = self.env.ref(xml_id, raise_if_not_found=False)
        if not todo or not template:
            return
        try:
            with self.env.cr.savepoint():
                todo._send_by(template, event)
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            # What has happened has happened: a text that somebody has broken must not
            # keep goods from being received.
            _logger.warning("No e-mail for %s", todo.ids, exc_info=True)
            for rma in todo:
                rma._message_log(
                    body=self.env._(
                        "The customer could not be told by e-mail: %s", error
                    )
                )

    def _is_notice_due(self, event):
        """Tell whether what was announced still holds at the end."""
        self.ensure_one()
        if event == "proposed":
            return self._is_proposal_open()
        return event not in STATES or self.state == event

    def _send_by(self, template, event):
        alone = self.browse()
        if event == "approved":
            few = len(self) <= MAX_SLIPS
            alone = self if few else self.filtered(lambda r: r._has_label())
            for rma in alone:
                attachments = rma._make_label()
                if few:
                    attachments |= rma._make_slip()
                template.send_mail(
                    rma.id,
                    email_values={"attachment_ids": attachments.ids},
                    email_layout_xmlid="mail.mail_notification_light",
                )
        if self - alone:
            template.send_mail_batch(
                (self - alone).ids, email_layout_xmlid="mail.mail_notification_light"
            )

    def _make_slip(self):
        """Return the slip as an attachment; none when there is nothing to send."""
        self.ensure_one()
        attachments = self.env["ir.attachment"]
        if not self._has_slip():
            return attachments
        rma = self.with_context(lang=self._get_customer_lang())
        report = self.env["ir.actions.report"].with_company(self.company_id)
        content, _kind = report._render_qweb_pdf(SLIP, rma.ids)
        return attachments.create(
            {
                "name": f"{rma._get_report_base_filename()}.pdf",
                "datas": base64.b64encode(content),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
