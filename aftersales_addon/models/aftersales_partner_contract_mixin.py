from odoo import fields, models


class AftersalesPartnerContractMixin(models.AbstractModel):
    """The service contracts of a customer."""

    _name = "aftersales.partner.contract.mixin"
    _description = "Contracts of a Customer"

    aftersales_contract_count = fields.Integer(
        string="Service Contracts",
        compute="_compute_aftersales_contract_count",
        groups="base.group_user",
    )

    def _compute_aftersales_contract_count(self):
        Contract = self.env["aftersales.contract"]
        counts = {}
        if Contract.has_access("read"):
            counts = dict(
                Contract._read_group(
                    [
                        (
                            "commercial_partner_id",
                            "in",
                            self.commercial_partner_id.ids,
                        ),
                        ("state", "!=", "cancelled"),
                    ],
                    ["commercial_partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.aftersales_contract_count = counts.get(
                partner.commercial_partner_id._origin, 0
            )

    def action_aftersales_view_contracts(self):
        """Show the contracts of these customers."""
        self.check_access("read")
        contracts = self.env["aftersales.contract"].search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("state", "!=", "cancelled"),
            ]
        )
        return contracts._get_contracts_action()
