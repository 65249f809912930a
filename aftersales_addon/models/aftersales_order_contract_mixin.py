from odoo import api, fields, models


class AftersalesOrderContractMixin(models.AbstractModel):
    """An order that sells service contracts, or further terms of them."""

    _name = "aftersales.order.contract.mixin"
    _description = "Order with Service Contracts"

    aftersales_contract_count = fields.Integer(
        string="Service Contracts",
        compute="_compute_aftersales_contract_count",
        groups="base.group_user",
    )
    aftersales_has_plans = fields.Boolean(compute="_compute_aftersales_has_plans")

    def _compute_aftersales_contract_count(self):
        for order in self:
            order.aftersales_contract_count = len(order._aftersales_get_contracts())

    @api.depends("order_line.product_id", "order_line.aftersales_renewed_line_id")
    def _compute_aftersales_has_plans(self):
        for order in self:
            order.aftersales_has_plans = any(
                line._aftersales_is_plan() for line in order.order_line
            )

    def _aftersales_get_contracts(self):
        """Return the contracts that these orders made or renewed."""
        # sudo: how many there are is told to whoever may see the order.
        lines = self.sudo().order_line
        return (
            lines.aftersales_contract_ids | lines.aftersales_renewed_line_id.contract_id
        )

    def action_aftersales_view_contracts(self):
        """Show the contracts of these orders."""
        self.check_access("read")
        return (
            self._aftersales_get_contracts().with_env(self.env)._get_contracts_action()
        )

    def action_confirm(self):
        self.order_line._aftersales_bind_plans()
        return super().action_confirm()

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        return message or self.order_line._aftersales_get_plan_error()

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._aftersales_make_contracts()
        self.order_line._aftersales_renew_contracts()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.order_line._aftersales_cancel_contracts()
        return result
