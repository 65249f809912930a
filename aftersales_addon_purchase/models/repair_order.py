from odoo import fields, models


class RepairOrder(models.Model):
    """A repair that we paid for is claimed from the supplier."""

    _inherit = "repair.order"

    aftersales_vendor_claim_ids = fields.One2many(
        "aftersales.vendor.claim",
        "repair_id",
        string="Supplier Claims",
        groups="aftersales_addon.aftersales_group_user,purchase.group_purchase_user",
    )
    aftersales_vendor_claim_count = fields.Integer(
        compute="_compute_aftersales_vendor_claim_count",
        groups="aftersales_addon.aftersales_group_user,purchase.group_purchase_user",
    )
    aftersales_vendor_note = fields.Char(
        string="Supplier", readonly=True, copy=False, help="Why no supplier pays."
    )

    def _compute_aftersales_vendor_claim_count(self):
        counts = dict(
            self.env["aftersales.vendor.claim"]._read_group(
                [("repair_id", "in", self.ids)], ["repair_id"], ["__count"]
            )
        )
        for repair in self:
            repair.aftersales_vendor_claim_count = counts.get(repair, 0)

    def action_repair_done(self):
        """Prepare the claims on suppliers once the parts are used."""
        result = super().action_repair_done()
        done = self.filtered(lambda r: r.state == "done")
        self.env["aftersales.vendor.claim"]._prepare_for_repairs(done)
        return result

    def action_view_vendor_claims(self):
        """Open the claims on suppliers for these repairs."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon_purchase.aftersales_vendor_claim_action"
        )
        return {**action, "domain": [("repair_id", "in", self.ids)], "context": {}}
