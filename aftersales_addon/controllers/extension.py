from odoo import http
from odoo.http import request

from odoo.addons.sale_management.controllers.portal import (
    CustomerPortal as SalePortal,
)

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from .portal import AftersalesPortal


class AftersalesExtensionPortal(AftersalesPortal, SalePortal):
    """Extended warranties that customers buy themselves."""

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>/extend",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_extend_installed_product(
        self, asset_id, product_id=None, access_token=None, **kwargs
    ):
        """Open the quotation over an extended warranty of one's own product.

        Asking twice leads to the same quotation.
        """
        asset_sudo = self._get_own_document("aftersales.asset", asset_id, access_token)
        if not asset_sudo:
            return self._refuse(PORTAL_LIST_URL)
        number = self._to_record_id(product_id)
        offered = asset_sudo._get_offered_extensions()[asset_sudo]
        product = offered.filtered(lambda p: p.id == number)
        order_sudo = asset_sudo._get_portal_quotation(product) if product else None
        if not order_sudo:
            # It was sold, or the coverage ended, since the page was opened.
            return request.redirect(asset_sudo.get_portal_url())
        return request.redirect(order_sudo.get_portal_url())

    def _to_record_id(self, value):
        """Return a number of the database that was sent, zero for what is none."""
        text = str(value or "")
        usable = text.isascii() and text.isdigit() and len(text) < 11
        return int(text) if usable and int(text) < 2**31 else 0

    @http.route()
    def portal_quote_option_update(
        self, order_id, line_id=None, access_token=None, **kwargs
    ):
        """Take no more extended warranties than there are units to cover."""
        if access_token and not str(access_token).isascii():
            access_token = None  # such a token cannot even be compared
        line_id, order_id = self._to_record_id(line_id), self._to_record_id(order_id)
        if not line_id or not order_id:
            raise request.not_found()
        result = super().portal_quote_option_update(
            order_id, line_id, access_token and str(access_token), **kwargs
        )
        # sudo: only a line that this very request could change is looked at again.
        line = request.env["sale.order.line"].sudo().browse(line_id).exists()
        if line.order_id.id == order_id and line._can_be_edited_on_portal():
            line._aftersales_limit_quantity()
        return result
