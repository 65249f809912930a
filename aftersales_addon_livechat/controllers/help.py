from odoo import http
from odoo.http import request

from odoo.addons.aftersales_addon.controllers.help import AftersalesHelp

CHAT_URL = "/aftersales/chat"


class AftersalesHelpChat(AftersalesHelp):
    """Readers of help articles who are not helped talk to a person."""

    def _find_chat(self):
        # sudo: whether somebody is there is for every visitor, as on Odoo's own page.
        return request.env["im_livechat.channel"].sudo()._aftersales_find_for_help()

    def _prepare_help_values(self):
        values = super()._prepare_help_values()
        return {**values, "chat_url": CHAT_URL if self._find_chat() else ""}

    @http.route(CHAT_URL, type="http", auth="public", website=True, sitemap=False)
    def help_chat(self, **kwargs):
        """Show the window of the live chat, or the form when nobody is there."""
        chat = self._find_chat()
        if not chat:
            return request.redirect("/aftersales/case")
        return request.render(
            "aftersales_addon_livechat.help_chat",
            {"chat": chat, "company": request.env.company.sudo()},
        )
