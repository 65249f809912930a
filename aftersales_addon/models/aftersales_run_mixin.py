from odoo import api, models
from odoo.exceptions import UserError


class AftersalesRunMixin(models.AbstractModel):
    """Work on many records that a scheduled action goes on with."""

    _name = "aftersales.run.mixin"
    _description = "Work in the Background"

    @api.model
    def _get_run_cron(self, xml_id):
        """Return the scheduled action that does the work.

        :param str xml_id: of the ``ir.cron``
        :raises UserError: when it is switched off
        """
        # sudo: managers start their work without rights on scheduled actions.
        cron = self.env.ref(xml_id).sudo()
        if not cron.active:
            raise UserError(
                self.env._(
                    "The scheduled action “%s” is switched off. Ask an administrator "
                    "to switch it on.",
                    cron.name,
                )
            )
        return cron
