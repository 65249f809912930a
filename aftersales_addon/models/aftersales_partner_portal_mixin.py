from odoo import models
from odoo.http import request

from ..tools.periods import local_day


class AftersalesPartnerPortalMixin(models.AbstractModel):
    """Whose documents a contact finds on the portal."""

    _name = "aftersales.partner.portal.mixin"
    _description = "Contact on the Portal"

    def _aftersales_get_portal_domain(self):
        """Return the domain of a contact's documents: of their company and branches.

        As with orders, whoever belongs to a company sees what its branches have, which
        are companies of their own under it. The branches are looked up here, once,
        because a domain with ``child_of`` looks them up for each search and count.
        """
        self.ensure_one()
        # sudo: only which companies belong together is looked up.
        Partner = self.sudo().with_context(active_test=False)
        companies = found = self.commercial_partner_id
        while found:
            found = Partner.search(
                [
                    ("is_company", "=", True),
                    ("id", "not in", companies.ids),
                    ("parent_id.commercial_partner_id", "in", found.ids),
                ]
            )
            companies |= found
        return [("commercial_partner_id", "in", companies.ids)]

    def _aftersales_get_page_tz(self, company):
        """Return the time zone in which this customer reads times.

        The one of the customer who is logged in; else of the contact itself, who came
        by a link or reads an e-mail; else of the company.

        :param company: ``res.company`` whose page or e-mail it is
        """
        # The page of a document is drawn by the system, for whom the request is.
        user = request.env.user if request else self.env.user
        if user.share and not user._is_public() and user.tz:
            return user.tz
        # sudo: a time zone says no more than the address.
        return self.sudo().tz or company._aftersales_tz()

    def _aftersales_get_page_day(self, moment, company):
        """Return the calendar day of a moment for this customer.

        :param datetime moment: naive UTC
        :param company: ``res.company`` whose page or e-mail it is
        :rtype: date
        """
        return local_day(moment, self._aftersales_get_page_tz(company))
