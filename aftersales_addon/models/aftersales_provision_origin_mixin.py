from odoo import api, models
from odoo.tools import SQL


class AftersalesProvisionOriginMixin(models.AbstractModel):
    """What warranties have cost: repairs, replacements, and what addons report."""

    _name = "aftersales.provision.origin.mixin"
    _description = "Costs of Warranties"

    @api.model
    def _get_provision_origins(self, company, wanted):
        """Return what was used of provisions, by its origin.

        Other addons add what they know: a credit from a supplier for one, with the
        kind ``recovered`` and a positive amount.

        :param company: ``res.company``
        :param wanted: a function of a key and the id of a unit; False when the
            figures need nothing of it
        :return: ``{key: {"asset_id", "date", "kind", "amount", "repair_id"}}``, the
            amount in the currency of the company, negative for a cost
        :rtype: dict
        """
        return {
            **self._get_repair_origins(company, wanted),
            **self._get_replacement_origins(company, wanted),
        }

    @api.model
    def _fetch_by_origin(self, company, lock):
        """Return what is entered by origin, and the origins that are posted."""
        self.env.cr.execute(
            SQL(
                """
                SELECT origin_key, MIN(asset_id), SUM(amount), MIN(kind), MAX(date),
                       BOOL_OR(date <= %s)
                  FROM aftersales_provision_entry
                 WHERE company_id = %s AND origin_key IS NOT NULL
              GROUP BY origin_key
                """,
                lock or "0001-01-01",
                company.id,
            )
        )
        known, frozen = {}, set()
        for key, asset, total, kind, day, is_posted in self.env.cr.fetchall():
            if is_posted:
                frozen.add(key)
                continue
            known[key] = {
                "asset_id": asset,
                "sum": float(total),
                "kind": kind,
                "date": day,
            }
        return known, frozen

    @api.model
    def _get_repair_origins(self, company, wanted):
        repairs = self.env["repair.order"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("aftersales_asset_id", "!=", False),
                ("aftersales_assessment_id", "!=", False),
            ]
        )
        origins = {}
        for repair in repairs:
            key, unit = f"repair:{repair.id}", repair.aftersales_asset_id
            cost = wanted(key, unit.id) and repair._get_aftersales_warranty_cost()
            if cost:
                origins[key] = {
                    "asset_id": unit.id,
                    "date": repair._get_aftersales_done_day(),
                    "kind": "settled",
                    "amount": -cost,
                    "repair_id": repair.id,
                }
        return origins

    @api.model
    def _get_replacement_origins(self, company, wanted):
        units = self.env["aftersales.asset"].search(
            [("company_id", "=", company.id), ("replaces_id", "!=", False)]
        )
        origins = {}
        for unit in units:
            key = f"replacement:{unit.id}"
            # A unit that the customer paid for took nobody's place for free.
            if unit.sale_line_id.price_subtotal or not wanted(key, unit.id):
                continue
            cost = unit._get_unit_cost() * unit.quantity_delivered
            if cost:
                origins[key] = {
                    "asset_id": unit.id,
                    "date": unit.replacement_date or unit.delivery_date,
                    "kind": "settled",
                    "amount": -cost,
                }
        return origins
