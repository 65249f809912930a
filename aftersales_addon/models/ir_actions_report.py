from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

CERTIFICATE = "aftersales_addon.aftersales_asset_certificate"
SLIP = "aftersales_addon.aftersales_rma_slip"
VISIT_SHEET = "aftersales_addon.aftersales_visit_sheet"
# Documents that go to one customer each, and what they are about.
DOCUMENTS = {SLIP: "aftersales.rma", VISIT_SHEET: "aftersales.visit"}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        groups = self._aftersales_split_certificates(report_ref, res_ids)
        if len(groups) < 2:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for group in groups:
            printed = super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=group.ids
            )
            for res_id, stream in printed.items():
                streams[res_id or group[0].id] = stream
        return streams

    def _aftersales_split_certificates(self, report_ref, res_ids):
        """Return the certificates to print one customer at a time.

        The wkhtmltopdf of some systems cannot print several documents in one go.
        """
        report = self._get_report(report_ref)
        if (
            report.report_name not in (CERTIFICATE, *DOCUMENTS)
            or len(res_ids or []) < 2
            or _wkhtml().is_patched_qt
        ):
            return []
        if report.report_name in DOCUMENTS:
            return list(self.env[DOCUMENTS[report.report_name]].browse(res_ids))
        return self.env["aftersales.asset"].browse(res_ids)._get_certificate_groups()
