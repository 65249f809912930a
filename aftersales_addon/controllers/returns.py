from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.aftersales_rma_portal_mixin import MAX_TRACKING, RETURNS_URL, SLIP

HISTORY = "my_returns_history"
RETURN_URL = f"{RETURNS_URL}/<int(max=2147483647):rma_id>"


class AftersalesReturns(CustomerPortal):
    """The customer's own returns."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "return_count" in counters:
            Rma = request.env["aftersales.rma"]
            values["return_count"] = (
                Rma.search_count(self._get_returns_domain())
                if Rma.has_access("read")
                else 0
            )
        return values

    def _get_returns_domain(self):
        Rma = request.env["aftersales.rma"]
        return Domain(Rma._get_portal_domain(request.env.user.partner_id))

    def _get_returns_sortings(self):
        return {
            "date": {"label": request.env._("Newest first"), "order": "id desc"},
            "old": {"label": request.env._("Oldest first"), "order": "id"},
            "state": {"label": request.env._("Status"), "order": "state, id desc"},
        }

    def _get_returns_filters(self):
        def states(*names):
            return Domain("state", "in", names)

        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("Open"),
                "domain": states("requested", "approved"),
            },
            "done": {"label": request.env._("Closed"), "domain": states("done")},
            "refused": {
                "label": request.env._("Rejected or cancelled"),
                "domain": states("rejected", "cancelled"),
            },
        }

    def _get_returns_inputs(self):
        return {
            "all": {"input": "all", "label": request.env._("Search everywhere")},
            "name": {"input": "name", "label": request.env._("Search in numbers")},
            "goods": {"input": "goods", "label": request.env._("Search in goods")},
        }

    def _get_returns_search_domain(self, search_in, search):
        # The names of products are looked up without access to them: only the
        # customer's own returns are found by them.
        product = Domain("name", "ilike", search) | Domain(
            "default_code", "ilike", search
        )
        parts = {
            "name": Domain("name", "ilike", search)
            | Domain("reference", "ilike", search),
            "goods": Domain(
                "line_ids",
                "any!",
                Domain("product_id", "any!", product)
                | Domain("lot_id", "any!", [("name", "ilike", search)]),
            ),
        }
        return parts.get(search_in) or Domain.OR(parts.values())

    @http.route(
        [RETURNS_URL, f"{RETURNS_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_returns(
        self,
        page=1,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        **kwargs,
    ):
        """Show the returns of the customer's company."""
        sortings = self._get_returns_sortings()
        filters = self._get_returns_filters()
        inputs = self._get_returns_inputs()
        # What nobody offered falls back to the first choice.
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        search_in = search_in if search_in in inputs else "all"
        search = (search or "").replace("\x00", "").strip()
        domain = self._get_returns_domain() & filters[filterby]["domain"]
        if search:
            domain &= self._get_returns_search_domain(search_in, search)
        chosen = {
            "sortby": sortby,
            "filterby": filterby,
            "search_in": search_in,
            "search": search,
        }
        rmas, pager = self._search_returns(
            domain, sortings[sortby]["order"], page, chosen
        )
        request.session[HISTORY] = rmas.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            **chosen,
            "page_name": "returns",
            "default_url": RETURNS_URL,
            "pager": pager,
            "returns": rmas,
            "searchbar_sortings": sortings,
            "searchbar_filters": filters,
            "searchbar_inputs": inputs,
        }
        return request.render("aftersales_addon.portal_my_returns", values)

    def _search_returns(self, domain, order, page, url_args):
        """Return one page of returns, and the pager."""
        Rma = request.env["aftersales.rma"]
        readable = Rma.has_access("read")
        text = str(page)
        usable = text.isascii() and text.isdigit() and len(text) < 9
        pager = portal_pager(
            url=RETURNS_URL,
            total=Rma.search_count(domain) if readable else 0,
            page=int(text) if usable else 1,
            step=self._items_per_page,
            url_args=url_args,
        )
        rmas = Rma
        if readable:
            rmas = Rma.search(
                domain, order=order, limit=self._items_per_page, offset=pager["offset"]
            )
        # sudo: the names of the products of the customer's own returns.
        return rmas.sudo(), pager

    # --- One return ---

    def _get_own_return(self, rma_id, access_token):
        """Return the return that the visitor may see, with all rights, or None."""
        if access_token and not access_token.isascii():
            access_token = None  # such a token cannot even be compared
        try:
            return self._document_check_access("aftersales.rma", rma_id, access_token)
        except (AccessError, MissingError):
            return None

    def _redirect_to_own(self):
        if request.env.user._is_public():
            path = request.httprequest.path
            if request.httprequest.method != "GET":
                path = RETURNS_URL
            return request.redirect_query("/web/login", {"redirect": path})
        return request.redirect("/my")

    @http.route(RETURN_URL, type="http", auth="public", website=True)
    def portal_return(
        self, rma_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one return, or its slip."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return self._redirect_to_own()
        if report_type == "pdf" and rma_sudo._has_slip():
            return self._show_report(
                model=rma_sudo, report_type="pdf", report_ref=SLIP, download=download
            )
        values = self._get_page_view_values(
            rma_sudo,
            access_token,
            {
                "page_name": "return",
                "rma": rma_sudo,
                "error": request.session.pop("aftersales_return_error", ""),
                "backend_url": f"/odoo/action-aftersales_addon.aftersales_rma_action/"
                f"{rma_sudo.id}",
                "max_tracking": MAX_TRACKING,
                "addresses": rma_sudo._get_pickup_addresses(request.env.user.partner_id)
                if not request.env.user._is_public()
                else [],
                "res_company": rma_sudo.company_id,
            },
            HISTORY,
            False,
            **kwargs,
        )
        return request.render("aftersales_addon.portal_return", values)

    @http.route(f"{RETURN_URL}/label", type="http", auth="public", website=True)
    def portal_return_label(self, rma_id, access_token=None, **kwargs):
        """Hand out the shipping label."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return self._redirect_to_own()
        if not rma_sudo._has_label():
            return request.redirect(rma_sudo.get_portal_url())
        stream = request.env["ir.binary"]._get_stream_from(
            rma_sudo, "return_label", filename=rma_sudo._get_label_name()
        )
        return stream.get_response(as_attachment=True)

    @http.route(
        f"{RETURN_URL}/address",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_return_address(self, rma_id, address_id="", **kwargs):
        """Pick the goods up at another one of the customer's addresses."""
        rma_sudo = self._get_own_return(rma_id, None)
        if not rma_sudo:
            return self._redirect_to_own()
        number = str(address_id)
        usable = number.isascii() and number.isdigit() and len(number) < 10
        try:
            with request.env.cr.savepoint():
                rma_sudo._set_pickup_on_portal(
                    int(number) if usable else 0, request.env.user.partner_id
                )
        except UserError as error:
            request.session["aftersales_return_error"] = str(error)
        return request.redirect(rma_sudo.access_url)

    def _get_author(self, rma_sudo):
        user = request.env.user
        return rma_sudo.partner_id if user._is_public() else user.partner_id

    @http.route(
        f"{RETURN_URL}/cancel",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_return_cancel(self, rma_id, access_token=None, **kwargs):
        """Cancel one's own return, while that is possible."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return self._redirect_to_own()
        if rma_sudo._can_cancel_on_portal():
            try:
                with request.env.cr.savepoint():
                    rma_sudo._cancel_on_portal(self._get_author(rma_sudo))
            except UserError as error:
                request.session["aftersales_return_error"] = str(error)
        return request.redirect(rma_sudo.get_portal_url())

    @http.route(
        f"{RETURN_URL}/tracking",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_return_tracking(
        self, rma_id, access_token=None, tracking_ref="", **kwargs
    ):
        """Note the number of the parcel that the customer has sent."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return self._redirect_to_own()
        rma_sudo._set_tracking_on_portal(tracking_ref, self._get_author(rma_sudo))
        return request.redirect(rma_sudo.get_portal_url())
