from odoo import models
from odoo.exceptions import UserError


class AftersalesStateMixin(models.AbstractModel):
    """A document whose state is changed by its steps, and by nothing else."""

    _name = "aftersales.state.mixin"
    _description = "Document with Steps"

    def _check_state(self, allowed, message=None):
        """Refuse a step from a state that it does not follow from.

        The buttons are for those who may write the document, over any interface.

        :param allowed: a state from which the step may be made, or several
        :param str message: what to do instead; a general word if not given
        :raises AccessError: for those who may not write it
        :raises UserError: from any other state
        """
        self.check_access("write")
        allowed = (allowed,) if isinstance(allowed, str) else allowed
        wrong = self.filtered(lambda document: document.state not in allowed)[:1]
        if wrong:
            raise UserError(message or wrong._explain_state())

    def _explain_state(self):
        """Return in words that the document is not where somebody thought it is."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(document)s is “%(state)s” already. Open it again to see what can be "
            "done.",
            document=self.display_name,
            state=labels[self.state],
        )

    def _write_state(self, **vals):
        """Write what only a step may write."""
        # sudo: states are written by the steps that lead to them only.
        self.sudo().write(vals)
