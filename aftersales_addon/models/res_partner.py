from odoo import fields, models

from ..const import READ_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_asset_count = fields.Integer(
        string="Installed Products",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )

    def _compute_aftersales_asset_count(self):
        """Count the units of the whole company that a contact belongs to."""
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                self._get_aftersales_asset_domain(),
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.aftersales_asset_count = counts.get(
                partner.commercial_partner_id, 0
            )

    def _get_aftersales_asset_domain(self):
        return [
            ("commercial_partner_id", "in", self.commercial_partner_id.ids),
            ("state", "=", "in_use"),
        ]

    def action_aftersales_view_assets(self):
        """Open the installed products of the contact's whole company."""
        return self.env["aftersales.asset"]._get_action(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
            {
                "search_default_in_use": True,
                "default_partner_id": self.id if len(self) == 1 else False,
            },
        )
