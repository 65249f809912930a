from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _aftersales_get_parcels(self):
        """Return the parcels of a transfer as the carrier knows them.

        :return: a list of ``{"number", "url", "carrier"}``
        """
        self.ensure_one()
        carrier = self.carrier_id.name or ""
        several = self.get_multiple_carrier_tracking()
        if isinstance(several, list):
            return [
                {"number": str(number), "url": _clean(url), "carrier": carrier}
                for number, url in several
            ]
        return [
            {
                "number": self.carrier_tracking_ref,
                "url": _clean(self.carrier_tracking_url),
                "carrier": carrier,
            }
        ]


def _clean(url):
    """Return a link that a browser may follow, or nothing."""
    url = str(url or "")
    return url if url.startswith(("https://", "http://")) else ""
