from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL, REPORT
from .portal_list import AftersalesPortalList, Listing

HISTORY = "my_installed_products_history"


class AftersalesPortal(AftersalesPortalList):
    """The customer's own installed products, with their warranties."""

    def _get_installed_products_listing(self):
        """Return what the list of installed products shows."""

        def states(*names):
            return Domain("coverage_state", "in", names)

        return Listing(
            model="aftersales.asset",
            url=PORTAL_LIST_URL,
            template="aftersales_addon.portal_my_installed_products",
            page_name="installed_products",
            variable="assets",
            history=HISTORY,
            domain=self._get_own_domain("aftersales.asset"),
            sortings={
                "date": {
                    "label": request.env._("Newest first"),
                    "order": "delivery_date desc, id desc",
                },
                "end": {
                    "label": request.env._("Warranty ends first"),
                    "order": "warranty_end, id",
                },
                "product": {
                    "label": request.env._("Product"),
                    "order": "product_id, id",
                },
                "serial": {
                    "label": request.env._("Serial Number"),
                    "order": "serial_number, id",
                },
            },
            filters={
                "all": {"label": request.env._("All"), "domain": Domain.TRUE},
                "covered": {
                    "label": request.env._("Covered"),
                    "domain": states("covered", "expiring"),
                },
                "expiring": {
                    "label": request.env._("Expiring soon"),
                    "domain": states("expiring"),
                },
                "expired": {
                    "label": request.env._("Expired"),
                    "domain": states("expired"),
                },
            },
            searches={
                "serial": (
                    request.env._("Search in serial numbers"),
                    lambda text: Domain("serial_number", "ilike", text),
                ),
                "product": (
                    request.env._("Search in products"),
                    lambda text: Domain(
                        "product_id", "any!", self._get_product_domain(text)
                    ),
                ),
                # The names of orders are looked up without access to them: only the
                # customer's own units are found by them.
                "order": (
                    request.env._("Search in orders"),
                    lambda text: Domain(
                        "sale_order_id", "any!", [("name", "ilike", text)]
                    ),
                ),
            },
            groupings={
                "none": {"label": request.env._("None")},
                "product": {
                    "label": request.env._("Product"),
                    "order": "product_id",
                    "key": lambda asset: asset.product_id.display_name,
                },
            },
        )

    @http.route(
        [PORTAL_LIST_URL, f"{PORTAL_LIST_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_installed_products(self, **query):
        """Show the installed products of the customer's company."""
        return self._show_list(self._get_installed_products_listing(), query)

    # --- One installed product ---

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_installed_product(
        self, asset_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one installed product, or its certificate."""
        asset_sudo = self._get_own_document("aftersales.asset", asset_id, access_token)
        if not asset_sudo:
            return self._refuse(PORTAL_LIST_URL)
        if report_type == "pdf":
            return self._show_report(
                model=asset_sudo,
                report_type="pdf",
                report_ref=REPORT,
                download=download,
            )
        values = self._get_page_view_values(
            asset_sudo,
            access_token,
            self._prepare_installed_product_values(asset_sudo),
            HISTORY,
            False,
            **kwargs,
        )
        return request.render("aftersales_addon.portal_installed_product", values)

    def _prepare_installed_product_values(self, asset_sudo):
        # The order's page only for those who may open it by their own rights: the
        # key to a unit is no key to what was paid for it.
        order = asset_sudo.sale_order_id.with_env(request.env)
        return {
            "page_name": "installed_product",
            "asset": asset_sudo,
            "layers": asset_sudo._get_layers(),
            "order_url": order.access_url if order and order.has_access("read") else "",
            "backend_url": f"/odoo/installed-products/{asset_sudo.id}",
            "res_company": asset_sudo.company_id,
        }

    @http.route(
        [
            f"{PORTAL_LIST_URL}/delivery/<string:key>",
            f"{PORTAL_LIST_URL}/delivery/<string:key>/page/<int:page>",
        ],
        type="http",
        auth="public",
        website=True,
    )
    def portal_delivered_products(self, key, page=1, report_type=None, **kwargs):
        """Show what one delivery brought, to whoever got its confirmation."""
        assets_sudo = request.env["aftersales.asset"]._get_delivery_assets(key)
        if not assets_sudo:
            return self._refuse(PORTAL_LIST_URL)
        url = f"{PORTAL_LIST_URL}/delivery/{key}"
        pager = portal_pager(
            url=url,
            total=len(assets_sudo),
            page=self._to_page(page),
            step=self._items_per_page,
        )
        shown = assets_sudo[pager["offset"] : pager["offset"] + self._items_per_page]
        if report_type == "pdf":
            # No more than one page at once: a PDF of a thousand takes minutes.
            return self._show_delivery_certificates(shown)
        shown._ensure_tokens()
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "delivered_products",
                "assets": shown,
                "pager": pager,
                "with_token": True,
                "certificates_url": f"{pager['page']['url']}?report_type=pdf",
                "res_company": assets_sudo[0].company_id,
            }
        )
        return request.render("aftersales_addon.portal_delivered_products", values)

    def _show_delivery_certificates(self, assets_sudo):
        content = assets_sudo._render_certificates()
        name = request.env._("Warranty certificates")
        headers = {
            "Content-Type": "application/pdf",
            "Content-Length": len(content),
            "Content-Disposition": http.content_disposition(f"{name}.pdf"),
        }
        return request.make_response(content, headers=list(headers.items()))
