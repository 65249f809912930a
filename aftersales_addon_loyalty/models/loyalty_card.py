from odoo import models
from odoo.tools import float_compare


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _aftersales_has_left(self, points):
        """Tell whether so much was not spent yet.

        :param float points: in the currency of the programme
        """
        self.ensure_one()
        return float_compare(self.points, points, precision_digits=2) >= 0
