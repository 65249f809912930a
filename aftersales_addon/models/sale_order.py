from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "aftersales.order.transfer.mixin",
        "sale.order",
        "aftersales.asset.holder.mixin",
        "aftersales.extension.order.mixin",
    ]

    _aftersales_asset_field = "sale_order_id"

    aftersales_has_extension = fields.Boolean(
        compute="_compute_aftersales_has_extension",
    )
    aftersales_can_offer = fields.Boolean(compute="_compute_aftersales_has_extension")
    aftersales_owner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company"
    )

    @api.depends("order_line.product_id")
    def _compute_aftersales_has_extension(self):
        for order in self:
            # sudo: which products are extended warranties is no secret.
            products = order.sudo().order_line.product_id
            order.aftersales_has_extension = bool(
                products.aftersales_extension_policy_id
            )
            order.aftersales_can_offer = bool(products._aftersales_get_extensions())

    def copy(self, default=None):
        orders = super().copy(default)
        if "order_line" in (default or {}):
            return orders
        for order, copied in zip(self, orders, strict=True):
            former = order._get_copiable_order_lines()
            if len(former) != len(copied.order_line):
                continue
            # The copy of an extended warranty covers the copy of its line.
            lines = dict(zip(former, copied.order_line, strict=True))
            for line, new in lines.items():
                new.aftersales_covered_line_id = lines.get(
                    line.aftersales_covered_line_id, new.aftersales_covered_line_id
                )
        return orders

    def action_confirm(self):
        self.order_line._aftersales_bind()
        return super().action_confirm()

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        if message:
            return message
        return self.order_line._aftersales_get_extension_error()

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._aftersales_sell()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.order_line._aftersales_sync_extensions()
        return result
