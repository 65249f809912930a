from odoo import http
from odoo.http import request
from odoo.tools import consteq


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
        # sudo: the token is the right to answer, and to nothing else.
        Nps = request.env["aftersales.nps"].sudo()
        # What is no key never reaches the database, which refuses some characters.
        question = Nps
        if token.isalnum() and token.isascii():
            question = Nps.search([("access_token", "=", token)], limit=1)
        if not question or not consteq(question.access_token, token):
            raise request.not_found()
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
