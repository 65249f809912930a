import base64
import logging

import psycopg2
from markupsafe import Markup

from odoo import models
from odoo.tools import urls

from ..const import CERTIFICATE_MAIL_LIMIT
from .aftersales_asset_customer_mixin import PORTAL_LIST_URL

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    _name = "mail.template"
    _inherit = [
        "mail.template",
        "aftersales.mail.template.answer.mixin",
        "aftersales.mail.template.case.mixin",
    ]

    def _generate_template(
        self,
        res_ids,
        render_fields,
        recipients_allow_suggested=False,
        find_or_create_partners=False,
    ):
        results = super()._generate_template(
            res_ids,
            render_fields,
            recipients_allow_suggested=recipients_allow_suggested,
            find_or_create_partners=find_or_create_partners,
        )
        if "body_html" in render_fields:
            for picking, assets in self._aftersales_get_deliveries(res_ids).items():
                values = results[picking.id]
                values["body_html"] = Markup("%s%s") % (
                    Markup(values.get("body_html") or ""),
                    self._aftersales_get_delivery_text(picking, assets),
                )
        return results

    def _generate_template_attachments(
        self, res_ids, render_fields, render_results=None
    ):
        results = super()._generate_template_attachments(
            res_ids, render_fields, render_results=render_results
        )
        if "report_template_ids" in render_fields:
            for picking, assets in self._aftersales_get_deliveries(res_ids).items():
                if len(assets) > CERTIFICATE_MAIL_LIMIT:
                    continue
                attachment = self._aftersales_get_certificate(picking, assets)
                if attachment:
                    results[picking.id].setdefault("attachments", []).append(attachment)
        return results

    def _aftersales_get_deliveries(self, res_ids):
        """Return the deliveries whose confirmation comes with certificates.

        :return: ``{stock.picking: its units with a warranty}``; empty unless this is
            the template of the confirmation and the company wants certificates
        """
        self.ensure_one()
        if self.model != "stock.picking":
            return {}
        # sudo: whoever validates the delivery, its customer gets the certificates.
        pickings = self.env["stock.picking"].sudo().browse(res_ids).exists()
        pickings = pickings.filtered(
            lambda p: (
                p.company_id.aftersales_certificate_on_delivery
                and p.company_id.stock_mail_confirmation_template_id == self
            )
        )
        assets = self.env["aftersales.asset"].sudo()
        if pickings:
            assets = assets.search(
                [
                    ("picking_id", "in", pickings.ids),
                    ("state", "=", "in_use"),
                    ("warranty_end", "!=", False),
                ],
                order="id",
            )
        return assets.grouped("picking_id")

    def _aftersales_get_certificate(self, picking, assets):
        """Return the certificates as one attachment, or None when they fail.

        The goods have left the house: what is wrong with a document must not keep
        the delivery open. A note on the delivery says what to do.

        :return: ``(name, content in base64)``
        """
        lang = assets[0]._get_customer_lang()
        try:
            with self.env.cr.savepoint():
                content = assets._render_certificates()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("No certificates for %s", picking.name, exc_info=True)
            picking._message_log(
                body=self.env._(
                    "The warranty certificates could not be attached to the "
                    "e-mail: %s. Send them from the installed products.",
                    error,
                )
            )
            return None
        if len(assets) == 1:
            name = assets.with_context(lang=lang)._get_report_base_filename()
        else:
            name = picking.with_context(lang=lang).env._(
                "Warranty certificates %s", picking.name
            )
        return f"{name.replace('/', '-')}.pdf", base64.b64encode(content)

    def _aftersales_get_delivery_text(self, picking, assets):
        """Return what the confirmation says about the warranties."""
        assets = assets.with_context(lang=assets[0]._get_customer_lang())
        if len(assets) == 1:
            url = assets._get_customer_url()
        else:
            key = assets._sign_delivery(picking)
            url = urls.urljoin(
                assets[0].get_base_url(), f"{PORTAL_LIST_URL}/delivery/{key}"
            )
        return assets.env["ir.qweb"]._render(
            "aftersales_addon.aftersales_asset_mail_delivery",
            {
                "count": len(assets),
                "attached": len(assets) <= CERTIFICATE_MAIL_LIMIT,
                "url": url,
                "company": picking.company_id,
            },
        )
