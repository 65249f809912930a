import secrets

from odoo import http
from odoo.http import request

from ..models.aftersales_contract_portal_mixin import CONTRACTS_URL
from ..models.aftersales_contract_request_mixin import MAX_DESCRIPTION
from ..models.aftersales_rma_request_input_mixin import MAX_PHOTOS, PHOTO_TYPES
from .service_contract import CONTRACT_URL, AftersalesContracts


class AftersalesVisitRequest(AftersalesContracts):
    """The form by which customers ask for a visit."""

    @http.route(f"{CONTRACT_URL}/visit", type="http", auth="public", website=True)
    def portal_visit_new(self, contract_id, access_token=None, **post):
        """Ask for a visit that the contract promises."""
        contract = self._get_own_contract(contract_id, access_token)
        if not contract:
            return self._refuse(CONTRACTS_URL)
        if not contract._get_request_services():
            request.session["aftersales_contract_error"] = request.env._(
                "No visit can be asked for under this contract at the moment. Please "
                "write to us."
            )
            return request.redirect(contract.get_portal_url())
        if request.httprequest.method != "POST":
            return self._render_visit_form(contract, {}, {})
        key = str(post.get("request_key") or "")
        visit = contract._find_visit_request(key, contract)
        if visit:
            # The button was pressed twice.
            return request.redirect(visit.get_portal_url())
        uploads = request.httprequest.files.getlist("photos")
        values, errors = contract._read_visit_request(post, uploads)
        if not errors:
            author = self._get_author(contract)
            visit, error = contract._receive_visit_request(values, key, author)
            if visit:
                request.session["aftersales_visit_thanks"] = "new"
                return request.redirect(visit.get_portal_url())
            errors["form"] = error
        return self._render_visit_form(contract, post, errors)

    def _render_visit_form(self, contract, post, errors):
        values = {name: str(value) for name, value in post.items()}
        services = contract._get_request_services()
        lines = contract._get_request_lines()
        if len(services) == 1 and not values.get("service_id"):
            # There is nothing to choose: one click less.
            values["service_id"] = str(services.id)
        if len(lines) == 1 and not values.get("line_id"):
            values["line_id"] = str(lines.id)
        today = contract.company_id._aftersales_today()
        offers = []
        for service in services:
            price = 0.0
            if not service._is_included(today):
                price = service._get_visit_price(today)
            offers.append(
                {
                    "service": service,
                    "text": service._get_offer_text(today),
                    "price": price,
                    "agreed": f"{service.id}:{price:.6f}",
                }
            )
        return request.render(
            "aftersales_addon.portal_visit_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "visit_form",
                "contract": contract,
                "offers": offers,
                "lines": lines,
                "values": values,
                "errors": errors,
                "today": today,
                "request_key": post.get("request_key") or secrets.token_hex(16),
                "accept": ",".join(PHOTO_TYPES),
                "limits": {"description": MAX_DESCRIPTION, "photos": MAX_PHOTOS},
                "res_company": contract.company_id,
            },
        )
