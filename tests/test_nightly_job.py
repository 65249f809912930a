"""The nightly job that asks for extensions: two processes, one of them killed."""

UNITS = 600
BUILD = f"""
from datetime import timedelta
from odoo import fields
today = fields.Date.today()
user = env.ref("base.user_admin")
policy = env["aftersales.warranty.policy"].create({{
    "name": "Ends soon", "duration": 12, "renewal_notice_days": 30}})
product = env["product.product"].create({{
    "name": "Lock", "type": "consu", "is_storable": True, "tracking": "none",
    "aftersales_policy_ids": [(4, policy.id)]}})
customer = env["res.partner"].create({{"name": "Anna"}})
# Half of them end soon; some have nobody who could be asked.
env["aftersales.asset"].create([
    {{"product_id": product.id, "serial_number": f"N{{number}}",
      "partner_id": customer.id,
      "user_id": user.id if number % 10 else False,
      "delivery_date": today - timedelta(days=100 if number % 2 else 340)}}
    for number in range({UNITS})])
env.flush_all()
Warranty = env["aftersales.warranty"]
answer([Warranty.search_count([]), Warranty._count_due_renewals()])
"""
# Both stay at it until nothing is due that can be done, in steps of 20.
WORK = """
import logging, time
import odoo.addons.aftersales_addon.models.aftersales_warranty_renewal_mixin as renewal
logging.getLogger(renewal.__name__).setLevel(logging.ERROR)
renewal.RENEWAL_BATCH = 20
Warranty = env["aftersales.warranty"]
def undone():
    domain = Warranty._get_due_renewals_domain()
    return Warranty.search_count(domain & renewal.Domain("renewal_error", "=", False))
while undone():
    Warranty._cron_notify_expiring()
    env.cr.commit()
    time.sleep(0.02)
"""
ASKED = "SELECT COUNT(*) FROM mail_activity WHERE res_model = 'aftersales.asset'"
TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM mail_activity"
    " WHERE res_model = 'aftersales.asset'"
    " GROUP BY res_id HAVING COUNT(*) > 1) AS twice"
)
FAILED = "SELECT COUNT(*) FROM aftersales_warranty WHERE renewal_error IS NOT NULL"


def test_two_workers_and_a_kill(instance):
    """Each is asked for once; what a killed worker held is done by the next."""
    base = instance("addon")
    warranties, due = base.script(BUILD)
    assert (warranties, due) == (UNITS, UNITS // 2)
    unanswered = len(range(0, UNITS, 10))
    base.work_with_a_kill(WORK, ASKED, 100)
    assert base.count(TWICE) == 0
    assert base.count(FAILED) == unanswered
    assert base.count(ASKED) == due - unanswered
