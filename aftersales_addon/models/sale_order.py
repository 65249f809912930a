from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "aftersales.order.contract.mixin",
        "aftersales.order.transfer.mixin",
        "aftersales.order.case.mixin",
        "sale.order",
        "aftersales.asset.holder.mixin",
        "aftersales.extension.order.mixin",
        "aftersales.return.origin.mixin",
        "aftersales.order.return.mixin",
        "aftersales.followed.mixin",
    ]

    _aftersales_asset_field = "sale_order_id"

    aftersales_can_offer = fields.Boolean(compute="_compute_aftersales_extensions")
    # Which of the two columns the lines need.
    aftersales_covers_lines = fields.Boolean(compute="_compute_aftersales_extensions")
    aftersales_covers_units = fields.Boolean(compute="_compute_aftersales_extensions")
    aftersales_owner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company"
    )

    @api.depends("order_line.product_id", "order_line.aftersales_covered_line_id")
    def _compute_aftersales_extensions(self):
        for order in self:
            # sudo: which products are extended warranties is no secret.
            lines = order.sudo().order_line
            extensions = lines.filtered(
                lambda line: (
                    line._aftersales_is_extension() or line._aftersales_is_plan()
                )
            )
            order.aftersales_can_offer = bool(
                lines.product_id._aftersales_get_extensions()
            )
            order.aftersales_covers_lines = bool(extensions) and any(
                line._aftersales_is_coverable() for line in lines
            )
            order.aftersales_covers_units = any(
                not line.aftersales_covered_line_id for line in extensions
            )

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
                goods = line.aftersales_goods_line_ids.filtered(
                    lambda x, known=lines: x in known
                )
                if goods:
                    new.aftersales_goods_line_ids = lines[goods[:1]].union(
                        *(lines[x] for x in goods)
                    )
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

    def _get_aftersales_delivered_moves(self):
        return self.order_line.move_ids
