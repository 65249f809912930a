from odoo.fields import Command

from .common import AftersalesCommon


class RepairCommon(AftersalesCommon):
    """A lock with a serial, its repair, and what a repair uses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls._make_product(
            "Motor", "none", list_price=200.0, invoice_policy="order", taxes_id=False
        )
        cls.oil = cls._make_product(
            "Oil", "none", list_price=30.0, invoice_policy="order", taxes_id=False
        )
        cls.oil.aftersales_item = "consumables"
        cls.labour = cls.env["product.product"].create(
            {
                "name": "Repair work",
                "type": "service",
                "list_price": 100.0,
                "invoice_policy": "order",
                "taxes_id": False,
            }
        )
        cls._put_in_stock(cls.part, 100)
        cls._put_in_stock(cls.oil, 100)

    @classmethod
    def _policy(cls, name="Two years", duration=24, lines=None, **vals):
        """Make a policy; ``lines`` is ``{item: share or (share, months)}``."""
        lines = lines or {"parts": 100.0, "labour": 100.0}
        commands = [Command.clear()]
        for item, value in lines.items():
            share, months = value if isinstance(value, tuple) else (value, 0)
            commands.append(
                Command.create({"item": item, "share": share, "duration": months})
            )
        return cls._make_policy(name, duration, line_ids=commands, **vals)

    @classmethod
    def _unit(cls, day, name="SN-1", policy=None, product=None, **vals):
        """Return a unit that was delivered on a day."""
        product = product or cls.lock
        policies = policy or cls._policy()
        lot = cls.env["stock.lot"]
        if product.tracking != "none":
            lot = cls._make_lots(product, name)
        asset = cls.env["aftersales.asset"].create(
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "partner_id": cls.customer.id,
                "delivery_date": day,
                "company_id": cls.company.id,
                "give_warranty": False,
                **vals,
            }
        )
        for each in policies:
            asset._add_warranty(each)
        return asset

    @classmethod
    def _repair(cls, asset=None, parts=(), user=None, **vals):
        """Make a repair of a unit with parts to add: ``[(product, quantity)]``."""
        model = cls.env["repair.order"]
        if user:
            model = model.with_user(user)
        repair = model.create(
            {
                "product_id": (asset.product_id if asset else cls.lock).id,
                "lot_id": asset.lot_id.id if asset else False,
                "partner_id": cls.customer.id,
                **vals,
            }
        )
        for product, quantity in parts:
            model.env["stock.move"].create(
                {
                    "repair_id": repair.id,
                    "repair_line_type": "add",
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                }
            )
        return repair

    @classmethod
    def _add_service(cls, repair, product=None, **vals):
        return cls.env["sale.order.line"].create(
            {
                "order_id": repair.sale_order_id.id,
                "product_id": (product or cls.labour).id,
                **vals,
            }
        )

    @classmethod
    def _line(cls, repair, product):
        return repair.sale_order_id.order_line.filtered(
            lambda line: line.product_id == product
        )
