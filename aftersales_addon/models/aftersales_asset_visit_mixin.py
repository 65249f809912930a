from odoo import fields, models


class AftersalesAssetVisitMixin(models.AbstractModel):
    """Visits of a unit, and what of the unit moves them."""

    _name = "aftersales.asset.visit.mixin"
    _description = "Visits of an Installed Product"

    visit_line_ids = fields.One2many(
        "aftersales.visit.line",
        "asset_id",
        string="Visits",
        groups="base.group_user",
    )
    visit_count = fields.Integer(
        compute="_compute_visit_count", groups="base.group_user"
    )

    def _compute_visit_count(self):
        counts = dict(
            self.env["aftersales.visit.line"]._read_group(
                [("asset_id", "in", self.ids)],
                ["asset_id"],
                ["visit_id:count_distinct"],
            )
        )
        for asset in self:
            asset.visit_count = counts.get(asset, 0)

    def action_view_visits(self):
        """Show the visits of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_visit_action"
        )
        return {
            **action,
            "domain": [("line_ids.asset_id", "in", self.ids)],
            "context": {},
        }

    def _sync_usage(self):
        """Follow new readings: a visit that is due by use moves with its forecast."""
        result = super()._sync_usage()
        self._replan_visits("usage")
        return result

    def write(self, vals):
        result = super().write(vals)
        if {"state", "partner_shipping_id"} & vals.keys():
            self._replan_visits()
        return result

    def _replan_visits(self, schedule=None):
        """Have the contracts of these units planned again soon.

        :param str schedule: only those with a service of this kind
        """
        # sudo: a reading or a return moves what is planned, whoever enters it.
        domain = [("asset_id", "in", self.ids)]
        if schedule:
            domain.append(("contract_id.service_ids.schedule", "=", schedule))
        lines = self.env["aftersales.contract.line"].sudo().search(domain)
        lines.contract_id._replan_soon()
