"""Warranties learn where they are counted from and why they were closed."""

import hashlib
import json

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Fill what the new fields say about warranties that exist.

    The installed products, their warranties and their dates stay as they are.
    """
    cr.execute("""
        UPDATE aftersales_warranty
           SET date_anchor = date_start
         WHERE date_anchor IS NULL AND base_id IS NULL
    """)
    cr.execute("""
        UPDATE aftersales_warranty AS warranty
           SET close_reason = CASE
                   WHEN asset.state = 'in_use' THEN 'manual' ELSE asset.state END
          FROM aftersales_asset AS asset
         WHERE asset.id = warranty.asset_id
           AND warranty.state = 'closed' AND warranty.close_reason IS NULL
    """)
    env = api.Environment(cr, SUPERUSER_ID, {})
    policies = env["aftersales.warranty.policy"].with_context(active_test=False)
    for policy in policies.search([("version_number", ">", 0)]):
        _keep_version(policy)


def _keep_version(policy):
    """Let units sold from now on share the version that held before the update.

    Only conditions that had no field then were added, all at "as it was".
    """
    before = {
        "name": policy._fields["name"]._get_stored_translations(policy),
        "terms": policy._fields["terms"]._get_stored_translations(policy),
        "kind": policy.kind,
        "duration": [policy.duration, policy.duration_unit],
        "start_event": policy.start_event,
        "lines": [line._get_snapshot() for line in policy.line_ids],
    }
    fingerprint = hashlib.sha256(
        json.dumps(before, sort_keys=True).encode()
    ).hexdigest()
    version = policy.version_ids.filtered(lambda v: v.fingerprint == fingerprint)
    if version:
        version.write(
            {
                "fingerprint": policy._get_fingerprint(),
                "options": policy._prepare_options(),
            }
        )
