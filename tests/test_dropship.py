"""Goods that go from the vendor straight to the customer, with Odoo's own module."""

SELL = """
vendor = env["res.partner"].create({"name": "Vendor"})
buyer = env["res.partner"].create({"name": "Buyer"})
policy = env["aftersales.warranty.policy"].create({
    "name": "Two years", "duration": 24, "duration_unit": "month",
})
product = env["product.product"].create({
    "name": "Gate motor", "type": "consu", "is_storable": True, "tracking": "serial",
    "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 50.0})],
    "route_ids": [(4, env.ref("stock_dropshipping.route_drop_shipping").id)],
    "aftersales_policy_ids": [(4, policy.id)],
})
order = env["sale.order"].create({
    "partner_id": buyer.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
})
order.action_confirm()
purchase = order.order_line.purchase_line_ids.order_id
assert purchase.partner_id == vendor, purchase
purchase.button_confirm()
picking = order.picking_ids
move = picking.move_ids
usages = (move.location_id.usage, move.location_dest_id.usage)
assert usages == ("supplier", "customer"), usages
lot = env["stock.lot"].create({"name": "GATE-1", "product_id": product.id})
move.move_line_ids.lot_id = lot
move.quantity = 1
move.picked = True
picking.button_validate()
assert picking.state == "done", picking.state
"""

LOOK = """
asset = env["aftersales.asset"].search([("serial_number", "=", "GATE-1")])
answer({
    "customers": asset.mapped("partner_id.name"),
    "order": asset.sale_order_id.order_line.product_id.mapped("name"),
    "states": asset.mapped("state"),
    "warranties": asset.warranty_ids.mapped("state"),
    "starts": [w.date_start == asset.delivery_date for w in asset.warranty_ids],
})
"""

SEND_BACK = """
move = env["stock.move"].search([("product_id.name", "=", "Gate motor")])
wizard = env["stock.return.picking"].with_context(
    active_id=move.picking_id.id, active_ids=move.picking_id.ids,
    active_model="stock.picking",
).create({})
back = env["stock.picking"].browse(wizard.action_create_returns_all()["res_id"])
usages = (back.location_id.usage, back.location_dest_id.usage)
assert usages == ("customer", "supplier"), usages
back.action_assign()
back.move_ids.move_line_ids.lot_id = move.lot_ids
back.move_ids.picked = True
back.button_validate()
assert back.state == "done", back.state
"""


def test_a_dropshipped_unit_is_listed_and_closed_when_it_goes_back(instance):
    """The customer of the order gets the warranty; the vendor's return ends it."""
    shop = instance("addon")
    shop.install("stock_dropshipping")
    found = shop.script(SELL + LOOK)
    assert found == {
        "customers": ["Buyer"],
        "order": ["Gate motor"],
        "states": ["in_use"],
        "warranties": ["open"],
        "starts": [True],
    }
    found = shop.script(SEND_BACK + LOOK)
    assert found["states"] == ["returned"]
    assert found["warranties"] == ["closed"]


RETURN = """
order = env["sale.order"].search([("order_line.product_id.name", "=", "Gate motor")])
move = order.picking_ids.move_ids
rma = env["aftersales.rma"].create({
    "partner_id": order.partner_id.id, "send_to": SEND_TO,
    "line_ids": [(0, 0, {"move_id": move.id, "lot_id": move.lot_ids.id})],
})
rma.action_approve()
back = rma.picking_ids
back.move_ids.picked = True
back.button_validate()
assert back.state == "done", back.state
purchase = move.purchase_line_id
answer({
    "vendor": rma.vendor_id.name,
    "address": back.partner_id.name,
    "usage": back.location_dest_id.usage,
    "origin": back.move_ids.origin_returned_move_id == move,
    "delivered": order.order_line.qty_delivered,
    "bought": purchase.qty_received,
    "receipt": rma.receipt_status,
    "inspection": rma.inspection_status,
})
"""


def test_a_dropshipped_unit_is_returned_straight_to_the_vendor(instance):
    """Off the customer's order and off the vendor's, too."""
    shop = instance("addon")
    shop.install("stock_dropshipping")
    shop.script(SELL + LOOK)
    assert shop.script(RETURN.replace("SEND_TO", repr("vendor"))) == {
        "vendor": "Vendor",
        "address": "Vendor",
        "usage": "supplier",
        "origin": True,
        "delivered": 0,
        "bought": 0,
        "receipt": "received",
        "inspection": "none",
    }


def test_a_dropshipped_unit_is_returned_to_us(instance):
    """The vendor has delivered it all the same."""
    shop = instance("addon")
    shop.install("stock_dropshipping")
    shop.script(SELL + LOOK)
    assert shop.script(RETURN.replace("SEND_TO", repr("warehouse"))) == {
        "vendor": False,
        "address": "Buyer",
        "usage": "internal",
        "origin": True,
        "delivered": 0,
        "bought": 1,
        "receipt": "received",
        "inspection": "to_inspect",
    }
