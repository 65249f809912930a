from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from .portal_list import AftersalesPortalList

ASSET_URL = f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>"


class AftersalesTransferPage(AftersalesPortalList):
    """The page where an owner asks to pass a unit on."""

    def _get_own_asset(self, asset_id):
        """Return the unit, with all rights, if it belongs to the visitor."""
        asset = request.env["aftersales.asset"].browse(asset_id)
        partner = request.env.user.partner_id.commercial_partner_id
        if not asset.exists() or not asset.has_access("read"):
            return None
        # sudo: the customer's own unit, by their rights on it and by its owner.
        unit = asset.sudo()
        own = unit.commercial_partner_id == partner and unit.state == "in_use"
        return unit if own else None

    @http.route(f"{ASSET_URL}/pass-on", type="http", auth="user", website=True)
    def portal_pass_on(self, asset_id, **post):
        """Show the form, or take in what it says."""
        unit = self._get_own_asset(asset_id)
        if not unit:
            return self._refuse(PORTAL_LIST_URL)
        Asset = request.env["aftersales.asset"]
        values, errors = Asset._read_transfer_form(post), {}
        if request.httprequest.method == "POST" and not unit._get_open_transfer():
            errors = self._check_form(unit, values)
            if not errors:
                try:
                    unit._request_transfer(values)
                except UserError as error:
                    errors = {"form": str(error)}
                else:
                    return request.redirect(f"{unit.access_url}/pass-on")
        return request.render(
            "aftersales_addon.portal_pass_on",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "pass_on",
                "asset": unit,
                "res_company": unit.company_id,
                "transfer": unit._get_open_transfer(),
                "layers": unit._get_layers_at_stake(),
                "fees": unit._get_transfer_fees(),
                "values": values,
                "errors": errors,
            },
        )

    def _check_form(self, unit, values):
        errors = {}
        if not values["new_name"]:
            errors["new_name"] = request.env._("Who gets the product?")
        email = email_normalize(values["new_email"])
        own = unit.commercial_partner_id | unit.partner_id | request.env.user.partner_id
        if not email:
            errors["new_email"] = request.env._("This is no complete e-mail address.")
        elif email in own.mapped("email_normalized"):
            errors["new_email"] = request.env._(
                "This is your own address. Type the one of the new owner."
            )
        return errors

    @http.route(
        f"{ASSET_URL}/pass-on/cancel",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_pass_on_cancel(self, asset_id, **post):
        """Take a request back."""
        unit = self._get_own_asset(asset_id)
        if not unit:
            return self._refuse(PORTAL_LIST_URL)
        transfer = unit._get_open_transfer()
        if transfer.is_portal_request:
            transfer._set_cancelled()
        return request.redirect(unit.access_url)
