from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.aftersales_visit_portal_mixin import VISITS_URL
from .service_visit import VISIT_URL, AftersalesVisits


class AftersalesVisitChange(AftersalesVisits):
    """Customers choose the time of a visit, move it, cancel it, and agree to it."""

    @http.route(f"{VISIT_URL}/time", type="http", auth="public", website=True)
    def portal_visit_time(self, visit_id, access_token=None, slot="", **kwargs):
        """Show the free times, or take the chosen one."""
        visit = self._get_own_visit(visit_id, access_token)
        if not visit:
            return self._refuse(VISITS_URL)
        error = visit._explain_no_time()
        if error:
            request.session["aftersales_visit_error"] = error
            return request.redirect(visit.get_portal_url())
        if request.httprequest.method == "POST":
            if not slot:
                error = request.env._("Choose one of the times.")
            else:
                error = self._choose_time(visit, str(slot))
            if not error:
                request.session["aftersales_visit_thanks"] = "time"
                return request.redirect(visit.get_portal_url())
        slots = visit._get_portal_slots()
        return request.render(
            "aftersales_addon.portal_visit_time",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "visit_time",
                "visit": visit,
                "days": visit._get_portal_slot_days(slots),
                "error": error,
                "res_company": visit.company_id,
            },
        )

    def _choose_time(self, visit, slot):
        """Take a time; return what is wrong, in words."""
        try:
            with request.env.cr.savepoint():
                visit._choose_time_on_portal(slot, self._get_author(visit))
        except UserError as problem:
            return str(problem)
        return ""

    @http.route(
        f"{VISIT_URL}/cancel",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_visit_cancel(self, visit_id, access_token=None, reason="", **kwargs):
        """Call a visit off."""
        visit = self._get_own_visit(visit_id, access_token)
        if not visit:
            return self._refuse(VISITS_URL)
        try:
            with request.env.cr.savepoint():
                visit._cancel_on_portal(reason, self._get_author(visit))
        except UserError as error:
            request.session["aftersales_visit_error"] = str(error)
        return request.redirect(visit.get_portal_url())

    @http.route(
        f"{VISIT_URL}/price",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_visit_price(
        self, visit_id, access_token=None, answer="", shown="", **kwargs
    ):
        """Agree to the price of a visit, or not."""
        visit = self._get_own_visit(visit_id, access_token)
        if not visit:
            return self._refuse(VISITS_URL)
        if answer not in ("yes", "no"):
            return request.redirect(visit.get_portal_url())
        author = self._get_author(visit)
        try:
            with request.env.cr.savepoint():
                visit._answer_price_on_portal(answer == "yes", str(shown), author)
        except UserError as error:
            request.session["aftersales_visit_error"] = str(error)
        else:
            request.session["aftersales_visit_thanks"] = (
                "agreed" if answer == "yes" else "refused"
            )
        return request.redirect(visit.get_portal_url())

    @http.route(f"{VISIT_URL}/ics", type="http", auth="public", website=True)
    def portal_visit_ics(self, visit_id, access_token=None, **kwargs):
        """Hand out the appointment for the customer's calendar."""
        visit = self._get_own_visit(visit_id, access_token)
        if not visit:
            return self._refuse(VISITS_URL)
        if not visit._has_ics():
            return request.redirect(visit.get_portal_url())
        content = visit._get_calendar_file()
        name = visit.number.replace("/", "-")
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Length", len(content)),
            ("Content-Disposition", http.content_disposition(f"{name}.ics")),
        ]
        return request.make_response(content, headers=headers)
