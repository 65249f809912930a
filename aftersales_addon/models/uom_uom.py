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
        if not float(rounded).is_integer():
            return formatLang(self.env, rounded, dp="Product Unit")
        if abs(rounded) < 1000:
            # Alike in all languages; lists write many of them.
            return str(int(rounded))
        return formatLang(self.env, rounded, digits=0)

    def _aftersales_format_named(self, quantity):
        """Return a quantity with its unit, for sentences: "2.5 kg", but just "1".

        The name of pieces is left out: a language has several forms of it.
        """
        number = self._aftersales_format(quantity)
        # Looked up without a query, unlike a record of that name.
        pieces = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit")
        return number if self.id in (False, pieces) else f"{number} {self.name}"
