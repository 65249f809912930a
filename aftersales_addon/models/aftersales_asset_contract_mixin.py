from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesAssetContractMixin(models.AbstractModel):
    """The service contracts of a unit, and what becomes of them when it goes."""

    _name = "aftersales.asset.contract.mixin"
    _description = "Contracts of an Installed Product"

    contract_line_ids = fields.One2many(
        "aftersales.contract.line",
        "asset_id",
        string="Service Contracts",
        groups="base.group_user",
    )
    contract_count = fields.Integer(
        string="Contracts",
        compute="_compute_contract_count",
        groups="base.group_user",
    )

    def _compute_contract_count(self):
        counts = dict(
            self.env["aftersales.contract.line"]._read_group(
                [
                    ("asset_id", "in", self.ids),
                    ("contract_id.state", "!=", "cancelled"),
                ],
                ["asset_id"],
                ["contract_id:count_distinct"],
            )
        )
        for asset in self:
            asset.contract_count = counts.get(asset, 0)

    def action_view_contracts(self):
        """Show the contracts of these units."""
        self.check_access("read")
        contracts = self.contract_line_ids.contract_id
        return contracts.filtered(
            lambda contract: contract.state != "cancelled"
        )._get_contracts_action()

    # --- What becomes of contracts ---

    def write(self, vals):
        states = {}
        if vals.get("state") == "in_use":
            states = {unit: unit.state for unit in self if unit.state != "in_use"}
        result = super().write(vals)
        if "state" in vals or "partner_id" in vals:
            self._leave_contracts()
        if states:
            self.browse().union(*states)._rejoin_contracts(states)
        return result

    def _sync_sold_extensions(self):
        result = super()._sync_sold_extensions()
        # sudo: a delivery gives what was sold, whoever delivers.
        sold = self.sudo().sale_line_id._aftersales_get_plans()
        sold._aftersales_sync_contracts()
        return result

    # --- What the unit is offered ---

    def action_offer_contract(self):
        """Make quotations with the service plans that the units are offered."""
        self.check_access("read")
        offers = {
            unit: product
            for unit in self
            if unit.state == "in_use"
            and unit.partner_id
            and (product := unit._get_offered_contract())
        }
        if not offers:
            raise UserError(
                self.env._(
                    "There is no service plan to offer for these products. Name one "
                    "under “Offered Contracts” on the product, or sell one that is "
                    "for all."
                )
            )
        units = self.filtered(lambda unit: unit in offers)
        orders = self.env["sale.order"]
        for (company, partner), group in units.grouped(
            lambda unit: (unit.company_id, unit.partner_id)
        ).items():
            lines = [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": covered._get_contract_quantity(product),
                        "aftersales_covered_asset_ids": [Command.set(covered.ids)],
                    }
                )
                for product, covered in group.grouped(lambda u: offers[u]).items()
            ]
            orders |= orders.with_company(company).create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": lines,
                }
            )
        return orders._aftersales_get_action()

    def _get_offered_contract(self):
        """Return the product with the service plan that the unit is offered."""
        self.ensure_one()
        offered = self.product_id.aftersales_contract_product_ids
        if not offered:
            offered = self.env["product.product"].search(
                [
                    ("aftersales_plan_id", "!=", False),
                    ("sale_ok", "=", True),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                limit=2,
            )
            # Of several, nobody said which one is for this product.
            offered = offered if len(offered) == 1 else offered[:0]
        return offered[:1]

    def _get_contract_quantity(self, product):
        """Return how often a plan is sold for these units."""
        if product.aftersales_plan_id.price_basis == "unit":
            return sum(self.mapped("quantity"))
        return 1.0
