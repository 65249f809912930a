from odoo import models
from odoo.tools.misc import formatLang


class UomUom(models.Model):
    _inherit = "uom.uom"

    def _aftersales_format(self, quantity):
        """Return a quantity as people write it: no decimals that say nothing.

        :param float quantity: in this unit
        :return: the number in the user's language, without the name of the unit
        :rtype: str
        """
        rounded = self.round(quantity) if self else quantity
        whole = float(rounded).is_integer()
        return (
            formatLang(self.env, rounded, digits=0)
            if whole
            else formatLang(self.env, rounded, dp="Product Unit")
        )
