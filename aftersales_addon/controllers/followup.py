from odoo import http
from odoo.http import request

from .dead_link import show_dead_link


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
        followup = request.env["aftersales.followup"]._read_stop_key(token)
        partner = followup.partner_id
        if not partner:
            return show_dead_link(
                request.env._(
                    "To get no more such messages, use the link in our latest e-mail, "
                    "or answer to it: we stop them for you."
                )
            )
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
