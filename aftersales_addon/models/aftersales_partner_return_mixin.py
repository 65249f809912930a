from odoo import api, fields, models

from ..const import READ_GROUPS


class AftersalesPartnerReturnMixin(models.AbstractModel):
    """How much of what a customer got in twelve months came back."""

    _name = "aftersales.partner.return.mixin"
    _description = "Returns of a Customer"
    _inherit = ["aftersales.return.figures.mixin"]

    aftersales_delivered_units = fields.Float(
        string="Units Delivered",
        digits="Product Unit",
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="To the customer's company in the last twelve months, in the unit of each "
        "product.",
    )
    aftersales_returned_units = fields.Float(
        string="Units Sent Back",
        digits="Product Unit",
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="Received by returns in the last twelve months, for whatever reason.",
    )
    aftersales_unfounded_units = fields.Float(
        string="Without a Fault of Ours",
        digits="Product Unit",
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="Units sent back for another reason than a fault of the product, of us "
        "or of the carrier.",
    )
    aftersales_return_rate = fields.Float(
        string="Return Rate (%)",
        digits=(5, 1),
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="Units sent back, divided by units delivered, in the last twelve months.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_aftersales_returns(self):
        customers = self.commercial_partner_id._origin
        figures = self._get_return_figures_of_customers(customers, self.env.companies)
        for partner in self:
            found = figures.get(partner.commercial_partner_id._origin, {})
            delivered = found.get("delivered", 0.0)
            returned = found.get("returned", 0.0)
            partner.aftersales_delivered_units = delivered
            partner.aftersales_returned_units = returned
            partner.aftersales_unfounded_units = found.get("unfounded", 0.0)
            partner.aftersales_return_rate = self._get_share(returned, delivered)

    def action_aftersales_view_returns(self):
        """Open the returns of a customer."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_rma_action"
        )
        customers = self.commercial_partner_id
        return {
            **action,
            "domain": [("commercial_partner_id", "in", customers.ids)],
            "context": {"default_partner_id": self.id if len(self) == 1 else False},
        }
