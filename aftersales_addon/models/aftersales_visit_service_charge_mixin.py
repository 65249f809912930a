from odoo import models


class AftersalesVisitServiceChargeMixin(models.AbstractModel):
    """What of the services of a contract is charged: within its price, or beyond."""

    _name = "aftersales.visit.service.charge.mixin"
    _description = "Charges for the Services of a Contract"

    def _get_visit_charges(self):
        """Return a charge for each unit that gets a service of a contract."""
        self.ensure_one()
        entries = []
        company = self.company_id
        for line in self.line_ids.filtered("service_id"):
            service = line.service_id
            product = service.product_id or company.aftersales_visit_labour_product_id
            share, reason = self._get_service_share(service)
            name = service.name
            if line.asset_id:
                name = f"{name}: {line.asset_id.display_name}"
            entries.append(
                {
                    "kind": "visit",
                    "name": name,
                    "product": product,
                    "quantity": 1.0,
                    "uom": product.uom_id,
                    "price_unit": self._get_service_price(service),
                    "covered_share": share,
                    "reason": reason,
                    "asset": line.asset_id,
                    "part": False,
                }
            )
        return entries

    def _get_service_price(self, service):
        """Return the price of a service in the currency that it is charged in."""
        self.ensure_one()
        return service.contract_id.currency_id._convert(
            service.price_unit,
            self._get_charge_currency(),
            self.company_id,
            self.date_planned,
            round=False,
        )

    def _get_service_share(self, service):
        """Return what share of a visit the price of the contract pays, and why."""
        self.ensure_one()
        contract = service.contract_id
        if contract.price_basis == "visit":
            return 0.0, self.env._("Each visit is charged.")
        left = service._get_quota_left(self.date_planned, without=self)
        if left == 0:
            return 0.0, self.env._(
                "The %s visits in the price of the contract are used up.",
                service.quota,
            )
        return 100.0, self.env._("In the price of the contract.")
