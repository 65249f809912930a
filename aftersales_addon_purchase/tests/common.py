from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.aftersales_addon.tests.common import AftersalesCommon


class VendorCommon(AftersalesCommon):
    """Two vendors, one of whom gives a year on door locks, and a spare part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lock.aftersales_policy_ids = cls.policy_24
        cls.vendor = cls.env["res.partner"].create(
            {"name": "Northlight", "is_company": True, "email": "north@example.com"}
        )
        cls.other_vendor = cls.env["res.partner"].create(
            {"name": "Beacon", "is_company": True, "email": "beacon@example.com"}
        )
        cls.terms = cls._make_terms(cls.vendor, 12)
        cls.part = cls._make_product("Motor", "none", standard_price=40.0)
        cls.part.list_price = 100.0
        cls.labour = cls.env["product.product"].create(
            {
                "name": "Work",
                "type": "service",
                "standard_price": 30.0,
                "list_price": 80.0,
                "aftersales_item": "labour",
            }
        )
        cls.user_buyer = new_test_user(
            cls.env, "as_buyer", groups="purchase.group_purchase_user"
        )

    @classmethod
    def _make_terms(cls, vendor, count, unit="month", product=None, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": (product or cls.lock).product_tmpl_id.id,
                "price": 50.0,
                "aftersales_duration": count,
                "aftersales_duration_unit": unit,
                "aftersales_parts_share": 100.0,
                "aftersales_labour_share": 50.0,
                **vals,
            }
        )

    @classmethod
    def _receive(cls, vendor, product, lots=None, quantity=1.0, day="2026-01-05"):
        """Receive goods with a purchase order and return the done move."""
        with freeze_time(f"{day} 10:00:00"):
            order = cls.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": quantity * len(lots or [1]),
                                "price_unit": 50.0,
                            }
                        )
                    ],
                }
            )
            order.button_confirm()
            picking = order.picking_ids
            move = picking.move_ids
            move.move_line_ids.unlink()
            for lot in lots or [cls.env["stock.lot"]]:
                cls.env["stock.move.line"].create(
                    {
                        "move_id": move.id,
                        "picking_id": picking.id,
                        "product_id": product.id,
                        "product_uom_id": move.product_uom.id,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                        "lot_id": lot.id,
                        "quantity": quantity,
                    }
                )
            move.picked = True
            picking.button_validate()
        return move

    @classmethod
    def _deliver_on(cls, day, product, quantity=1.0, lots=None, **kwargs):
        """Deliver what is in stock and return the unit."""
        # The helper puts into stock what it delivers: it is there already.
        cls._put_in_stock(product, -quantity, lots)
        with freeze_time(f"{day} 10:00:00"):
            move = cls._deliver(product, quantity, lots=lots, **kwargs)
        return cls._assets(move)

    @classmethod
    def _make_unit(cls, name, vendor=None, received="2026-01-05", sold="2026-03-10"):
        """A lock that came from a vendor and is with the customer."""
        lot = cls._make_lots(cls.lock, name)
        cls._receive(vendor or cls.vendor, cls.lock, lots=lot, day=received)
        return cls._deliver_on(sold, cls.lock, lots=lot)

    @classmethod
    def _make_repair(cls, asset, parts=1.0, labour=0.0):
        """A confirmed repair of a unit with a part, and with labour on its order."""
        cls._put_in_stock(cls.part, 100)
        repair = cls.env["repair.order"].create(
            {
                "product_id": asset.product_id.id,
                "lot_id": asset.lot_id.id,
                "partner_id": asset.partner_id.id,
                "internal_notes": "<p>It does not lock.</p>",
                "move_ids": [
                    Command.create(
                        {
                            "product_id": cls.part.id,
                            "product_uom_qty": parts,
                            "repair_line_type": "add",
                        }
                    )
                ],
            }
        )
        repair.action_validate()
        if labour:
            repair.action_create_sale_order()
            repair.sale_order_id.order_line = [
                Command.create({"product_id": cls.labour.id, "product_uom_qty": labour})
            ]
        return repair

    @classmethod
    def _finish(cls, repair, user=None):
        with mute_logger("odoo.models.unlink"):
            repair.action_repair_start()
            repair.move_ids.quantity = repair.move_ids.product_uom_qty
            repair.with_user(user or cls.env.user).action_repair_done()
        return repair.aftersales_vendor_claim_ids

    @classmethod
    def _make_claim(cls, asset, **kwargs):
        return cls._finish(cls._make_repair(asset, **kwargs))
