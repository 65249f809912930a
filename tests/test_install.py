"""Installing, upgrading and removing the addon, as an administrator does."""

import re

import pytest
from support import ours

from tools import odoo_log
from tools.paths import ADDON

DELIVER = """
product = env["product.product"].create({
    "name": "Door lock", "type": "consu", "is_storable": True, "tracking": "serial",
    "list_price": 100.0,
})
lots = env["stock.lot"].create([
    {"name": f"OUT-{product.id}-{number}", "product_id": product.id}
    for number in range(3)
])
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
for lot in lots:
    env["stock.quant"]._update_available_quantity(product, stock, 1, lot_id=lot)
partner = env["res.partner"].create({"name": "Outside", "email": "out@example.com"})
order = env["sale.order"].create({
    "partner_id": partner.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3})],
})
order.action_confirm()
picking = order.picking_ids
picking.action_assign()
picking.move_ids.picked = True
picking.button_validate()
assert picking.state == "done", picking.state
invoice = order._create_invoices()
invoice.action_post()
"""

COVER = """
policy = env["aftersales.warranty.policy"].create({
    "name": "Two years", "duration": 24, "duration_unit": "month",
})
env.company.aftersales_policy_ids = [(4, policy.id)]
"""


@pytest.mark.parametrize("demo", [False, True], ids=["without demo", "with demo"])
def test_installs_on_an_empty_database_without_a_warning(instance, demo):
    """From nothing, in one go, with no more than the declared dependencies."""
    empty = instance("empty")
    log = empty.install(demo=demo)
    assert odoo_log.complaints(log) == []
    state = f"SELECT state FROM ir_module_module WHERE name = '{ADDON}'"
    assert empty.sql(state) == ["installed"]


def test_upgrades_twice_without_a_warning_or_a_change(instance):
    """An upgrade to the same version changes no structure."""
    used = instance("addon")
    before = used.structure()
    for _time in range(2):
        assert odoo_log.complaints(used.upgrade()) == []
    assert used.structure() == before


def test_installs_where_deliveries_exist_and_keeps_them(instance):
    """On a database in use: nothing of it changes, new deliveries work."""
    used = instance("platform")
    used.script(DELIVER)
    count = "SELECT count(*), sum(quantity) FROM stock_move WHERE state = 'done'"
    before = used.sql(count)
    assert odoo_log.complaints(used.install()) == []
    assert used.sql(count) == before
    used.script(COVER + DELIVER + "answer(1)")
    assert used.sql("SELECT count(*) > 0 FROM aftersales_asset") == ["t"]


def test_uninstall_after_use_leaves_nothing(instance):
    """Tables, columns, records, crons, parameters and groups go; the documents stay."""
    used = instance("addon")
    clean = instance("platform").structure()
    used.script(COVER + DELIVER)
    assert used.sql("SELECT count(*) > 0 FROM aftersales_asset") == ["t"]
    documents = "SELECT name, state FROM sale_order UNION ALL SELECT name, state"
    documents += (
        " FROM stock_picking UNION ALL SELECT name, '' FROM stock_lot ORDER BY 1"
    )
    before = used.sql(documents)
    log = used.uninstall()
    assert ours(odoo_log.complaints(log)) == []
    left = {
        name: sorted(rows - clean[name])
        for name, rows in used.structure().items()
        if rows - clean[name]
    }
    assert left == {}
    assert used.sql(documents) == before
    used.script(DELIVER)
    assert odoo_log.complaints(used.install()) == []
    used.script(COVER + DELIVER)
    assert used.sql("SELECT count(*) > 0 FROM aftersales_asset") == ["t"]


def test_uninstalls_with_demo_data(instance):
    """What the demo data has made goes as well."""
    used = instance("addon", demo=True)
    clean = instance("platform", demo=True).structure()
    logins = "SELECT login FROM res_users WHERE login IN ('agent', 'technician')"
    assert len(used.sql(logins)) == 2
    used.uninstall()
    # A technician has hours on visits: they go with the visits.
    assert used.sql(logins) == []
    after = used.structure()
    # of a serial number that a delivery has used, Odoo keeps the record and its id
    after["external ids"] = {
        name for name in after["external ids"] if not re.search("_demo(_|$)", name)
    }
    names = ("tables", "columns", "models", "fields", "crons", "groups", "external ids")
    left = {name: sorted(after[name] - clean[name]) for name in names}
    assert left == {name: [] for name in names}
