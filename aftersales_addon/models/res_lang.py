from odoo import api, models
from odoo.tools import float_round
from odoo.tools.misc import formatLang


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _aftersales_format_number(self, value, digits=2, grouping=True):
        """Return a number as people write it: no decimals that say nothing.

        For shares, measures and rates; quantities of goods know their own decimals
        (``uom.uom._aftersales_format``), and so does money.

        :param float value: any number
        :param int digits: so many decimals at most
        :param bool grouping: whether thousands are set apart; not in forms
        :return: the number with the separators of the user's language
        :rtype: str
        """
        # "or": there is no minus before a zero.
        rounded = float_round(value, precision_digits=digits) or 0.0
        decimals = f"{rounded:.{digits}f}".rstrip("0").partition(".")[2]
        return formatLang(self.env, rounded, digits=len(decimals), grouping=grouping)
