"""Databases that were used with a released version go on with the next one."""

from test_install import COVER, DELIVER

from tools import odoo_log

# What 19.0.1.0.0 did not have, and what it had instead.
BACK_TO_19_0_1_0_0 = """
import hashlib
policy = env["aftersales.warranty.policy"].search([("name", "=", "Two years")])
content = {
    "name": policy._fields["name"]._get_stored_translations(policy),
    "terms": policy._fields["terms"]._get_stored_translations(policy),
    "kind": policy.kind,
    "duration": [policy.duration, policy.duration_unit],
    "start_event": policy.start_event,
    "lines": [line._get_snapshot() for line in policy.line_ids],
}
text = json.dumps(content, sort_keys=True)
policy.version_ids.fingerprint = hashlib.sha256(text.encode()).hexdigest()
assets = env["aftersales.asset"].search([("product_id.name", "=", "Door lock")])
assets[0].action_retire()
assets[1].sudo().warranty_ids._set_closed()
env.flush_all()
env.cr.execute('''
    ALTER TABLE aftersales_warranty
        DROP COLUMN date_anchor, DROP COLUMN "offset", DROP COLUMN close_reason,
        DROP COLUMN base_id, DROP COLUMN usage_limit, DROP COLUMN usage_start,
        DROP COLUMN usage_unit, DROP COLUMN is_start_provisional;
    ALTER TABLE aftersales_asset
        DROP COLUMN warranty_start, DROP COLUMN warranty_waiting;
    ALTER TABLE aftersales_warranty_policy_version DROP COLUMN options;
    ALTER TABLE aftersales_warranty_policy
        DROP COLUMN start_cap, DROP COLUMN stacking, DROP COLUMN usage_limit,
        DROP COLUMN usage_unit, DROP COLUMN transfer, DROP COLUMN replacement_floor,
        DROP COLUMN repair_prolongation, DROP COLUMN repair_prolongation_unit,
        DROP COLUMN repair_suspends;
    ALTER TABLE aftersales_warranty_policy_line DROP COLUMN product_categ_id;
    ALTER TABLE aftersales_warranty_policy_line
        ADD CONSTRAINT aftersales_warranty_policy_line_item_unique
        UNIQUE (policy_id, item);
    UPDATE ir_module_module SET latest_version = '19.0.1.0.0'
     WHERE name = 'aftersales_addon';
''')
"""


def test_warranties_of_the_first_release_go_on(instance):
    """Dates stay; a warranty knows its anchor; no policy gets a needless version."""
    used = instance("addon")
    used.script(COVER + DELIVER + "answer(1)")
    used.script(BACK_TO_19_0_1_0_0)
    dates = "SELECT id, date_start, date_end, state FROM aftersales_warranty ORDER BY 1"
    before = used.sql(dates)
    assert odoo_log.complaints(used.upgrade()) == []
    assert used.sql(dates) == before
    assert used.sql(
        "SELECT bool_and(date_anchor = date_start) FROM aftersales_warranty"
    )
    spans = "SELECT bool_and(warranty_start = delivery_date) FROM aftersales_asset"
    assert used.sql(f"{spans} WHERE warranty_end IS NOT NULL") == ["t"]
    reasons = "SELECT close_reason FROM aftersales_warranty WHERE state = 'closed'"
    assert sorted(used.sql(reasons)) == ["manual", "retired"]
    used.script(DELIVER + "answer(1)")
    count = "SELECT count(*) FROM aftersales_warranty_policy_version"
    assert used.sql(count) == ["1"], "what is sold now is what was sold before"
    same = used.script("""
warranty = env["aftersales.warranty"].search([("state", "=", "open")], limit=1)
before = warranty.date_end
warranty._recompute_dates()
answer([str(before), str(warranty.date_end)])
""")
    assert same[0] == same[1]


