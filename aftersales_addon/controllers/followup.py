from odoo import http
from odoo.http import request
from odoo.tools import consteq


class FollowupController(http.Controller):
    """The page on which a customer stops messages that they did not ask for."""

    @http.route(
        "/aftersales/stop/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        # Mail programs post here with one click (RFC 8058); the token is the right.
        csrf=False,
    )
    def stop(self, token, **kwargs):
        """Ask, and stop on a click: programs that look into mails follow links only."""
        # What is no token is not looked for, neither here nor by the platform.
        if not token.isalnum() or not token.isascii():
            return request.make_response("", status=404)
        # sudo: the token is the right to stop messages to one contact.
        Followup = request.env["aftersales.followup"].sudo()
        followup = Followup.search([("access_token", "=", token)], limit=1)
        partner = followup.partner_id
        if not partner or not consteq(followup.access_token, token):
            raise request.not_found()
        request.update_context(lang=partner.lang or request.env.lang)
        done = request.httprequest.method == "POST"
        if done and not partner.aftersales_no_followups:
            partner.aftersales_no_followups = True
            partner._message_log(
                body=request.env._("Wants no more follow-ups (link of an e-mail).")
            )
        return request.render(
            "aftersales_addon.followup_stop_page",
            {
                "company": followup.company_id or request.env.company,
                "done": done,
                "token": token,
                # For those who have the page read to them.
                "html_data": {"lang": request.env.lang.replace("_", "-")},
            },
        )
