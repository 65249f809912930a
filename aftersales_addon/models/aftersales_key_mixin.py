from odoo import models


class AftersalesKeyMixin(models.AbstractModel):
    """Records that open with a key in a link, which can be taken back."""

    _name = "aftersales.key.mixin"
    _description = "Key of a Link"

    def action_aftersales_withdraw_links(self):
        """Make the links useless that were sent so far; the next e-mail has new ones.

        :raises AccessError: for those who may not write the records
        """
        self.check_access("write")
        # sudo: nobody writes the key by hand.
        self.sudo()._end_keys()
        note = self.env._("The links that were sent so far do not work any more.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, note))

    def _end_keys(self):
        """Let the present keys open nothing any more."""
        self.write({"access_token": False})
