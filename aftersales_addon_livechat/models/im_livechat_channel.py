from odoo import api, fields, models


class ImLivechatChannel(models.Model):
    _inherit = "im_livechat.channel"

    aftersales_on_help = fields.Boolean(
        string="On the Help Pages of After-Sales",
        help="Customers whom no help article helps are led to this chat, while "
        "somebody is there.",
    )

    @api.model
    def _aftersales_find_for_help(self):
        """Return the channel that the help pages lead to; empty when nobody is there.

        :return: ``im_livechat.channel``, at most one
        """
        channels = self.search([("aftersales_on_help", "=", True)], order="id")
        return next((c for c in channels if c._is_livechat_available()), self.browse())
