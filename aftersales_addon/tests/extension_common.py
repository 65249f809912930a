from freezegun import freeze_time

from odoo.fields import Command

from .common import AftersalesCommon


class ExtensionCommon(AftersalesCommon):
    """A lock with a warranty of two years, and extensions that are sold with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lock.aftersales_policy_ids = cls.policy_24
        cls.policy_plus_1 = cls._make_policy(
            "One more year", 12, kind="extended", stacking="after"
        )
        cls.policy_plus_2 = cls._make_policy(
            "Two more years", 24, kind="extended", stacking="after"
        )
        cls.plus_1 = cls._make_extension("Plus 1", cls.policy_plus_1, 30.0)
        cls.plus_2 = cls._make_extension("Plus 2", cls.policy_plus_2, 50.0)
        cls.lock.aftersales_extension_product_ids = cls.plus_1 | cls.plus_2
        cls.SaleLine = cls.env["sale.order.line"]
        cls.Warranty = cls.env["aftersales.warranty"]
        # The rows are worked on with the least rights that do it.
        cls.sales = cls.user_sale

    @classmethod
    def _make_extension(cls, name, policy, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "aftersales_extension_policy_id": policy.id,
                **vals,
            }
        )

    def _quote(self, lines, partner=None, **vals):
        """Make a quotation as a salesperson; ``lines`` as for ``_sell``."""
        return (
            self.env["sale.order"]
            .with_user(self.sales)
            .create(
                {
                    "partner_id": (partner or self.customer).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                **(more[0] if more else {}),
                            }
                        )
                        for product, quantity, *more in lines
                    ],
                    **vals,
                }
            )
        )

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _ship(self, order, names, day=None):
        """Deliver serials of the lock, the rest stays for a backorder."""
        picking = order.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        lots = self._make_lots(self.lock, *names)
        self._put_in_stock(self.lock, 1, lots)
        move = picking.move_ids.filtered(lambda m: m.product_id == self.lock)
        move.move_line_ids.unlink()
        move.write(
            {
                "move_line_ids": [
                    Command.create(
                        {
                            "picking_id": picking.id,
                            "product_id": self.lock.id,
                            "lot_id": lot.id,
                            "quantity": 1,
                        }
                    )
                    for lot in lots
                ],
                "picked": True,
            }
        )
        with freeze_time(f"{day} 10:00:00") if day else freeze_time():
            picking.with_context(
                skip_sms=True, skip_backorder=True, cancel_backorder=False
            ).button_validate()
        return self._assets(move)

    def _layers(self, line):
        return self.Warranty.search([("sale_line_id", "=", line.id)]).sorted(
            lambda w: (w.asset_id.id, w.id)
        )

    def _states(self, line):
        return [
            (w.asset_id.serial_number, w.state, w.close_reason)
            for w in self._layers(line)
        ]

    def _invoice(self, order, day=None, lines=None):
        """Post the invoice over what can be invoiced, or over some lines."""
        invoice = order.sudo()._create_invoices()
        if lines is not None:
            invoice.invoice_line_ids.filtered(
                lambda item: item.sale_line_ids not in lines
            ).unlink()
        if day:
            invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def _credit(self, invoice, product=None, quantity=None, price=None):
        """Post a credit note over an invoice, or over a part of it."""
        move = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        if product:
            move.invoice_line_ids.filtered(
                lambda item: item.product_id != product
            ).unlink()
        if quantity is not None:
            move.invoice_line_ids.quantity = quantity
        if price is not None:
            move.invoice_line_ids.price_unit = price
        move.action_post()
        return move
