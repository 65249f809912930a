from odoo import api, models


class AftersalesProvisionEntry(models.Model):
    """What suppliers have credited for claims comes back to the provisions."""

    _inherit = "aftersales.provision.entry"

    @api.model
    def _get_provision_origins(self, company, wanted):
        origins = super()._get_provision_origins(company, wanted)
        notes = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("in_refund", "in_invoice")),
                ("aftersales_vendor_claim_id.asset_id", "!=", False),
            ]
        )
        for note in notes:
            key = f"credit:{note.id}"
            unit = note.aftersales_vendor_claim_id.asset_id
            if wanted(key, unit.id):
                # A vendor bill that is linked by hand takes back what was credited.
                sign = 1 if note.move_type == "in_refund" else -1
                origins[key] = {
                    "asset_id": unit.id,
                    "date": note.date,
                    "kind": "recovered",
                    "amount": sign * abs(note.amount_untaxed_signed),
                }
        return origins
