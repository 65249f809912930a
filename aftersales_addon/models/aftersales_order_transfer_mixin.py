from odoo import models


class AftersalesOrderTransferMixin(models.AbstractModel):
    """An order that pays for a change of hands."""

    _name = "aftersales.order.transfer.mixin"
    _description = "Order of a Change of Hands"

    def _action_confirm(self):
        result = super()._action_confirm()
        self.env["aftersales.transfer"]._pass_on_after_orders(self)
        return result
