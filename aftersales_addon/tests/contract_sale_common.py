"""Orders that sell service plans."""

from odoo.fields import Command

from .contract_common import ContractCommon


class ContractSaleCommon(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan()
        cls.care = cls._plan_product(cls.plan)

    @classmethod
    def _plan_product(cls, plan, **vals):
        return cls.env["product.product"].create(
            {
                "name": plan.name,
                "type": "service",
                "list_price": 50.0,
                "aftersales_plan_id": plan.id,
                **vals,
            }
        )

    def _order(self, *lines, confirm=True, **vals):
        order = (
            self.env["sale.order"]
            .with_user(self.user_sale)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create(line) for line in lines],
                    **vals,
                }
            )
        )
        if confirm:
            order.action_confirm()
        return order.sudo()

    def _line(self, product=None, quantity=1.0, units=None, **vals):
        covered = [Command.set(units.ids)] if units else False
        return {
            "product_id": (product or self.care).id,
            "product_uom_qty": quantity,
            "aftersales_covered_asset_ids": covered,
            **vals,
        }

    def _contracts(self, order):
        return order.order_line.aftersales_contract_ids
