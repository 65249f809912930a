from odoo import http
from odoo.http import request

from .dead_link import show_dead_link


class NpsController(http.Controller):
    """The page that asks whether a customer would recommend us."""

    @http.route(
        "/aftersales/nps/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
    )
    def nps(self, token, score=None, comment="", **kwargs):
        """Show the question, and take the answer.

        A link of the e-mail chooses a number only: programs that look into mails
        follow links, but they send no forms.
        """
        question = request.env["aftersales.nps"]._read_key(token)
        if not question:
            return show_dead_link(
                request.env._(
                    "We ask for an answer within three months. If you want to tell us "
                    "something now, answer to the e-mail: we are glad to hear from you."
                )
            )
        chosen = int(score) if str(score or "").isdecimal() and len(score) < 3 else None
        if chosen is not None and chosen > 10:
            chosen = None
        missing = False
        if request.httprequest.method == "POST":
            missing = chosen is None
            if not missing:
                question._answer(chosen, comment)
        lang = question.partner_id.lang or request.env.lang
        return request.render(
            "aftersales_addon.nps_page",
            {
                "question": question.with_context(lang=lang),
                "company": question.company_id,
                "chosen": question.score if question.is_answered else chosen,
                "done": request.httprequest.method == "POST" and not missing,
                "missing": missing,
                # For those who have the page read to them.
                "html_data": {"lang": lang.replace("_", "-")},
            },
        )
