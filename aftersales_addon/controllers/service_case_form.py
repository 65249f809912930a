import secrets

from odoo import http
from odoo.http import request

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from ..models.aftersales_case_portal_mixin import (
    CASES_URL,
    MAX_DESCRIPTION,
    MAX_FILES,
    MAX_SERIAL,
    MAX_SUBJECT,
    MAX_TOTAL_SIZE,
    MAX_UNITS,
    MAX_VIDEO_SIZE,
    VIDEO_TYPES,
)
from ..models.aftersales_rma_request_input_mixin import PHOTO_TYPES
from .help import VISITOR
from .service_case import AftersalesCases

# More than what is taken: what is too large is refused in words, with the text kept.
MAX_BODY = 300 * 1024 * 1024


class AftersalesCaseForm(AftersalesCases):
    """The form by which customers ask for help."""

    @http.route(
        f"{CASES_URL}/new",
        type="http",
        auth="user",
        website=True,
        max_content_length=MAX_BODY,
    )
    def portal_case_new(self, **post):
        """Ask for help with anything that one has."""
        customer = request.env.user.partner_id
        company = request.env.company
        units = request.env["aftersales.case"]._get_request_units(customer)
        chosen = units.filtered(lambda a: str(a.id) == str(post.get("asset_id")))
        return self._handle_case_form(
            {
                # A unit of another company of ours is that company's to look after.
                "company": chosen.company_id or company.sudo(),
                "customer": customer,
                "units": units,
                "order": None,
                "access_token": None,
                "back_url": CASES_URL,
            },
            post,
        )

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>/help",
        type="http",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def portal_case_new_unit(self, asset_id, access_token=None, **post):
        """Ask for help with one installed product."""
        asset = self._get_own_document("aftersales.asset", asset_id, access_token)
        if not asset:
            return self._refuse(CASES_URL)
        return self._handle_case_form(
            {
                "company": asset.company_id,
                "customer": self._get_case_customer(asset.partner_id),
                "units": asset,
                "order": None,
                "access_token": access_token,
                "back_url": asset.get_portal_url()
                if access_token
                else asset.access_url,
            },
            post | {"asset_id": str(asset.id)},
        )

    @http.route(
        "/my/orders/<int(max=2147483647):order_id>/help",
        type="http",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def portal_case_new_order(self, order_id, access_token=None, **post):
        """Ask for help with what an order brought."""
        order = self._get_own_document("sale.order", order_id, access_token)
        if not order:
            return self._refuse(CASES_URL)
        customer = self._get_case_customer(order.partner_id)
        Case = request.env["aftersales.case"]
        return self._handle_case_form(
            {
                "company": order.company_id,
                "customer": customer,
                "units": Case._get_request_units(customer, order),
                "order": order,
                "access_token": access_token,
                "back_url": order.get_portal_url()
                if access_token
                else order.access_url,
            },
            post,
        )

    def _get_case_customer(self, partner):
        """Return who asks: the visitor, if the document is their company's."""
        user = request.env.user
        if user._is_public() or not self._belongs_to_visitor(partner):
            return partner
        # sudo: the visitor's own contact.
        return user.partner_id.sudo()

    def _handle_case_form(self, source, post):
        """Show the form, or take in what it says."""
        if request.httprequest.method != "POST":
            return self._render_case_form(source, post, {})
        Case = request.env["aftersales.case"]
        symptoms = Case._get_request_symptoms(source["company"])
        if post.get("look"):
            # Without scripts in the browser: the articles that fit, on a button.
            return self._render_case_form(source, post, {})
        key = str(post.get("request_key") or "")
        case_sudo = Case._find_request(key, source["customer"])
        if case_sudo:
            # The button was pressed twice.
            return request.redirect(case_sudo.get_portal_url())
        values, errors = Case._read_request(
            source["units"],
            symptoms,
            post,
            request.httprequest.files.getlist("files"),
        )
        if not errors:
            case_sudo, error = Case._receive_request(source, values, key)
            if case_sudo:
                request.env["aftersales.article.visit"]._note_cases(
                    case_sudo, request.session.get(VISITOR) or ""
                )
                request.session["aftersales_case_thanks"] = "new"
                return request.redirect(case_sudo.get_portal_url())
            errors["form"] = error
        return self._render_case_form(source, post, errors)

    def _render_case_form(self, source, post, errors):
        Case = request.env["aftersales.case"]
        company = source["company"]
        symptoms = Case._get_request_symptoms(company)
        values = {name: str(value) for name, value in post.items()}
        units = source["units"]
        if len(units) == 1 and not values.get("asset_id"):
            # There is nothing to choose: one click less.
            values["asset_id"] = str(units.id)
        asset = units.filtered(lambda a: str(a.id) == values.get("asset_id"))
        reason = symptoms.filtered(lambda r: str(r.id) == values.get("reason_id"))
        words = f"{values.get('name', '')} {values.get('description', '')}"
        return request.render(
            "aftersales_addon.portal_case_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": source.get("page_name", "case_form"),
                "source": source,
                "units": units,
                "symptoms": symptoms,
                "articles": self._get_suggestions(asset, reason, words, company),
                "values": values,
                "errors": errors,
                "is_sent": request.httprequest.method == "POST",
                "request_key": post.get("request_key") or secrets.token_hex(16),
                "accept": ",".join((*PHOTO_TYPES, *VIDEO_TYPES)),
                "limits": {
                    "name": MAX_SUBJECT,
                    "description": MAX_DESCRIPTION,
                    "serial_number": MAX_SERIAL,
                    "files": MAX_FILES,
                    "size": MAX_VIDEO_SIZE,
                    "total": MAX_TOTAL_SIZE,
                    "units": MAX_UNITS,
                },
                "res_company": company,
            },
        )

    def _get_suggestions(self, asset, reason, words, company):
        """Return the articles that fit what the customer has typed so far."""
        # sudo: readers have no rights on articles; the search knows who may see which.
        Article = request.env["aftersales.article"].sudo()
        return Article._get_articles(
            asset.product_id, reason, words, Article._get_audience(), company=company
        )

    @http.route(
        f"{CASES_URL}/suggest",
        type="jsonrpc",
        auth="public",
        website=True,
        readonly=True,
    )
    def portal_case_suggest(
        self, words="", reason_id=None, asset_id=None, access_token=None
    ):
        """Return the articles that fit what a customer is writing.

        :param str words: the subject and the description
        :param reason_id: the id of the symptom, as text
        :param asset_id: the id of the unit, as text
        :param str access_token: of the unit, for a guest
        """
        Case = request.env["aftersales.case"]
        asset = request.env["aftersales.asset"]
        if number := self._to_id(asset_id):
            token = str(access_token) if access_token else None
            found = self._get_own_document("aftersales.asset", number, token)
            asset = found or asset
        company = asset.company_id or request.env.company
        symptoms = Case._get_request_symptoms(company)
        reason = symptoms.filtered(lambda r: str(r.id) == str(reason_id or ""))
        articles = self._get_suggestions(asset, reason, str(words), company)
        return [{"name": article.name, "url": article.url} for article in articles]
