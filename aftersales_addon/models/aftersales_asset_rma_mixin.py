from odoo import api, fields, models


class AftersalesAssetRmaMixin(models.AbstractModel):
    """Returns of an installed product."""

    _name = "aftersales.asset.rma.mixin"
    _description = "Returns of an Installed Product"

    rma_count = fields.Integer(
        string="Returns", compute="_compute_rma_count", groups="base.group_user"
    )

    @api.depends("state")
    def _compute_rma_count(self):
        lines = self.env["aftersales.rma.line"]
        counts = dict(
            lines._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"])
            if lines.has_access("read")
            else []
        )
        for asset in self:
            asset.rma_count = counts.get(asset, 0)

    def action_return(self):
        """Start a return of these units."""
        self.check_access("read")
        # sudo: whoever may see the unit may see the delivery that brought it.
        units = self.sudo()
        return self.env["aftersales.rma.start"]._open(
            units.move_id, units.lot_id, units
        )

    def action_view_rmas(self):
        """Open the returns of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_rma_action"
        )
        domain = [("line_ids.asset_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}