# What 19.0.1.2.0 did not have yet. One letter is as it came, one was edited.
USE_19_0_1_2_0 = """
import re
from odoo import fields
from odoo.tools import hash_sign
button = re.compile(r'<a t-att-href="object\\._get_customer_url.*?</a>(<br/?>)*', re.S)
letters = [env.ref(f"aftersales_addon.mail_template_data_{name}")
           for name in ("case_received", "visit_report")]
for letter in letters:
    letter.body_html = button.sub("", letter.body_html)
letters[1].body_html += "<p>Our shop is open on Saturdays.</p>"
today = env.company._aftersales_today()
plan = env["aftersales.plan"].create({
    "name": "Full Care", "company_id": env.company.id, "indexation": "percent",
    "index_percent": 3, "service_ids": [(0, 0, {"name": "Maintenance"})]})
partner = env["res.partner"].create({"name": "Anna", "email": "anna@example.com"})
unit = env["aftersales.asset"].search([], limit=1)
contract = env["aftersales.contract"].create({
    "name": "Full Care", "plan_id": plan.id, "date_start": today,
    "partner_id": unit.partner_id.id,
    "line_ids": [(0, 0, {"name": "Lock", "asset_id": unit.id, "price_unit": 9})]})
contract.action_start()
contract.line_ids._set_price(10, fields.Date.add(today, days=1))
mail = env["mail.mail"].create({"subject": "Is all well?", "state": "exception"})
rule = env["aftersales.followup.rule"].search([("event", "=", "delivered")], limit=1)
env["aftersales.followup"].create({
    **rule._prepare_followup(unit, 0, fields.Datetime.now()), "state": "done",
    "date_done": fields.Datetime.now(), "is_message": True,
    "made_model": "mail.mail", "made_id": mail.id})
env.flush_all()
for table, columns in {
    "aftersales_asset": ["date_links_withdrawn"],
    "aftersales_contract": [
        "date_index_done", "date_index_next", "date_index_due", "indexation_at",
        "indexation_count", "indexation_unit", "index_notice_days", "visit_change",
        "visit_change_hours", "visit_signature"],
    "aftersales_contract_line": [
        "left_reason", "agreed_to", "former_id", "is_undone"],
    "aftersales_contract_price": ["contract_id"],
    "aftersales_followup": ["mail_id"],
    "aftersales_plan": [
        "indexation_at", "indexation_count", "indexation_unit", "index_notice_days",
        "visit_change", "visit_change_hours", "visit_signature"],
    "aftersales_return_try": ["visitor_number", "mailbox_number"],
    "res_company": [
        "aftersales_guest_cases", "aftersales_warranty_check",
        "aftersales_visit_signature"],
    "sale_order_line": ["aftersales_covers_order"],
}.items():
    for column in columns:
        env.cr.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
env.cr.execute("DROP TABLE aftersales_plan_goods_rel")
env.cr.execute("UPDATE ir_module_module SET latest_version = '19.0.1.2.0'"
               " WHERE name = 'aftersales_addon'")
answer(hash_sign(env, "aftersales_delivery", unit.picking_id.id))
"""
SEE_19_0_1_3_0 = """
letters = [env.ref(f"aftersales_addon.mail_template_data_{name}").body_html
           for name in ("case_received", "visit_report")]
env["aftersales.followup"]._follow_mails(fields.Datetime.now())
contract = env["aftersales.contract"].search([], limit=1)
answer({
    "buttons": ["_get_customer_url" in letter for letter in letters],
    "edited": "on Saturdays" in letters[1],
    "mail": env["mail.mail"].search([("subject", "=", "Is all well?")]).state,
    "terms": [contract.indexation_at, contract.visit_change, contract.visit_signature],
    "next": str(contract.date_index_next),
    "prices": sorted(contract.price_ids.mapped("price_unit")),
    "signature": contract.company_id.aftersales_visit_signature,
    "units": len(env["aftersales.asset"]._get_delivery_assets(KEY)),
})
"""


def test_what_was_used_with_19_0_1_2_0_goes_on(instance):
    """Contracts stay as agreed, links open, e-mails arrive, letters get a button."""
    used = instance("addon")
    structure = used.structure()
    used.script(COVER + DELIVER + "answer(1)")
    key = used.script(USE_19_0_1_2_0)
    agreed = "SELECT id, state, date_end, indexation FROM aftersales_contract"
    before = used.sql(agreed)
    assert odoo_log.complaints(used.upgrade()) == []
    assert used.sql(agreed) == before
    assert used.structure() == structure
    seen = used.script(f"from odoo import fields\nKEY = {key!r}\n{SEE_19_0_1_3_0}")
    assert seen == {
        "buttons": [True, False],
        "edited": True,
        "mail": "outgoing",
        "terms": ["renewal", False, False],
        "next": "False",
        "prices": [9.0, 10.0],
        "signature": "none",
        "units": 3,
    }
