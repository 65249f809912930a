import secrets

from odoo import http
from odoo.http import request

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from ..models.aftersales_return_try import GUEST_URL
from ..models.aftersales_rma_request_input_mixin import (
    MAX_DESCRIPTION,
    MAX_PHOTO_SIZE,
    MAX_PHOTOS,
    PHOTO_TYPES,
)
from .portal_list import AftersalesPortalList

MAX_NUMBER = 64
MAX_EMAIL = 254


class AftersalesReturnRequest(AftersalesPortalList):
    """The form by which customers ask for a return."""

    @http.route(
        "/my/orders/<int(max=2147483647):order_id>/return",
        type="http",
        auth="public",
        website=True,
    )
    def portal_return_order(self, order_id, access_token=None, **post):
        """Ask for a return of what an order delivered."""
        order = self._get_own_document("sale.order", order_id, access_token)
        if not order:
            return self._refuse("/my/orders")
        return self._handle_order(order, "portal", post, access_token)

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>/return",
        type="http",
        auth="public",
        website=True,
    )
    def portal_return_installed_product(self, asset_id, access_token=None, **post):
        """Ask for a return of one installed product."""
        asset = self._get_own_document("aftersales.asset", asset_id, access_token)
        if not asset:
            return self._refuse(PORTAL_LIST_URL)
        customer = self._get_customer_for(asset.partner_id)
        Rma = request.env["aftersales.rma"]
        rows = Rma._get_request_rows(asset.move_id, customer, asset.lot_id)
        return self._handle_request(
            {
                "company": asset.company_id,
                "customer": customer,
                "rows": rows,
                "origin": "portal",
                "title": asset.display_name,
                "back_url": asset.get_portal_url()
                if access_token
                else asset.access_url,
                "access_token": access_token,
                "not_delivered": [],
            },
            post,
        )

    def _get_customer_for(self, partner):
        """Return who asks: the visitor, if the document is their company's."""
        user = request.env.user
        if user._is_public() or not self._belongs_to_visitor(partner):
            return partner
        # sudo: the visitor's own contact.
        return user.partner_id.sudo()

    def _handle_order(self, order, origin, post, access_token=None):
        customer = self._get_customer_for(order.partner_id)
        rows = []
        if order.state == "sale":
            rows = request.env["aftersales.rma"]._get_request_rows(
                order._get_aftersales_delivered_moves(), customer
            )
        back_url = ""
        if origin == "portal":
            back_url = order.get_portal_url() if access_token else order.access_url
        return self._handle_request(
            {
                "company": order.company_id,
                "customer": customer,
                "rows": rows,
                "origin": origin,
                "title": order.name,
                "back_url": back_url,
                "access_token": access_token,
                "not_delivered": order._aftersales_get_not_delivered(),
            },
            post,
        )

    def _handle_request(self, source, post):
        """Show the form, or take in what it says."""
        if request.httprequest.method != "POST":
            return self._render_form(source, {}, {})
        Rma = request.env["aftersales.rma"]
        key = str(post.get("request_key") or "")
        rma_sudo = Rma._find_request(key, source["customer"])
        if rma_sudo:
            # The button was pressed twice.
            return request.redirect(rma_sudo.get_portal_url())
        values, errors = Rma._read_request(
            source["rows"],
            source["company"],
            post,
            {
                name: request.httprequest.files.getlist(name)
                for name in request.httprequest.files
            },
        )
        if not errors:
            rma_sudo, error = Rma._receive_request(
                source["company"], source["customer"], values, key, source["origin"]
            )
            if rma_sudo:
                return request.redirect(rma_sudo.get_portal_url())
            errors["form"] = error
        return self._render_form(source, post, errors)

    def _render_form(self, source, post, errors):
        Rma = request.env["aftersales.rma"]
        rows = source["rows"]
        offered = [row for row in rows if row["eligible"]]
        values = {name: str(value) for name, value in post.items()}
        if len(offered) == 1 and not post:
            # There is nothing to choose: one click less.
            row = offered[0]
            number = request.env["res.lang"]._aftersales_format_number
            values[f"qty_{row['key']}"] = number(
                row["available"], digits=6, grouping=False
            )
        return request.render(
            "aftersales_addon.portal_return_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "return_form",
                "source": source,
                "rows": offered,
                "others": [row for row in rows if not row["eligible"]],
                "reasons": Rma._get_request_reasons(source["company"]),
                "remedies": Rma._get_request_remedies(rows),
                "row_remedies": {
                    row["key"]: Rma._get_request_remedies([row]) for row in offered
                },
                "photos_wanted": any(row["photo_required"] for row in offered),
                "values": values,
                "errors": errors,
                "request_key": post.get("request_key") or secrets.token_hex(16),
                "max_description": MAX_DESCRIPTION,
                "max_photos": MAX_PHOTOS,
                "max_photo_size": MAX_PHOTO_SIZE,
                "accept": ",".join(PHOTO_TYPES),
                "res_company": source["company"],
            },
        )

    # --- Without an account ---

    def _get_guest_company(self):
        # sudo: only whether the company takes returns from guests is read.
        company = request.env.company.sudo()
        open_to_guests = company.aftersales_guest_returns and request.env[
            "aftersales.rma"
        ]._is_request_possible(company)
        if not open_to_guests:
            raise request.not_found()
        return company

    @http.route(GUEST_URL, type="http", auth="public", website=True, sitemap=False)
    def guest_return(self, number="", email="", **post):
        """Ask for the link to an order. The answer never tells what is known."""
        company = self._get_guest_company()
        values = {
            "number": str(number).replace("\x00", "").strip()[:MAX_NUMBER],
            "email": str(email).replace("\x00", "").strip()[:MAX_EMAIL],
        }
        error, sent = "", False
        if request.httprequest.method == "POST":
            if not values["number"] or "@" not in values["email"]:
                error = request.env._("Type the order's number and your e-mail.")
            elif post.get("website"):
                # A field that people do not see: who fills it in is a machine.
                sent = True
            else:
                sent = request.env["aftersales.return.try"]._ask(
                    company, **values, address=request.httprequest.remote_addr
                )
                if not sent:
                    error = request.env._(
                        "There were too many tries from your network today. Try again "
                        "tomorrow, or write to us."
                    )
        return request.render(
            "aftersales_addon.portal_return_guest",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "return_guest",
                "res_company": company,
                "values": values,
                "error": error,
                "sent": sent,
            },
        )

    @http.route(
        f"{GUEST_URL}/order/<string:key>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def guest_return_order(self, key, **post):
        """Show the form of the order that the link was made for."""
        order = request.env["aftersales.return.try"]._read_key(key)
        if not order or not order.company_id.aftersales_guest_returns:
            return request.render(
                "aftersales_addon.portal_return_expired",
                {**self._prepare_portal_layout_values(), "page_name": "return_guest"},
                status=404,
            )
        return self._handle_order(order, "guest", post)
