from odoo import api, fields, models

# Where scrapped goods go, and goods that become another product.
LOST = ("inventory", "production")


class AftersalesRmaCostMixin(models.AbstractModel):
    """What a return costs the company, in its currency, for the figures."""

    _name = "aftersales.rma.cost.mixin"
    _description = "Cost of a Return"

    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    cost_shipping = fields.Monetary(
        string="Shipping Cost",
        compute="_compute_cost_shipping",
        inverse="_inverse_cost_shipping",
        store=True,
        readonly=False,
        groups="base.group_user",
        help="What the way back costs us, as the return policy says. Type in what it "
        "cost indeed, where you know it.",
    )
    is_cost_typed = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The shipping cost was typed in, so it is not worked out again.",
    )
    cost_handling = fields.Monetary(
        string="Handling Cost",
        compute="_compute_cost_handling",
        store=True,
        groups="base.group_user",
        help="For each unit that came, as the return policy says.",
    )
    cost_writedown = fields.Monetary(
        string="Loss in Value",
        compute="_compute_cost_writedown",
        store=True,
        groups="base.group_user",
        help="The stock value of what was scrapped, and what refurbished goods are "
        "worth less.",
    )
    amount_refunded = fields.Monetary(
        string="Refunded",
        compute="_compute_amount_refunded",
        store=True,
        groups="base.group_user",
        help="By posted credit notes, before taxes and less what was deducted.",
    )
    cost_total = fields.Monetary(
        string="Total Cost",
        compute="_compute_cost_total",
        store=True,
        groups="base.group_user",
        help="Shipping, handling, loss in value and refund.",
    )

    @api.depends("state", "line_ids.policy_id", "line_ids.reason_id")
    def _compute_cost_shipping(self):
        for rma in self:
            if rma.is_cost_typed:
                continue
            on_its_way = rma.state in ("approved", "done")
            rma.cost_shipping = rma._get_cost_shipping() if on_its_way else 0.0

    def _inverse_cost_shipping(self):
        self.is_cost_typed = True

    def _get_cost_shipping(self):
        """Return what the way back costs us, in the currency of the company.

        Addons that know a carrier's price return that.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda x: not x.is_kept and x._is_sent_by_us())
        return max(lines.policy_id.mapped("shipping_cost"), default=0.0)

    @api.depends("line_ids.quantity_received", "line_ids.policy_id")
    def _compute_cost_handling(self):
        for rma in self:
            rma.cost_handling = sum(
                line.policy_id.handling_cost
                * line.uom_id._compute_quantity(
                    line.quantity_received, line.product_id.uom_id, round=False
                )
                for line in rma.line_ids
                if line.policy_id.handling_cost
            )

    @api.depends(
        "line_ids.disposition_ids.disposition",
        "line_ids.disposition_ids.stock_move_ids.state",
        "line_ids.disposition_ids.stock_move_ids.value",
    )
    def _compute_cost_writedown(self):
        for rma in self:
            found = rma.line_ids.disposition_ids
            lost = found.filtered(lambda d: d.disposition in ("scrap", "refurbish"))
            rma.cost_writedown = sum(
                self._get_lost_value(move) for move in lost.stock_move_ids
            )

    @api.model
    def _get_lost_value(self, move):
        """Return what a done move took out of the stock, less what it brought."""
        if move.state != "done":
            return 0.0
        if move.location_dest_id.usage in LOST:
            return move.value
        return -move.value if move.location_id.usage in LOST else 0.0

    @api.depends(
        "line_ids.refund_line_ids.balance", "line_ids.refund_line_ids.parent_state"
    )
    def _compute_amount_refunded(self):
        for rma in self:
            rma.amount_refunded = sum(
                line.balance
                for line in rma.line_ids.refund_line_ids
                if line.parent_state == "posted"
            )

    @api.depends("cost_shipping", "cost_handling", "cost_writedown", "amount_refunded")
    def _compute_cost_total(self):
        for rma in self:
            rma.cost_total = (
                rma.cost_shipping
                + rma.cost_handling
                + rma.cost_writedown
                + rma.amount_refunded
            )
