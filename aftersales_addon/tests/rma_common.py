from odoo.fields import Command
from odoo.tests import freeze_time

from .common import AftersalesCommon


class RmaCommon(AftersalesCommon):
    """Sold, delivered and invoiced goods, and returns of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy = cls.env["aftersales.return.policy"].create(
            {"name": "30 days", "window_days": 30}
        )
        cls.company.aftersales_return_policy_id = cls.return_policy
        cls.reason = cls.env["aftersales.reason"].create({"name": "Changed my mind"})

    @classmethod
    def _sell(cls, lines, day="2026-03-01", partner=None, **order_vals):
        """Sell and deliver; return the confirmed order.

        ``lines`` are ``(product, quantity)`` or dicts of order line values.
        """
        commands = [
            Command.create(
                line
                if isinstance(line, dict)
                else {"product_id": line[0].id, "product_uom_qty": line[1]}
            )
            for line in lines
        ]
        with freeze_time(f"{day} 10:00"):
            order = cls.env["sale.order"].create(
                {
                    "partner_id": (partner or cls.customer).id,
                    "order_line": commands,
                    **order_vals,
                }
            )
            order.action_confirm()
            for picking in order.picking_ids:
                cls._ship(picking)
        return order

    @classmethod
    def _ship(cls, picking):
        for move in picking.move_ids:
            product, quantity = move.product_id, move.product_qty
            if product.tracking == "none":
                cls._put_in_stock(product, quantity)
                continue
            count = int(quantity) if product.tracking == "serial" else 1
            number = cls.env["stock.lot"].search_count([]) + 1000
            lots = cls._make_lots(
                product, *[f"L{number + index}" for index in range(count)]
            )
            cls._put_in_stock(product, quantity / count, lots)
        picking.action_assign()
        picking.button_validate()
        assert picking.state == "done", picking.state

    @classmethod
    def _invoice(cls, order, day="2026-03-02"):
        with freeze_time(f"{day} 10:00"):
            invoice = order._create_invoices()
            invoice.invoice_date = day
            invoice.action_post()
        return invoice

    def _rma(self, *lines, user=None, **vals):
        """Make a draft return; lines are ``(move, quantity)`` or dicts of values."""
        user = user or self.user_agent_all
        return (
            self.env["aftersales.rma"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create(
                            line
                            if isinstance(line, dict)
                            else {
                                "move_id": line[0].id,
                                "quantity": line[1],
                                "reason_id": self.reason.id,
                            }
                        )
                        for line in lines
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def _receive(cls, rma, quantity=None, backorder=True):
        """Receive all, or a quantity of the only line."""
        picking = rma.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        if not backorder:
            rest = rma.sudo().picking_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            )
            rest.action_cancel()
        return picking
