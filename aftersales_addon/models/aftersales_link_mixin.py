from odoo import models


class AftersalesLinkMixin(models.AbstractModel):
    """Documents whose links, once sent, can be taken back."""

    _name = "aftersales.link.mixin"
    _inherit = ["portal.mixin"]
    _description = "Links to Documents"

    def action_aftersales_withdraw_links(self):
        """Make the links useless that were sent so far; the next e-mail has new ones.

        :raises AccessError: for those who may not write the documents
        """
        self.check_access("write")
        # sudo: nobody writes the key by hand.
        self.sudo().write({"access_token": False})
        note = self.env._("The links that were sent so far do not work any more.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, note))
