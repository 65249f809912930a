"""Invoices of contracts, made by two processes at once, one of which is killed."""

CONTRACTS = 240
BUILD = f"""
day = env.company._aftersales_today().replace(day=1)
fee = env["product.product"].create({{
    "name": "Fee", "type": "service", "list_price": 100}})
plan = env["aftersales.plan"].create({{"name": "Care"}})
partner = env["res.partner"].create({{"name": "Anna"}})
contracts = env["aftersales.contract"].create([
    {{"plan_id": plan.id, "partner_id": partner.id, "date_start": day,
      "billing_from": day, "line_ids": [(0, 0, {{
        "name": "Fee", "product_id": fee.id, "price_unit": 100}})]}}
    for _number in range({CONTRACTS})])
contracts._set_running()
answer(len(contracts.filtered("date_invoice_next")))
"""
# Both stay at it until nothing is left to do, in steps of ten contracts.
WORK = """
import time
import odoo.addons.aftersales_addon.models.aftersales_contract_invoicing_mixin as run
run.INVOICE_BATCH = 10
Contract = env["aftersales.contract"]
while Contract.search_count(Contract._get_due_domain()):
    Contract._cron_invoice()
    env.cr.commit()
    time.sleep(0.02)
"""
BILLS = "SELECT COUNT(*) FROM aftersales_contract_bill"
INVOICES = "SELECT COUNT(*) FROM account_move WHERE move_type = 'out_invoice'"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM aftersales_contract_bill"
    " GROUP BY line_id HAVING COUNT(*) > 1) AS twice"
)
ORPHANS = (
    "SELECT COUNT(*) FROM account_move m WHERE move_type = 'out_invoice' AND NOT"
    " EXISTS (SELECT 1 FROM aftersales_contract_bill b WHERE b.move_id = m.id)"
)


def test_two_workers_and_a_kill(instance):
    """Every contract has one invoice, and no invoice is without its contract."""
    base = instance("addon")
    assert base.script(BUILD) == CONTRACTS
    base.work_with_a_kill(WORK, BILLS, CONTRACTS // 4)
    assert base.count(BILLS) == CONTRACTS
    assert base.count(INVOICES) == CONTRACTS
    assert (base.count(TWICE), base.count(ORPHANS)) == (0, 0)
