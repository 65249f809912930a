from odoo import api, fields, models


class AftersalesTransferFeeMixin(models.AbstractModel):
    """What a change of hands costs, as an order of the platform."""

    _name = "aftersales.transfer.fee.mixin"
    _description = "Fee of a Change of Hands"

    order_id = fields.Many2one(
        "sale.order",
        string="Order of the Fee",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    order_state = fields.Selection(
        related="order_id.state", string="Fee", groups="base.group_user"
    )
    has_fee = fields.Boolean(compute="_compute_has_fee")

    @api.depends("asset_ids")
    def _compute_has_fee(self):
        for transfer in self:
            transfer.has_fee = bool(transfer.asset_ids._get_transfer_fees())

    def _make_fee_order(self):
        """Make the order of the fee, for whoever passes the units on.

        :return: the ``sale.order``, empty when nothing is to be paid
        """
        self.ensure_one()
        fees = self.asset_ids._get_transfer_fees()
        # sudo: a service agent has no rights on orders; what is sold follows from
        # the warranty policies alone.
        Order = self.env["sale.order"].sudo()
        if not fees:
            return Order
        # sudo: as above.
        self.sudo().order_id = Order.create(
            {
                "company_id": self.company_id.id,
                "partner_id": self.partner_from_id.id,
                "origin": self.name,
                "user_id": self.user_id.id or self.env.uid,
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "product_uom_qty": count}
                    )
                    for product, count in fees.items()
                ],
            }
        )
        return self.sudo().order_id

    def _cancel_fee_order(self):
        # sudo: as in _make_fee_order; an order that was confirmed stays.
        orders = self.sudo().order_id.filtered(lambda o: o.state in ("draft", "sent"))
        orders._action_cancel()

    def action_view_order(self):
        """Open the order of the fee."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _pass_on_after_orders(self, orders):
        """Do the changes of hands whose fee was ordered.

        :param orders: the confirmed ``sale.order`` records
        """
        # sudo: the customer who signs the fee, or a salesperson, has no rights here.
        waiting = self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "=", "approved")]
        )
        for transfer in waiting:
            hindrance = transfer._get_hindrance()
            if hindrance:
                transfer._message_log(body=hindrance)
                continue
            transfer._set_done()

    def _get_hindrance(self):
        """Return why the units cannot be passed on by now, in words."""
        self.ensure_one()
        gone = self.asset_ids.filtered(
            lambda a: (
                a.state != "in_use" or a.commercial_partner_id != self.partner_from_id
            )
        )[:1]
        if gone:
            return self.env._(
                "The fee was ordered, but %s is not with the present owner any more.",
                gone.display_name,
            )
        if not self.partner_id:
            return self.env._("The fee was ordered, but the new owner is missing.")
        return ""
