from odoo import fields, models


class AftersalesAssetRepairMixin(models.AbstractModel):
    """The repairs and the assessments of a unit."""

    _name = "aftersales.asset.repair.mixin"
    _description = "Repairs of an Installed Product"

    repair_ids = fields.One2many(
        "repair.order",
        "aftersales_asset_id",
        string="Repairs",
        groups="stock.group_stock_user",
    )
    repair_count = fields.Integer(
        compute="_compute_repair_count", groups="stock.group_stock_user"
    )
    assessment_ids = fields.One2many(
        "aftersales.assessment",
        "asset_id",
        string="Assessments",
        groups="base.group_user",
    )
    assessment_count = fields.Integer(
        compute="_compute_assessment_count", groups="base.group_user"
    )

    def _compute_repair_count(self):
        counts = dict(
            self.env["repair.order"]._read_group(
                [("aftersales_asset_id", "in", self.ids)],
                ["aftersales_asset_id"],
                ["__count"],
            )
        )
        for asset in self:
            asset.repair_count = counts.get(asset, 0)

    def _compute_assessment_count(self):
        counts = dict(
            self.env["aftersales.assessment"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.assessment_count = counts.get(asset, 0)

    def action_assess(self):
        """Open the dialog that tells what is covered."""
        self.ensure_one()
        return {
            "name": self.env._("What Is Covered?"),
            "type": "ir.actions.act_window",
            "res_model": "aftersales.asset.assess",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_asset_id": self.id},
        }

    def action_view_assessments(self):
        """Open the assessments of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_assessment_action"
        )
        return {**action, "domain": [("asset_id", "in", self.ids)], "context": {}}

    def action_view_repairs(self):
        """Open the repairs of these units, or a new one when there is none."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "repair.action_repair_order_tree"
        )
        action |= {
            "domain": [("aftersales_asset_id", "in", self.ids)],
            "context": self._get_repair_defaults() if len(self) == 1 else {},
        }
        return action

    def action_create_repair(self):
        """Open a new repair of the unit."""
        self.ensure_one()
        return {
            "name": self.env._("Repair"),
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "views": [(False, "form")],
            "context": self._get_repair_defaults(),
        }

    def _get_repair_defaults(self):
        self.ensure_one()
        return {
            "default_aftersales_asset_id": self.id,
            "default_product_id": self.product_id.id,
            "default_repair_lot_id": self.lot_id.id,
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }

    def _sync_usage(self):
        """Ask again for repairs that waited for a reading."""
        result = super()._sync_usage()
        # sudo: whoever reads the counter may have no rights on repairs.
        repairs = self.env["repair.order"].sudo()
        waiting = repairs.search(
            [
                ("aftersales_asset_id", "in", self.ids),
                ("state", "not in", ("done", "cancel")),
                ("aftersales_assessment_id.result", "!=", False),
            ]
        )
        waiting.filtered(
            lambda r: r.aftersales_assessment_id._is_limited()
        )._aftersales_assess()
        return result
