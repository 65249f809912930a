from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.aftersales_asset_customer_mixin import PORTAL_LIST_URL
from ..models.aftersales_registration_web_mixin import FILE_TYPES, LIMITS, URL


class AftersalesRegistrationPage(CustomerPortal):
    """The page where customers register what they bought, from a dealer mostly."""

    def _get_registration_company(self, company=None):
        """Return the company whose page this is, if it takes registrations.

        :param company: an id, or anything at all, from the address
        """
        # sudo: only whether a company takes registrations is read.
        Company = request.env["res.company"].sudo()
        text = str(company or "")
        found = Company
        if text.isascii() and text.isdigit() and len(text) < 10:
            found = Company.browse(int(text)).exists()
        found = found or request.env.company.sudo()
        return found if found.aftersales_registration != "off" else Company

    @http.route(URL, type="http", auth="public", website=True, sitemap=False)
    def registration_form(self, company=None, **kwargs):
        """Show the form, filled in with what the QR code says."""
        company = self._get_registration_company(company)
        if not company:
            raise request.not_found()
        Registration = request.env["aftersales.registration"]
        values = {
            name: Registration._clean_text(name, kwargs.get(name))[:limit]
            for name, limit in LIMITS.items()
        }
        values["serial_number"] = Registration._clean_text(
            "serial_number", kwargs.get("serial")
        )[: LIMITS["serial_number"]]
        return self._render_registration(company, values, {}, kwargs.get("product"))

    def _render_registration(self, company, values, errors, product_key):
        Registration = request.env["aftersales.registration"]
        product = Registration._read_product(product_key)
        return request.render(
            "aftersales_addon.portal_registration",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "registration",
                "company": company,
                "res_company": company,
                "values": values,
                "errors": errors,
                "limits": LIMITS,
                "product": product,
                "product_key": product_key if product else "",
                "customer": self._get_customer(),
                "accept": ",".join(FILE_TYPES),
                "today": company._aftersales_today(),
            },
        )

    def _get_customer(self):
        """Return the contact of the visitor who is logged in, may be empty."""
        user = request.env.user
        return request.env["res.partner"] if user._is_public() else user.partner_id

    @http.route(
        f"{URL}/send",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def registration_send(self, company=None, product=None, **post):
        """Take in a registration. The answer never tells what is known here."""
        company = self._get_registration_company(company)
        if not company:
            raise request.not_found()
        if post.get("website"):
            # A field that people do not see: who fills it in is a machine.
            return self._thank(company)
        Registration = request.env["aftersales.registration"]
        partner = self._get_customer()
        email = partner.email or request.env.user.login if partner else None
        values, errors = Registration._read_form(company, post, email)
        uploads = request.httprequest.files.getlist("proof")
        files, file_error = Registration._read_files(uploads)
        if file_error:
            errors["proof"] = file_error
        visitor = Registration._hash_visitor(request.httprequest.remote_addr)
        if not errors and Registration._is_too_often(visitor):
            errors["form"] = request.env._(
                "There were too many registrations from your network today. Try again "
                "tomorrow, or write to us."
            )
        if errors:
            return self._render_registration(company, values, errors, product)
        values["product_id"] = Registration._read_product(product).id
        registration = Registration._receive(company, values, files, partner, visitor)
        if partner:
            return self._show_outcome(registration)
        return self._thank(company)

    def _thank(self, company):
        return request.render(
            "aftersales_addon.portal_registration_sent",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "registration",
                "res_company": company,
            },
        )

    def _show_outcome(self, registration, key=""):
        """Show a customer who is known what became of their registration."""
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "registration",
            "res_company": registration.company_id,
            "registration": registration,
            "key": key,
        }
        if registration.state == "new" and registration._needs_product():
            Registration = request.env["aftersales.registration"]
            values["products"] = [
                (Registration._sign_product(product), product.display_name)
                for product in registration._get_products()
            ]
            values["key"] = key or self._sign_own(registration)
            return request.render("aftersales_addon.portal_registration_which", values)
        return request.render("aftersales_addon.portal_registration_outcome", values)

    def _sign_own(self, registration):
        return registration._get_confirm_url().rpartition("/")[2]

    @http.route(
        f"{URL}/confirm/<string:key>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def registration_confirm(self, key, product=None, **kwargs):
        """Confirm the e-mail address; a press on the button counts, no visit does.

        Programs that look at the links of an e-mail before its reader does would
        confirm it otherwise.
        """
        registration = request.env["aftersales.registration"]._read_confirm_key(key)
        if not registration or registration.company_id.aftersales_registration == "off":
            return request.render(
                "aftersales_addon.portal_registration_expired",
                {**self._prepare_portal_layout_values(), "page_name": "registration"},
                status=404,
            )
        if request.httprequest.method != "POST":
            if registration.state != "unconfirmed":
                return self._show_outcome(registration, key)
            return request.render(
                "aftersales_addon.portal_registration_confirm",
                {
                    **self._prepare_portal_layout_values(),
                    "page_name": "registration",
                    "res_company": registration.company_id,
                    "registration": registration,
                    "products": self._get_choices(registration),
                    "key": key,
                },
            )
        if registration.state in ("unconfirmed", "new") and product:
            if registration._choose_product(product) and registration.state == "new":
                registration._settle()
        if registration.state == "unconfirmed":
            registration._set_confirmed()
        return self._show_outcome(registration, key)

    def _get_choices(self, registration):
        """Return the products that a number can mean, when it means several."""
        if not registration._needs_product():
            return []
        Registration = request.env["aftersales.registration"]
        return [
            (Registration._sign_product(product), product.display_name)
            for product in registration._get_products()
        ]

    @http.route(
        f"{PORTAL_LIST_URL}/<int(max=2147483647):asset_id>/register",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_register_own(self, asset_id, **kwargs):
        """Start the warranties that wait until the customer makes the unit known."""
        asset = request.env["aftersales.asset"].browse(asset_id)
        if asset.exists() and asset.has_access("read"):
            # sudo: it is the customer's own unit, and only the day is noted.
            unit = asset.sudo()
            if unit.waits_for_registration and not unit.date_registered:
                unit._set_registered(unit.company_id._aftersales_today())
            return request.redirect(asset.access_url)
        return request.redirect("/my")
