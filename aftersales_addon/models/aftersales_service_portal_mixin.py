from odoo import models
from odoo.fields import Command


class AftersalesServicePortalMixin(models.AbstractModel):
    """What the customer reads of a service of a contract."""

    _name = "aftersales.service.portal.mixin"
    _description = "Service of a Contract on the Portal"

    def _get_portal_text(self):
        """Return in words how often the service is done."""
        self.ensure_one()
        if self.schedule == "request":
            return self.env._("Whenever you ask for it")
        if self.schedule == "usage":
            units = dict(self._fields["usage_unit"]._description_selection(self.env))
            return self.env._(
                "Every %(count)s %(unit)s of use",
                count=self.env["res.lang"]._aftersales_format_number(
                    self.usage_interval
                ),
                unit=units.get(self.usage_unit, ""),
            )
        return self.contract_id._format_rhythm(self.interval_count, self.interval_unit)

    def _is_included(self, day, without=None):
        """Tell whether a visit on a day is in the price of the contract.

        :param date day: the day of the visit
        :param without: an ``aftersales.visit`` that is not counted itself
        """
        self.ensure_one()
        if self.contract_id.price_basis == "visit":
            return False
        left = self._get_quota_left(day, without)
        return left is None or left > 0

    def _get_visit_price(self, day):
        """Return what a visit costs the customer, with taxes; zero for nothing.

        In the currency of the contract.

        :param date day: the day of the visit
        """
        self.ensure_one()
        contract = self.contract_id
        visit = self.env["aftersales.visit"].new(
            {
                "company_id": contract.company_id.id,
                "contract_id": contract.id,
                "partner_id": contract.partner_id.id,
                "date_planned": day,
                "line_ids": [Command.create({"service_id": self.id})],
            }
        )
        price = visit._get_expected_price()
        return price["currency"]._convert(
            price["total"], contract.currency_id, contract.company_id, day
        )

    def _get_offer_text(self, day):
        """Return in words what the customer pays for a visit on a day.

        :param date day: the day of the visit
        """
        self.ensure_one()
        if not self._is_included(day):
            price = self._get_visit_price(day)
            if not price:
                return self.env._("The price depends on the work.")
            return self.env._(
                "%s with taxes; material is extra.",
                self.contract_id.currency_id.format(price),
            )
        left = self._get_quota_left(day)
        if left is None:
            return self.env._("Included in your contract.")
        if left == 1:
            return self.env._("Included in your contract: 1 visit is left.")
        return self.env._("Included in your contract: %s visits are left.", left)
