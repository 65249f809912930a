from odoo import fields, models

from .aftersales_stage import END_KINDS


class AftersalesAssetCaseMixin(models.AbstractModel):
    """Service cases about an installed product."""

    _name = "aftersales.asset.case.mixin"
    _description = "Service Cases of an Installed Product"

    case_count = fields.Integer(
        string="Service Cases", compute="_compute_case_count", groups="base.group_user"
    )

    def _compute_case_count(self):
        Case = self.env["aftersales.case"]
        counts = dict(
            Case._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"])
            if Case.has_access("read")
            else []
        )
        for asset in self:
            asset.case_count = counts.get(asset, 0)

    def action_view_cases(self):
        """Open the service cases of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_case_action"
        )
        context = {}
        if len(self) == 1:
            context = {
                "default_asset_id": self.id,
                "default_partner_id": self.partner_id.id,
            }
        domain = [("asset_id", "in", self.ids)]
        return {**action, "domain": domain, "context": context}

    def action_create_case(self):
        """Open a new service case about the unit."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Case"),
            "res_model": "aftersales.case",
            "views": [(False, "form")],
            "context": {
                "default_asset_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def _sync_usage(self):
        """Ask again for open cases whose answer depends on a reading."""
        result = super()._sync_usage()
        # sudo: whoever reads the counter may have no rights on cases.
        cases = self.env["aftersales.case"].sudo()
        waiting = cases.search(
            [("asset_id", "in", self.ids), ("state", "not in", END_KINDS)]
        )
        waiting.filtered(
            lambda c: c.assessment_id and c.assessment_id._is_limited()
        )._assess()
        return result
