"""Two people at the same moment, each with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

SET_UP = """
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
policy = env["aftersales.warranty.policy"].create({"name": "Two years"})
product = env["product.product"].create(
    {"name": "Sensor", "is_storable": True, "aftersales_policy_ids": policy.ids}
)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100)
partner = env["res.partner"].create({"name": "Anna"})

def make_picking(outgoing, quantity, origin=None):
    stock, customers = warehouse.lot_stock_id, env.ref("stock.stock_location_customers")
    source, target = (stock, customers) if outgoing else (customers, stock)
    kind = warehouse.out_type_id if outgoing else warehouse.in_type_id
    picking = env["stock.picking"].create({
        "picking_type_id": kind.id, "partner_id": partner.id,
        "location_id": source.id, "location_dest_id": target.id,
        "move_ids": [(0, 0, {
            "product_id": product.id, "product_uom_qty": quantity,
            "location_id": source.id, "location_dest_id": target.id,
            "origin_returned_move_id": origin and origin.id, "to_refund": True,
        })],
    })
    picking.action_confirm()
    picking.action_assign()
    picking.move_ids.write({"quantity": quantity, "picked": True})
    return picking
"""


def at_once(web, picking_ids):
    """Validate deliveries through the external interface, all at the same time."""
    rpc = web.rpc("admin")

    def validate(picking_id):
        return rpc(
            "stock.picking", "button_validate", [picking_id], context={"skip_sms": True}
        )

    with ThreadPoolExecutor(len(picking_ids)) as pool:
        return list(pool.map(validate, picking_ids))


@pytest.fixture
def shop(instance):
    return instance("addon")


def test_two_deliveries_share_the_version_of_a_new_policy(shop):
    """Both find the policy unused: one version is made, and both deliveries pass."""
    pickings = shop.script(
        SET_UP + "answer([make_picking(True, 5).id for _number in range(4)])"
    )
    with shop.serve() as web:
        at_once(web, pickings)
    assert shop.sql("SELECT count(*) FROM aftersales_warranty_policy_version") == ["1"]
    assert shop.sql("SELECT count(*), sum(quantity)::int FROM aftersales_asset") == [
        "4|20"
    ]
    assert shop.sql("SELECT count(*) FROM aftersales_warranty") == ["4"]


def test_two_returns_of_one_delivery_both_count(shop):
    """Neither return sees the other; what is left with the customer sees both."""
    pickings = shop.script(
        SET_UP
        + """
delivery = make_picking(True, 10)
delivery.with_context(skip_sms=True).button_validate()
origin = delivery.move_ids
answer([make_picking(False, quantity, origin).id for quantity in (3, 4)])
"""
    )
    assert shop.sql("SELECT quantity::int FROM aftersales_asset") == ["10"]
    with shop.serve() as web:
        at_once(web, pickings)
    assert shop.sql("SELECT quantity::int, state FROM aftersales_asset") == ["3|in_use"]
