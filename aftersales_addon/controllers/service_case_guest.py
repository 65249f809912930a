from odoo import http
from odoo.http import request

from ..models.aftersales_case_guest_mixin import GUEST_CASE_URL, MAX_EMAIL, MAX_NAME
from ..models.aftersales_case_portal_mixin import CASES_URL
from .help import VISITOR
from .service_case_form import MAX_BODY, AftersalesCaseForm


class AftersalesGuestCase(AftersalesCaseForm):
    """The form by which people without an account ask for help."""

    @http.route(
        GUEST_CASE_URL,
        type="http",
        auth="public",
        website=True,
        sitemap=True,
        max_content_length=MAX_BODY,
    )
    def guest_case(self, **post):
        """Ask for help with a name and an e-mail address, to which we answer.

        The answer is always the same: it tells nobody whom we know. What follows goes
        to the mailbox, so that who types somebody else's address reads nothing.
        """
        # sudo: only whether the company takes such questions is read.
        company = request.env.company.sudo()
        if not request.env.user._is_public() or not company.aftersales_guest_cases:
            return request.redirect(f"{CASES_URL}/new")
        source = {
            "company": company,
            "customer": request.env["res.partner"],
            "units": request.env["aftersales.asset"],
            "order": None,
            "access_token": None,
            "back_url": "/aftersales/help",
            "page_name": "case_guest",
            "is_guest": True,
            "guest_limits": {"partner_name": MAX_NAME, "email_from": MAX_EMAIL},
        }
        return self._handle_guest_case(source, post)

    def _handle_guest_case(self, source, post):
        if request.httprequest.method != "POST" or post.get("look"):
            return self._render_case_form(source, post, {})
        if post.get("website"):
            # A field that people do not see: who fills it in is a machine.
            return self._thank_guest(source)
        Case = request.env["aftersales.case"]
        key = str(post.get("request_key") or "")
        values, errors = Case._read_request(
            source["units"],
            Case._get_request_symptoms(source["company"]),
            post,
            request.httprequest.files.getlist("files"),
        )
        guest, guest_errors = Case._read_guest(post)
        errors |= guest_errors
        if not errors:
            address = request.httprequest.remote_addr
            case_sudo, error = Case._receive_guest(source, values, guest, key, address)
            if not error:
                request.env["aftersales.article.visit"]._note_cases(
                    case_sudo, request.session.get(VISITOR) or ""
                )
                return self._thank_guest(source)
            errors["form"] = error
        return self._render_case_form(source, post, errors)

    def _thank_guest(self, source):
        return request.render(
            "aftersales_addon.portal_case_guest_thanks",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "case_guest",
                "res_company": source["company"],
            },
        )
