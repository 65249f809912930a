from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from .portal import AftersalesPortal


class AftersalesReadingPortal(AftersalesPortal):
    """Customers tell what the counter of their product shows."""

    def _prepare_installed_product_values(self, asset_sudo):
        values = super()._prepare_installed_product_values(asset_sudo)
        values["reading_error"] = request.session.pop("aftersales_reading_error", "")
        return values

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>/reading",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_add_reading(
        self, asset_id, access_token=None, value="", reason="", **kwargs
    ):
        """Keep what the customer read, and show the page of the product again."""
        asset_sudo = self._get_own_document("aftersales.asset", asset_id, access_token)
        if not asset_sudo:
            return self._refuse(PORTAL_LIST_URL)
        error = self._add_reading(asset_sudo, value, reason)
        if error:
            request.session["aftersales_reading_error"] = error
        url = asset_sudo.get_portal_url(anchor="portal_asset_usage")
        return request.redirect(url)

    def _add_reading(self, asset_sudo, value, reason):
        """Add a reading of today; return what was wrong with it, in words."""
        number = self._to_number(value)
        if not asset_sudo._takes_readings():
            return request.env._("This product has no counter that we follow.")
        if number is None:
            return request.env._("Enter the number that the counter shows.")
        try:
            with request.env.cr.savepoint():
                asset_sudo._add_customer_reading(number, reason.strip()[:200])
        except ValidationError as problem:
            return str(problem.args[0])
        return ""

    def _to_number(self, text):
        """Return a number that was typed in the customer's way, or None."""
        language = request.env["res.lang"]._lang_get(request.env.lang or "en_US")
        plain = text.strip().replace(language.thousands_sep or ",", "")
        plain = plain.replace(language.decimal_point or ".", ".")
        if not plain.isascii() or len(plain) > 12:
            return None
        whole, _point, part = plain.partition(".")
        if not (whole.isdigit() and (not part or part.isdigit())):
            return None
        return float(plain)
