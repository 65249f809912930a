from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.aftersales_warranty_lookup import CHECK_URL, MAX_FACT, MAX_NUMBER


class AftersalesWarrantyCheck(CustomerPortal):
    """The page where anybody with a product in hand asks for its warranty."""

    def _get_check_company(self, company):
        """Return the company whose page this is, if it answers such questions.

        :param company: an id, or anything at all, from the address
        """
        # sudo: only whether a company answers is read.
        found = Company = request.env["res.company"].sudo()
        text = str(company or "")
        if text.isascii() and text.isdigit() and len(text) < 10:
            found = Company.browse(int(text)).exists()
        found = found or request.env.company.sudo()
        if not found.aftersales_warranty_check:
            raise request.not_found()
        return found

    def _clean(self, text, limit):
        clean = request.env["aftersales.registration"]._clean_text
        return clean("serial_number", text)[:limit]

    @http.route(CHECK_URL, type="http", auth="public", website=True, sitemap=True)
    def warranty_check(self, serial="", fact="", company=None, **post):
        """Ask for a number and a fact; say what is covered, and until when."""
        company = self._get_check_company(company)
        values = {
            "serial": self._clean(serial, MAX_NUMBER),
            "fact": self._clean(fact, MAX_FACT),
        }
        error, units = "", None
        if request.httprequest.method == "POST":
            Lookup = request.env["aftersales.warranty.lookup"]
            if not values["serial"] or not values["fact"]:
                error = request.env._("Fill in both fields.")
            elif post.get("website"):
                # A field that people do not see: who fills it in is a machine.
                units = request.env["aftersales.asset"].sudo()
            else:
                address = request.httprequest.remote_addr
                units = Lookup._ask(company, values["serial"], values["fact"], address)
                if units is None:
                    error = request.env._(
                        "There were too many questions from your network, or about "
                        "this number, today. Try again tomorrow, or write to us."
                    )
        else:
            # What a customer knows does not belong into an address.
            values["fact"] = ""
        return self._render_check(company, values, error, units)

    def _render_check(self, company, values, error, units):
        Lookup = request.env["aftersales.warranty.lookup"]
        return request.render(
            "aftersales_addon.portal_warranty_check",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "warranty_check",
                "company": company,
                "res_company": company,
                "values": values,
                "limits": {"serial": MAX_NUMBER, "fact": MAX_FACT},
                "error": error,
                "is_asked": units is not None,
                "answers": [(unit, Lookup._get_items(unit)) for unit in units or []],
            },
        )
