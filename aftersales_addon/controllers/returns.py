from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from ..models.aftersales_rma_portal_mixin import MAX_TRACKING, RETURNS_URL, SLIP
from .portal_list import AftersalesPortalList, Listing

HISTORY = "my_returns_history"
RETURN_URL = f"{RETURNS_URL}/<int(max=2147483647):rma_id>"


class AftersalesReturns(AftersalesPortalList):
    """The customer's own returns."""

    def _get_returns_listing(self):
        """Return what the list of returns shows."""

        def states(*names):
            return Domain("state", "in", names)

        return Listing(
            model="aftersales.rma",
            url=RETURNS_URL,
            template="aftersales_addon.portal_my_returns",
            page_name="returns",
            variable="returns",
            history=HISTORY,
            domain=self._get_own_domain("aftersales.rma"),
            sortings={
                "date": {"label": request.env._("Newest first"), "order": "id desc"},
                "old": {"label": request.env._("Oldest first"), "order": "id"},
                "state": {"label": request.env._("Status"), "order": "state, id desc"},
            },
            filters={
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
            },
            searches={
                "name": (
                    request.env._("Search in numbers"),
                    lambda text: (
                        Domain("name", "ilike", text)
                        | Domain("reference", "ilike", text)
                    ),
                ),
                "goods": (
                    request.env._("Search in goods"),
                    self._get_return_goods_domain,
                ),
            },
            groupings=self._get_status_grouping(),
        )

    def _get_return_goods_domain(self, text):
        product = Domain("product_id", "any!", self._get_product_domain(text))
        lot = Domain("lot_id", "any!", [("name", "ilike", text)])
        return Domain("line_ids", "any!", product | lot)

    @http.route(
        [RETURNS_URL, f"{RETURNS_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_returns(self, **query):
        """Show the returns of the customer's company."""
        return self._show_list(self._get_returns_listing(), query)

    # --- One return ---

    def _get_own_return(self, rma_id, access_token):
        """Return the return that the visitor may see, with all rights, or None."""
        return self._get_own_document("aftersales.rma", rma_id, access_token)

    @http.route(RETURN_URL, type="http", auth="public", website=True)
    def portal_return(
        self, rma_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one return, or its slip."""
        rma_sudo = self._get_own_return(rma_id, access_token)
        if not rma_sudo:
            return self._refuse(RETURNS_URL)
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
            return self._refuse(RETURNS_URL)
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
            return self._refuse(RETURNS_URL)
        try:
            with request.env.cr.savepoint():
                rma_sudo._set_pickup_on_portal(
                    self._to_id(address_id), request.env.user.partner_id
                )
        except UserError as error:
            request.session["aftersales_return_error"] = str(error)
        return request.redirect(rma_sudo.access_url)

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
            return self._refuse(RETURNS_URL)
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
            return self._refuse(RETURNS_URL)
        rma_sudo._set_tracking_on_portal(tracking_ref, self._get_author(rma_sudo))
        return request.redirect(rma_sudo.get_portal_url())
