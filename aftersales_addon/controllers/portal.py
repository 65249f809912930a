from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL, REPORT

HISTORY = "my_installed_products_history"


class AftersalesPortal(CustomerPortal):
    """The customer's own installed products, with their warranties."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "installed_product_count" in counters:
            Asset = request.env["aftersales.asset"]
            values["installed_product_count"] = (
                Asset.search_count(self._prepare_installed_products_domain())
                if Asset.has_access("read")
                else 0
            )
        return values

    def _prepare_installed_products_domain(self):
        """Return the domain of all that the customer's company has."""
        partner = request.env.user.partner_id
        return Domain("partner_id", "child_of", [partner.commercial_partner_id.id])

    def _get_installed_products_sortings(self):
        return {
            "date": {
                "label": request.env._("Newest first"),
                "order": "delivery_date desc, id desc",
            },
            "end": {
                "label": request.env._("Warranty ends first"),
                "order": "warranty_end, id",
            },
            "product": {"label": request.env._("Product"), "order": "product_id, id"},
            "serial": {
                "label": request.env._("Serial Number"),
                "order": "serial_number, id",
            },
        }

    def _get_installed_products_filters(self):
        def states(*names):
            return Domain("coverage_state", "in", names)

        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "covered": {
                "label": request.env._("Covered"),
                "domain": states("covered", "expiring"),
            },
            "expiring": {
                "label": request.env._("Expiring soon"),
                "domain": states("expiring"),
            },
            "expired": {"label": request.env._("Expired"), "domain": states("expired")},
        }

    def _get_installed_products_groupings(self):
        return {
            "none": {"label": request.env._("None")},
            "product": {"label": request.env._("Product")},
        }

    def _get_installed_products_inputs(self):
        return {
            "all": {"input": "all", "label": request.env._("Search everywhere")},
            "serial": {
                "input": "serial",
                "label": request.env._("Search in serial numbers"),
            },
            "product": {
                "input": "product",
                "label": request.env._("Search in products"),
            },
            "order": {"input": "order", "label": request.env._("Search in orders")},
        }

    def _get_installed_products_search_domain(self, search_in, search):
        """Return the domain for a text that the customer typed."""
        # The names of products and orders are looked up without access to them: only
        # the customer's own units are found by them.
        parts = {
            "serial": Domain("serial_number", "ilike", search),
            "product": Domain(
                "product_id",
                "any!",
                Domain("name", "ilike", search)
                | Domain("default_code", "ilike", search),
            ),
            "order": Domain("sale_order_id", "any!", [("name", "ilike", search)]),
        }
        return parts.get(search_in) or Domain.OR(parts.values())

    @http.route(
        [PORTAL_LIST_URL, f"{PORTAL_LIST_URL}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_installed_products(
        self,
        page=1,
        sortby=None,
        filterby=None,
        groupby=None,
        search=None,
        search_in=None,
        **kwargs,
    ):
        """Show the installed products of the customer's company."""
        sortings = self._get_installed_products_sortings()
        filters = self._get_installed_products_filters()
        groupings = self._get_installed_products_groupings()
        inputs = self._get_installed_products_inputs()
        # What nobody offered falls back to the first choice.
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        groupby = groupby if groupby in groupings else "none"
        search_in = search_in if search_in in inputs else "all"
        search = (search or "").replace("\x00", "").strip()

        domain = self._prepare_installed_products_domain() & filters[filterby]["domain"]
        if search:
            domain &= self._get_installed_products_search_domain(search_in, search)
        order = sortings[sortby]["order"]
        if groupby == "product":
            order = f"product_id, {order}"
        assets, pager = self._search_installed_products(
            domain,
            order,
            page,
            {
                "sortby": sortby,
                "filterby": filterby,
                "groupby": groupby,
                "search_in": search_in,
                "search": search,
            },
        )
        request.session[HISTORY] = assets.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "installed_products",
                "default_url": PORTAL_LIST_URL,
                "pager": pager,
                "groups": self._group_installed_products(assets, groupby),
                "searchbar_sortings": sortings,
                "searchbar_filters": filters,
                "searchbar_groupby": groupings,
                "searchbar_inputs": inputs,
                "sortby": sortby,
                "filterby": filterby,
                "groupby": groupby,
                "search_in": search_in,
                "search": search,
            }
        )
        return request.render("aftersales_addon.portal_my_installed_products", values)

    def _search_installed_products(self, domain, order, page, url_args):
        """Return one page of units, and the pager."""
        Asset = request.env["aftersales.asset"]
        readable = Asset.has_access("read")
        pager = portal_pager(
            url=PORTAL_LIST_URL,
            total=Asset.search_count(domain) if readable else 0,
            page=self._to_page(page),
            step=self._items_per_page,
            url_args=url_args,
        )
        if readable:
            assets = Asset.search(
                domain, order=order, limit=self._items_per_page, offset=pager["offset"]
            )
        else:
            assets = Asset
        # sudo: the names of the products and orders of the customer's own units.
        return assets.sudo(), pager

    def _to_page(self, page):
        text = str(page)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1

    def _group_installed_products(self, assets, groupby):
        if groupby == "product":
            return list(assets.grouped("product_id").items())
        return [(None, assets)] if assets else []

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
        if access_token and not access_token.isascii():
            access_token = None  # such a token cannot even be compared
        try:
            asset_sudo = self._document_check_access(
                "aftersales.asset", asset_id, access_token
            )
        except (AccessError, MissingError):
            return self._redirect_to_own_products()
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

    def _redirect_to_own_products(self):
        if request.env.user._is_public():
            path = request.httprequest.path
            return request.redirect_query("/web/login", {"redirect": path})
        return request.redirect("/my")

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
            return self._redirect_to_own_products()
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
                "groups": [(None, shown)],
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
