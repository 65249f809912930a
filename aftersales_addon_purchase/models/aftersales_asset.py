from odoo import api, fields, models

CLAIM_GROUPS = "aftersales_addon.aftersales_group_user,purchase.group_purchase_user"
VENDOR_GROUPS = f"{CLAIM_GROUPS},aftersales_addon.aftersales_group_technician"


class AftersalesAsset(models.Model):
    """A unit knows until when its supplier pays for defects."""

    _name = "aftersales.asset"
    _inherit = [
        "aftersales.vendor.replacement.mixin",
        "aftersales.asset",
        "aftersales.vendor.receipt.mixin",
    ]

    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        compute="_compute_vendor",
        groups=VENDOR_GROUPS,
    )
    vendor_end = fields.Date(
        string="Supplier Covers Until", compute="_compute_vendor", groups=VENDOR_GROUPS
    )
    vendor_state = fields.Selection(
        [("covered", "Covered"), ("expired", "Expired"), ("none", "None")],
        string="Supplier Coverage",
        compute="_compute_vendor",
        groups=VENDOR_GROUPS,
    )
    vendor_label = fields.Char(
        string="Supplier Warranty", compute="_compute_vendor", groups=VENDOR_GROUPS
    )
    vendor_claim_ids = fields.One2many(
        "aftersales.vendor.claim",
        "asset_id",
        string="Supplier Claims",
        groups=CLAIM_GROUPS,
    )
    vendor_claim_count = fields.Integer(
        compute="_compute_vendor_claim_count", groups=CLAIM_GROUPS
    )

    @api.depends("lot_id", "move_id", "product_id", "delivery_date")
    @api.depends_context("lang")
    def _compute_vendor(self):
        found = self._origin._get_vendor_receipts()
        days = self._get_vendor_today()
        for asset in self:
            receipts = [r for r in found.get(asset._origin, []) if r.end]
            valid = [r for r in receipts if r.covers(days[asset])]
            vendors = self.env["res.partner"].union(
                *(r.vendor for r in valid or receipts)
            )
            asset.vendor_id = vendors if len(vendors) == 1 else False
            asset.vendor_end = max((r.end for r in receipts), default=False)
            asset.vendor_state = (
                "covered" if valid else "expired" if receipts else "none"
            )
            asset.vendor_label = asset._get_vendor_label(vendors)

    def _get_vendor_label(self, vendors):
        if not self.vendor_end:
            return False
        names = " / ".join(vendors.mapped("name"))
        day = self._format_day(self.vendor_end)
        if self.vendor_state == "covered":
            return self.env._("%(vendor)s covers until %(day)s", vendor=names, day=day)
        return self.env._("%(vendor)s covered until %(day)s", vendor=names, day=day)

    def _compute_vendor_claim_count(self):
        counts = dict(
            self.env["aftersales.vendor.claim"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.vendor_claim_count = counts.get(asset, 0)

    def action_view_vendor_claims(self):
        """Open the claims against suppliers for these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon_purchase.aftersales_vendor_claim_action"
        )
        return {**action, "domain": [("asset_id", "in", self.ids)], "context": {}}

    def action_claim_from_vendor(self):
        """Prepare a claim against the supplier by hand, for what was not repaired."""
        self.ensure_one()
        self.check_access("read")
        claims = self.env["aftersales.vendor.claim"]
        claims.check_access("create")
        domain = [("asset_id", "=", self.id), ("repair_id", "=", False)]
        claim = claims.search([*domain, ("state", "in", ("choose", "draft"))], limit=1)
        claim = claim or claims._prepare_for_asset(self)
        return self._action_open(claim)
