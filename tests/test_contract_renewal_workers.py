"""Contracts renewed and prices raised by two processes, one of which is killed."""

CONTRACTS = 240
BUILD = f"""
from datetime import timedelta
env.company.resource_calendar_id.tz = "UTC"
today = env.company._aftersales_today()
fee = env["product.product"].create({{
    "name": "Fee", "type": "service", "list_price": 100}})
# A term that ended ten days ago, and one anniversary, whatever month it is.
plan = env["aftersales.plan"].create({{
    "name": "Care", "term_count": 30, "term_unit": "day", "renewal": "tacit",
    "renewal_count": 365, "renewal_unit": "day",
    "indexation": "percent", "index_percent": 10, "indexation_at": "period",
    "indexation_unit": "month", "indexation_count": 1}})
partner = env["res.partner"].create({{"name": "Anna"}})
start = today - timedelta(days=40)
contracts = env["aftersales.contract"].create([
    {{"plan_id": plan.id, "partner_id": partner.id, "date_start": start,
      "billing_from": start, "line_ids": [(0, 0, {{
        "name": "Fee", "product_id": fee.id, "price_unit": 100}})]}}
    for _number in range({CONTRACTS})])
contracts._set_running()
assert all(contract.date_end < today for contract in contracts)
assert all(contract.date_index_due < today for contract in contracts)
answer(len(contracts))
"""
# Both stay at it until nothing is left to do, in steps of ten contracts.
WORK = """
import time
import psycopg2
Contract = env["aftersales.contract"]
today = env.company._aftersales_today()
due = ["|", ("date_end", "<", today), ("date_index_due", "<=", today)]
while Contract.search_count(due):
    try:
        Contract._cron_contracts(batch=10)
        env.cr.commit()
    except psycopg2.OperationalError:
        # The platform would try again, too.
        env.cr.rollback()
        env.invalidate_all()
    time.sleep(0.02)
"""
RENEWED = "SELECT COUNT(*) FROM aftersales_contract WHERE term_number = 1"
RAISED = "SELECT COUNT(*) FROM aftersales_contract_price WHERE price_unit = 110"
TOO_HIGH = "SELECT COUNT(*) FROM aftersales_contract_price WHERE price_unit > 111"
TERMS = "SELECT COUNT(*) FROM aftersales_contract_term"
VERSIONS = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_contract_version"
    " GROUP BY contract_id HAVING COUNT(*) = 3 AND MAX(number) = 3) AS right_ones"
)
FAILED = "SELECT COUNT(*) FROM aftersales_contract WHERE job_error IS NOT NULL"


def test_two_workers_and_a_kill(instance):
    """Each contract goes on once, with one new price and a version for each."""
    base = instance("addon")
    assert base.script(BUILD) == CONTRACTS
    # Prices come first, all of them: one worker is killed among the renewals.
    base.work_with_a_kill(WORK, RENEWED, CONTRACTS // 4)
    assert base.count(FAILED) == 0
    assert base.count(RENEWED) == CONTRACTS
    assert base.count(RAISED) == CONTRACTS
    assert base.count(TOO_HIGH) == 0
    assert base.count(TERMS) == CONTRACTS
    assert base.count(VERSIONS) == CONTRACTS


def test_a_kill_among_prices(instance):
    """The same, one worker killed while prices are raised."""
    base = instance("addon")
    assert base.script(BUILD) == CONTRACTS
    base.work_with_a_kill(WORK, RAISED, CONTRACTS // 4)
    assert base.count(FAILED) == 0
    assert base.count(RAISED) == CONTRACTS
    assert base.count(RENEWED) == CONTRACTS
    assert base.count(TERMS) == CONTRACTS
    assert base.count(VERSIONS) == CONTRACTS
