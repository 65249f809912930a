"""A recall of many units, with two processes at work and one of them killed."""

UNITS = 3000
BUILD = f"""
policy = env["aftersales.warranty.policy"].create({{
    "name": "One year", "duration": 12}})
product = env["product.product"].create({{
    "name": "Lock", "type": "consu", "is_storable": True,
    "aftersales_policy_ids": [(4, policy.id)]}})
env["aftersales.asset"].create([
    {{"product_id": product.id, "serial_number": f"SN{{number}}",
      "delivery_date": "2026-01-10"}}
    for number in range({UNITS})])
change = env["aftersales.mass.change"].create({{
    "name": "Batteries", "kind": "recall", "count": 6, "include_expired": True,
    "product_ids": [(4, product.id)], "number_from": "SN0", "number_to": "SN{UNITS}"}})
change.action_apply()
answer([change.state, change.pending_count])
"""
# Both stay at it until nothing is left to do, in steps of 50 units.
WORK = """
import time
import odoo.addons.aftersales_addon.models.aftersales_mass_change_run_mixin as run
run.BATCH = 50
Change = env["aftersales.mass.change"]
while Change.search_count([("state", "in", ("applying", "undoing"))]):
    Change._cron_run_mass_changes()
    env.cr.commit()
    time.sleep(0.02)
"""
UNDO = """
change = env["aftersales.mass.change"].search([])
change.action_undo()
answer(change.state)
"""
STATE = "SELECT state FROM aftersales_mass_change"
DONE = "SELECT COUNT(*) FROM aftersales_mass_change_line WHERE state = 'done'"
UNDONE = DONE.replace("'done'", "'undone'")
ACTIVE = "SELECT COUNT(*) FROM aftersales_warranty_change WHERE active"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_warranty_change"
    " GROUP BY warranty_id HAVING COUNT(*) > 1) AS twice"
)
ENDS = "SELECT DISTINCT date_end FROM aftersales_warranty"


def work_it_through(base, finished, query):
    """Two workers, of which one is killed on the way and a new one takes over."""
    base.work_with_a_kill(WORK, query, UNITS // 4)
    assert base.sql(STATE) == [finished]
    assert base.count(query) == UNITS


def test_two_workers_and_a_kill(instance):
    """Every unit is changed once, and changed back once."""
    base = instance("addon")
    assert base.script(BUILD) == ["applying", UNITS]
    assert base.sql(ENDS) == ["2027-01-10"]
    work_it_through(base, "applied", DONE)
    assert (base.count(ACTIVE), base.count(TWICE)) == (UNITS, 0)
    assert base.sql(ENDS) == ["2027-07-10"]
    assert base.script(UNDO) == "undoing"
    work_it_through(base, "undone", UNDONE)
    assert base.count(ACTIVE) == 0
    assert base.sql(ENDS) == ["2027-01-10"]
