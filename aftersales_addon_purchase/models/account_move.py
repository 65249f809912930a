from odoo import fields, models

from .aftersales_vendor_claim_answer_mixin import BOOKKEEPING_GROUPS


class AccountMove(models.Model):
    """A credit note of a supplier knows the claim that it settles."""

    _inherit = "account.move"

    aftersales_vendor_claim_id = fields.Many2one(
        "aftersales.vendor.claim",
        string="Supplier Claim",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('company_id', '=', company_id), "
        "('partner_id', '=', commercial_partner_id)]",
        groups=BOOKKEEPING_GROUPS,
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "aftersales_vendor_claim_id" in vals:
            # sudo: whoever posts a credit note may have no rights on claims.
            self.sudo().aftersales_vendor_claim_id._sync_credited()
        return result
