from odoo import models


class PortalMixin(models.AbstractModel):
    _inherit = "portal.mixin"

    def action_aftersales_withdraw_links(self):
        """Make the links useless that were sent so far; the next e-mail has new ones.

        :raises AccessError: for those who may not write the documents
        """
        self.check_access("write")
        # sudo: nobody writes the key by hand.
        self.sudo().write({"access_token": False})
        note = self.env._("The links that were sent so far do not work any more.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, note))
