"""Contracts planned by two processes at once, one of them killed on the way."""

CONTRACTS = 300
BUILD = f"""
env.company.resource_calendar_id.tz = "UTC"
today = env.company._aftersales_today()
plan = env["aftersales.plan"].create({{
    "name": "Full Care", "company_id": env.company.id, "horizon_months": 12,
    "service_ids": [(0, 0, {{"name": "Maintenance", "interval_count": 1}})]}})
product = env["product.product"].create({{"name": "Lock", "type": "consu"}})
partner = env["res.partner"].create({{"name": "Anna"}})
assets = env["aftersales.asset"].create([
    {{"product_id": product.id, "partner_id": partner.id, "serial_number": f"SN{{n}}"}}
    for n in range({CONTRACTS})])
contracts = env["aftersales.contract"].create([
    {{"plan_id": plan.id, "partner_id": partner.id, "date_start": today,
      "line_ids": [(0, 0, {{"name": asset.serial_number, "asset_id": asset.id}})]}}
    for asset in assets])
contracts._write_state(state="running", date_anchor=today)
contracts._replan_soon()
answer(len(contracts))
"""
# Both stay at it until nothing is left to plan, in steps of ten contracts.
WORK = """
import time
import psycopg2
from odoo.addons.aftersales_addon.models import aftersales_contract_planning_mixin
aftersales_contract_planning_mixin.BATCH = 10
Contract = env["aftersales.contract"]
today = env.company._aftersales_today()
while Contract.search_count([("date_plan_next", "<=", today)]):
    try:
        Contract._cron_plan_visits()
        env.cr.commit()
    except psycopg2.OperationalError:
        # The platform would try again, too.
        env.cr.rollback()
        env.invalidate_all()
    time.sleep(0.02)
"""
LINES = "SELECT COUNT(*) FROM aftersales_visit_line"
PLANNED = "SELECT COUNT(DISTINCT service_id) FROM aftersales_visit_line"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_visit_line"
    " GROUP BY service_id, contract_line_id, date_due HAVING COUNT(*) > 1) AS twice"
)
EMPTY = (
    "SELECT COUNT(*) FROM aftersales_visit AS visit WHERE NOT EXISTS"
    " (SELECT 1 FROM aftersales_visit_line WHERE visit_id = visit.id)"
)
FAILED = "SELECT COUNT(*) FROM aftersales_contract WHERE planning_error IS NOT NULL"
# A year from the first day, which is no visit: the twelfth is after the last day.
VISITS = 11


def test_two_workers_and_a_kill(instance):
    """Each visit is planned once, whoever works on it and whoever is stopped."""
    base = instance("addon")
    assert base.script(BUILD) == CONTRACTS
    base.work_with_a_kill(WORK, PLANNED, CONTRACTS // 4)
    assert base.count(FAILED) == 0, base.script(
        'answer(env["aftersales.contract"].search([("planning_error", "!=", False)])'
        '.mapped("planning_error")[:2])'
    )
    assert base.count(PLANNED) == CONTRACTS
    assert base.count(LINES) == CONTRACTS * VISITS
    assert (base.count(TWICE), base.count(EMPTY)) == (0, 0)
