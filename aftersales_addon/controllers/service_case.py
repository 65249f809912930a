from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..models.aftersales_case_portal_mixin import CASES_URL
from ..models.aftersales_stage import END_KINDS
from .portal_list import AftersalesPortalList, Listing

HISTORY = "my_cases_history"
CASE_URL = f"{CASES_URL}/<int(max=2147483647):case_id>"


class AftersalesCases(AftersalesPortalList):
    """The customer's own service cases."""

    def _get_cases_listing(self):
        """Return what the list of cases shows."""
        return Listing(
            model="aftersales.case",
            url=CASES_URL,
            template="aftersales_addon.portal_my_cases",
            page_name="cases",
            variable="cases",
            history=HISTORY,
            domain=self._get_own_domain("aftersales.case"),
            sortings={
                "date": {"label": request.env._("Newest first"), "order": "id desc"},
                "old": {"label": request.env._("Oldest first"), "order": "id"},
                "name": {"label": request.env._("Subject"), "order": "name, id desc"},
            },
            filters={
                "all": {"label": request.env._("All"), "domain": Domain.TRUE},
                "open": {
                    "label": request.env._("Open"),
                    "domain": Domain("state", "not in", END_KINDS),
                },
                "mine": {
                    "label": request.env._("Waiting for your answer"),
                    "domain": Domain("state", "=", "waiting_customer"),
                },
                "done": {
                    "label": request.env._("Solved or closed"),
                    "domain": Domain("state", "in", END_KINDS),
                },
            },
            searches={
                "number": (
                    request.env._("Search in numbers"),
                    lambda text: Domain("number", "ilike", text),
                ),
                "name": (
                    request.env._("Search in subjects"),
                    lambda text: Domain("name", "ilike", text),
                ),
                "product": (
                    request.env._("Search in products"),
                    self._get_case_goods_domain,
                ),
            },
            groupings={
                **self._get_status_grouping(),
                "product": {
                    "label": request.env._("Product"),
                    "order": "product_id",
                    "key": lambda case: (
                        case.product_id.display_name or request.env._("No product")
                    ),
                },
            },
        )

    def _get_case_goods_domain(self, text):
        product = Domain("product_id", "any!", self._get_product_domain(text))
        return product | Domain("asset_id", "any!", [("serial_number", "ilike", text)])

    @http.route(
        [CASES_URL, f"{CASES_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_cases(self, **query):
        """Show the cases of the customer's company."""
        return self._show_list(self._get_cases_listing(), query)

    # --- One case ---

    def _get_own_case(self, case_id, access_token):
        """Return the case that the visitor may see, with all rights, or None."""
        return self._get_own_document("aftersales.case", case_id, access_token)

    @http.route(CASE_URL, type="http", auth="public", website=True)
    def portal_case(self, case_id, access_token=None, **kwargs):
        """Show one case."""
        case_sudo = self._get_own_case(case_id, access_token)
        if not case_sudo:
            return self._refuse(CASES_URL)
        asset = case_sudo.asset_id.with_env(request.env)
        values = self._get_page_view_values(
            case_sudo,
            access_token,
            {
                "page_name": "case",
                "case": case_sudo,
                "thanks": request.session.pop("aftersales_case_thanks", ""),
                # The page of the unit only for those who may open it anyway: the key
                # to a case is no key to what else the customer has.
                "asset_url": asset.access_url
                if asset and asset.has_access("read")
                else "",
                "backend_url": "/odoo/action-aftersales_addon.aftersales_case_action/"
                f"{case_sudo.id}",
                "res_company": case_sudo.company_id,
            },
            HISTORY,
            False,
            **kwargs,
        )
        return request.render("aftersales_addon.portal_case", values)

    @http.route(
        f"{CASE_URL}/close",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_case_close(self, case_id, access_token=None, **kwargs):
        """Close one's own case: it is settled."""
        case_sudo = self._get_own_case(case_id, access_token)
        if not case_sudo:
            return self._refuse(CASES_URL)
        case_sudo._close_on_portal(self._get_author(case_sudo))
        return request.redirect(case_sudo.get_portal_url())

    @http.route(
        f"{CASE_URL}/reopen",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_case_reopen(self, case_id, access_token=None, **kwargs):
        """Take up one's own case again: it is not solved."""
        case_sudo = self._get_own_case(case_id, access_token)
        if not case_sudo:
            return self._refuse(CASES_URL)
        case_sudo._reopen_on_portal(self._get_author(case_sudo))
        return request.redirect(case_sudo.get_portal_url())

    @http.route(
        f"{CASE_URL}/rate",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_case_rate(
        self, case_id, access_token=None, rate="", feedback="", **kwargs
    ):
        """Say how satisfied one is."""
        case_sudo = self._get_own_case(case_id, access_token)
        if not case_sudo:
            return self._refuse(CASES_URL)
        author = self._get_author(case_sudo)
        if case_sudo._rate_on_portal(str(rate), feedback, author):
            request.session["aftersales_case_thanks"] = "rated"
        return request.redirect(case_sudo.get_portal_url())
