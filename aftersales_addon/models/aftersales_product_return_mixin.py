from odoo import api, fields, models

from ..const import READ_GROUPS


class AftersalesProductReturnMixin(models.AbstractModel):
    """How much of what was delivered of a product in twelve months came back."""

    _name = "aftersales.product.return.mixin"
    _description = "Returns of a Product"
    _inherit = ["aftersales.return.figures.mixin"]

    aftersales_returned_units = fields.Float(
        string="Units Sent Back",
        digits="Product Unit",
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="Received by returns in the last twelve months, for whatever reason.",
    )
    aftersales_return_rate = fields.Float(
        string="Return Rate (%)",
        digits=(5, 1),
        compute="_compute_aftersales_returns",
        groups=READ_GROUPS,
        help="Units sent back, divided by units delivered, in the last twelve months.",
    )

    def _get_aftersales_variants(self):
        """Return the variants of each product, by its id."""
        if self._name == "product.product":
            return {product.id: product for product in self._origin}
        variants = self.env["product.product"].with_context(active_test=False)
        found = variants.search([("product_tmpl_id", "in", self._origin.ids)])
        return {
            template.id: group
            for template, group in found.grouped("product_tmpl_id").items()
        }

    @api.depends_context("allowed_company_ids")
    def _compute_aftersales_returns(self):
        by_owner = self._get_aftersales_variants()
        variants = self.env["product.product"].union(*by_owner.values())
        figures = self._get_return_figures_of_products(variants, self.env.companies)
        for product in self:
            own = by_owner.get(product._origin.id, ())
            delivered = sum(figures[variant][0] for variant in own)
            returned = sum(figures[variant][1] for variant in own)
            product.aftersales_returned_units = returned
            product.aftersales_return_rate = self._get_share(returned, delivered)

    def action_aftersales_view_returns(self):
        """Open the returned goods of a product."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_rma_line_action"
        )
        variants = self.env["product.product"].union(
            *self._get_aftersales_variants().values()
        )
        return {**action, "domain": [("product_id", "in", variants.ids)], "context": {}}
