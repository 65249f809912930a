from odoo import models
from odoo.tools import urls
from odoo.tools.misc import get_lang


class AftersalesCustomerPageMixin(models.AbstractModel):
    """A document with a page on the portal: its address, and how its customer reads."""

    _name = "aftersales.customer.page.mixin"
    _description = "Page of a Document"

    def _get_customer_url(self):
        """Return the full address of the document's page, with the key to open it."""
        self.ensure_one()
        return urls.urljoin(self.get_base_url(), self._get_share_url())

    def _get_customer_lang(self):
        """Return the code of the customer's language, if it is installed."""
        self.ensure_one()
        # sudo: the language of the customer of a document that the user may see.
        partner = self.sudo().partner_id
        code = partner.lang or partner.commercial_partner_id.lang
        return get_lang(self.env, code).code

    def _format_moment(self, moment):
        """Return the day of a moment in words, where the customer lives."""
        self.ensure_one()
        if not moment:
            return ""
        day = self.partner_id._aftersales_get_page_day(moment, self.company_id)
        return self.env["aftersales.asset"]._format_day(day)
