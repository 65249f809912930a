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
