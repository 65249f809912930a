from odoo import api, fields, models


class AftersalesAssetAddWarranty(models.TransientModel):
    """Give units a warranty that they did not get with their delivery."""

    _name = "aftersales.asset.add.warranty"
    _description = "Add Warranty"

    asset_ids = fields.Many2many(
        "aftersales.asset", string="Installed Products", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    policy_id = fields.Many2one("aftersales.warranty.policy", required=True)
    date_start = fields.Date(
        string="Start",
        compute="_compute_date_start",
        store=True,
        readonly=False,
        help="The warranty counts from this day. Empty: from each unit's own day of "
        "delivery.",
    )
    date_end = fields.Date(string="Last Covered Day", compute="_compute_date_end")

    @api.depends("asset_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.asset_ids.company_id[:1] or self.env.company

    @api.depends("asset_ids", "policy_id")
    def _compute_date_start(self):
        for wizard in self:
            asset = wizard.asset_ids
            if len(asset) > 1:
                wizard.date_start = False
                continue
            # A second warranty of a kind goes on where the first one ends.
            ends = [
                warranty.date_end
                for warranty in asset.warranty_ids
                if warranty.state == "open" and warranty.kind == wizard.policy_id.kind
            ]
            wizard.date_start = max(ends, default=asset.delivery_date)

    @api.depends("policy_id", "date_start")
    def _compute_date_end(self):
        for wizard in self:
            start, policy = wizard.date_start, wizard.policy_id
            wizard.date_end = start and policy and policy._get_last_day(start)

    def action_add(self):
        """Create the warranties and go back to the units."""
        for wizard in self:
            wizard.asset_ids._add_warranty(wizard.policy_id, wizard.date_start)
        return {"type": "ir.actions.act_window_close"}
