from odoo import Command
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import BaseCommon


class AftersalesCommon(BaseCommon):
    """One user for each role, three products and the moves between them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "UTC"
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.category = cls.env["product.category"].create({"name": "Smart home"})
        cls.policy_12 = cls._make_policy("One year", 12)
        cls.policy_24 = cls._make_policy("Two years", 24)
        cls.lock = cls._make_product("Door lock", "serial")
        cls.cable = cls._make_product("Cable", "lot")
        cls.sensor = cls._make_product("Sensor", "none")
        cls.customer = cls.env["res.partner"].create({"name": "Anna"})
        cls.other_customer = cls.env["res.partner"].create({"name": "Ben"})
        cls._make_users()

    @classmethod
    def _make_users(cls):
        (
            cls.user_agent,
            cls.user_agent_all,
            cls.user_manager,
            cls.user_technician,
            cls.user_stock,
            cls.user_sale,
            cls.user_internal,
        ) = cls._new_test_users(
            as_agent="aftersales_addon.aftersales_group_user",
            as_agent_all="aftersales_addon.aftersales_group_user_all",
            as_manager="aftersales_addon.aftersales_group_manager",
            as_technician="aftersales_addon.aftersales_group_technician",
            as_stock="stock.group_stock_user",
            as_sale="sales_team.group_sale_salesman",
            as_internal="base.group_user",
        )

    @classmethod
    def _new_test_users(cls, **groups):
        """Users as ``new_test_user`` makes them, in one step.

        One by one they take four times as long, in each class of tests.
        """
        return cls.env["res.users"].create(
            [
                {
                    "login": login,
                    "name": f"{login} ({group})",
                    "password": login.ljust(8, "x"),
                    "email": f"{login[0]}.{login[0]}@example.com",
                    "group_ids": [Command.set(cls.env.ref(group).ids)],
                }
                for login, group in groups.items()
            ]
        )

    @classmethod
    def _make_policy(cls, name, duration, unit="month", **vals):
        return cls.env["aftersales.warranty.policy"].create(
            {"name": name, "duration": duration, "duration_unit": unit, **vals}
        )

    @classmethod
    def _make_product(cls, name, tracking, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
                "categ_id": cls.category.id,
                "list_price": 100.0,
                **vals,
            }
        )

    @classmethod
    def _make_lots(cls, product, *names):
        return cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in names]
        )

    @classmethod
    def _put_in_stock(cls, product, quantity, lots=None):
        for lot in lots or [cls.env["stock.lot"]]:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock, quantity, lot_id=lot
            )

    @classmethod
    def _deliver(cls, product, quantity=1.0, lots=None, partner=None, **move_vals):
        """Deliver without an order and return the done move.

        ``quantity`` is for each lot when lots are given.
        """
        partner = cls.customer if partner is None else partner
        source = move_vals.pop("source", cls.stock)
        if source == cls.stock:
            cls._put_in_stock(product, quantity, lots)
        total = quantity * len(lots or [1])
        return cls._move(
            product, total, source, cls.customers, lots, partner, **move_vals
        )

    @classmethod
    def _return(cls, move, quantity=1.0, lots=None, to_refund=True, **move_vals):
        """Take goods back from the customer and return the done move."""
        total = quantity * len(lots or [1])
        return cls._move(
            move.product_id,
            total,
            cls.customers,
            cls.stock,
            lots,
            move.partner_id,
            origin_returned_move_id=move.id,
            to_refund=to_refund,
            **move_vals,
        )

    @classmethod
    def _move(cls, product, total, source, target, lots, partner, **move_vals):
        outgoing = target == cls.customers
        warehouse = cls.warehouse
        picking_type = warehouse.out_type_id if outgoing else warehouse.in_type_id
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": partner.id,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": total,
                "picking_id": picking.id,
                "partner_id": partner.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                **move_vals,
            }
        )
        move._action_confirm(merge=False)
        move.move_line_ids.unlink()
        each = total / len(lots or [1])
        for lot in lots or [cls.env["stock.lot"]]:
            cls.env["stock.move.line"].create(
                {
                    "move_id": move.id,
                    "picking_id": picking.id,
                    "product_id": product.id,
                    "product_uom_id": move.product_uom.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "lot_id": lot.id,
                    "quantity": each,
                }
            )
        move.picked = True
        with mute_logger("odoo.models.unlink"):
            picking.with_context(skip_sms=True).button_validate()
        return move

    @classmethod
    def _assets(cls, moves):
        return cls.env["aftersales.asset"].search(
            [("move_id", "in", moves.ids)], order="id"
        )

    @classmethod
    def _sell(cls, lines, partner=None, **order_vals):
        """Confirm an order; ``lines`` is a list of ``(product, quantity)``."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **order_vals,
            }
        )
        order.action_confirm()
        return order
