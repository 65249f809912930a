from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..models.aftersales_visit_portal_mixin import OPEN, REPORT, VISITS_URL
from .portal_list import AftersalesPortalList, Listing

HISTORY = "my_visits_history"
VISIT_URL = f"{VISITS_URL}/<int(max=2147483647):visit_id>"


class AftersalesVisits(AftersalesPortalList):
    """The customer's own service visits."""

    def _get_visits_listing(self):
        """Return what the list of visits shows."""
        return Listing(
            model="aftersales.visit",
            url=VISITS_URL,
            template="aftersales_addon.portal_my_visits",
            page_name="visits",
            variable="visits",
            history=HISTORY,
            domain=self._get_own_domain("aftersales.visit"),
            sortings={
                "next": {
                    "label": request.env._("Earliest first"),
                    "order": "date_planned, date_start, id",
                },
                "last": {
                    "label": request.env._("Latest first"),
                    "order": "date_planned desc, date_start desc, id desc",
                },
            },
            filters={
                "open": {
                    "label": request.env._("To come"),
                    "domain": Domain("state", "in", OPEN),
                },
                "done": {
                    "label": request.env._("Done"),
                    "domain": Domain("state", "=", "done"),
                },
                "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            },
            searches={
                "number": (
                    request.env._("Search in numbers"),
                    lambda text: Domain("number", "ilike", text),
                ),
                "product": (
                    request.env._("Search in products"),
                    self._get_visit_goods_domain,
                ),
                "service": (
                    request.env._("Search in services"),
                    lambda text: Domain(
                        "line_ids", "any!", [("service_id.name", "ilike", text)]
                    ),
                ),
            },
            groupings=self._get_status_grouping(),
        )

    def _get_visit_goods_domain(self, text):
        unit = Domain("asset_id", "any!", self._get_unit_domain(text))
        return Domain("line_ids", "any!", unit)

    @http.route(
        [VISITS_URL, f"{VISITS_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_visits(self, **query):
        """Show the visits at the customer's company."""
        return self._show_list(self._get_visits_listing(), query)

    # --- One visit ---

    def _get_own_visit(self, visit_id, access_token):
        """Return the visit that the visitor may see, with all rights, or None."""
        return self._get_own_document("aftersales.visit", visit_id, access_token)

    @http.route(VISIT_URL, type="http", auth="public", website=True)
    def portal_visit(
        self, visit_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one visit, or its report."""
        visit = self._get_own_visit(visit_id, access_token)
        if not visit:
            return self._refuse(VISITS_URL)
        if report_type == "pdf" and visit._has_report():
            return self._show_report(
                model=visit,
                report_type="pdf",
                report_ref=REPORT,
                download=download,
            )
        values = self._get_page_view_values(
            visit,
            access_token,
            self._prepare_visit_values(visit),
            HISTORY,
            False,
            **kwargs,
        )
        return request.render("aftersales_addon.portal_visit", values)

    def _prepare_visit_values(self, visit):
        # Pages of other documents only for those who may open them by their own
        # rights: the key to a visit is no key to what else the customer has.
        contract = visit.contract_id.with_env(request.env)
        case = visit.case_id.with_env(request.env)
        return {
            "page_name": "visit",
            "visit": visit,
            "contract_url": contract.access_url
            if contract and contract.has_access("read")
            else "",
            "case_url": case.access_url if case and case.has_access("read") else "",
            "error": request.session.pop("aftersales_visit_error", ""),
            "thanks": request.session.pop("aftersales_visit_thanks", ""),
            "next_steps": [
                self._prepare_step(step) for step in visit._get_portal_next()
            ],
            "backend_url": "/odoo/action-aftersales_addon.aftersales_visit_action/"
            f"{visit.id}",
            "res_company": visit.company_id,
        }

    def _prepare_step(self, step):
        """Return what comes next, with its page for those who may open it."""
        record = step["record"].with_env(request.env)
        return {**step, "url": record.access_url if record.has_access("read") else ""}
