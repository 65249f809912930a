from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.aftersales_case_portal_mixin import CASES_URL
from ..models.aftersales_stage import END_KINDS

HISTORY = "my_cases_history"
CASE_URL = f"{CASES_URL}/<int(max=2147483647):case_id>"


class AftersalesCases(CustomerPortal):
    """The customer's own service cases."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "service_case_count" in counters:
            Case = request.env["aftersales.case"]
            values["service_case_count"] = (
                Case.search_count(self._get_cases_domain())
                if Case.has_access("read")
                else 0
            )
        return values

    def _get_cases_domain(self):
        Case = request.env["aftersales.case"]
        return Domain(Case._get_portal_domain(request.env.user.partner_id))

    def _get_cases_sortings(self):
        return {
            "date": {"label": request.env._("Newest first"), "order": "id desc"},
            "old": {"label": request.env._("Oldest first"), "order": "id"},
            "name": {"label": request.env._("Subject"), "order": "name, id desc"},
        }

    def _get_cases_filters(self):
        return {
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
        }

    def _get_cases_inputs(self):
        return {
            "all": {"input": "all", "label": request.env._("Search everywhere")},
            "number": {"input": "number", "label": request.env._("Search in numbers")},
            "name": {"input": "name", "label": request.env._("Search in subjects")},
            "product": {
                "input": "product",
                "label": request.env._("Search in products"),
            },
        }

    def _get_cases_search_domain(self, search_in, search):
        # The names of products are looked up without access to them: only the
        # customer's own cases are found by them.
        product = Domain("name", "ilike", search) | Domain(
            "default_code", "ilike", search
        )
        parts = {
            "number": Domain("number", "ilike", search),
            "name": Domain("name", "ilike", search),
            "product": Domain("product_id", "any!", product)
            | Domain("asset_id", "any!", [("serial_number", "ilike", search)]),
        }
        return parts.get(search_in) or Domain.OR(parts.values())

    @http.route(
        [CASES_URL, f"{CASES_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_cases(
        self,
        page=1,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        **kwargs,
    ):
        """Show the cases of the customer's company."""
        sortings = self._get_cases_sortings()
        filters = self._get_cases_filters()
        inputs = self._get_cases_inputs()
        # What nobody offered falls back to the first choice.
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        search_in = search_in if search_in in inputs else "all"
        search = (search or "").replace("\x00", "").strip()
        domain = self._get_cases_domain() & filters[filterby]["domain"]
        if search:
            domain &= self._get_cases_search_domain(search_in, search)
        chosen = {
            "sortby": sortby,
            "filterby": filterby,
            "search_in": search_in,
            "search": search,
        }
        cases, pager = self._search_cases(
            domain, sortings[sortby]["order"], page, chosen
        )
        request.session[HISTORY] = cases.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            **chosen,
            "page_name": "cases",
            "default_url": CASES_URL,
            "pager": pager,
            "cases": cases,
            "searchbar_sortings": sortings,
            "searchbar_filters": filters,
            "searchbar_inputs": inputs,
        }
        return request.render("aftersales_addon.portal_my_cases", values)

    def _search_cases(self, domain, order, page, url_args):
        """Return one page of cases, and the pager."""
        Case = request.env["aftersales.case"]
        readable = Case.has_access("read")
        text = str(page)
        usable = text.isascii() and text.isdigit() and len(text) < 9
        pager = portal_pager(
            url=CASES_URL,
            total=Case.search_count(domain) if readable else 0,
            page=int(text) if usable else 1,
            step=self._items_per_page,
            url_args=url_args,
        )
        cases = Case
        if readable:
            cases = Case.search(
                domain, order=order, limit=self._items_per_page, offset=pager["offset"]
            )
        # sudo: the names of the products of the customer's own cases.
        return cases.sudo(), pager

    # --- One case ---

    def _get_own_case(self, case_id, access_token):
        """Return the case that the visitor may see, with all rights, or None."""
        return self._check_case_document("aftersales.case", case_id, access_token)

    def _check_case_document(self, model, res_id, access_token):
        """Return the document that the visitor may see, with all rights, or None."""
        if access_token and not str(access_token).isascii():
            access_token = None  # such a token cannot even be compared
        try:
            return self._document_check_access(model, res_id, access_token)
        except (AccessError, MissingError):
            return None

    def _redirect_to_own_cases(self):
        if request.env.user._is_public():
            path = request.httprequest.path
            if request.httprequest.method != "GET":
                path = CASES_URL
            return request.redirect_query("/web/login", {"redirect": path})
        return request.redirect("/my")

    @http.route(CASE_URL, type="http", auth="public", website=True)
    def portal_case(self, case_id, access_token=None, **kwargs):
        """Show one case."""
        case_sudo = self._get_own_case(case_id, access_token)
        if not case_sudo:
            return self._redirect_to_own_cases()
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

    def _get_case_author(self, case_sudo):
        user = request.env.user
        own = user.partner_id.commercial_partner_id
        # Somebody else's link makes nobody else the author.
        if user._is_public() or own != case_sudo.commercial_partner_id:
            return case_sudo.partner_id
        return user.partner_id

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
            return self._redirect_to_own_cases()
        case_sudo._close_on_portal(self._get_case_author(case_sudo))
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
            return self._redirect_to_own_cases()
        case_sudo._reopen_on_portal(self._get_case_author(case_sudo))
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
            return self._redirect_to_own_cases()
        author = self._get_case_author(case_sudo)
        if case_sudo._rate_on_portal(str(rate), feedback, author):
            request.session["aftersales_case_thanks"] = "rated"
        return request.redirect(case_sudo.get_portal_url())
