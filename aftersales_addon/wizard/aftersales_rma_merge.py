from odoo import api, fields, models


class AftersalesRmaMerge(models.TransientModel):
    """Choose open returns of a customer that become one."""

    _name = "aftersales.rma.merge"
    _description = "Merge Returns"

    rma_ids = fields.Many2many("aftersales.rma", string="Returns", required=True)
    target_id = fields.Many2one(
        "aftersales.rma",
        string="Into",
        required=True,
        compute="_compute_target_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', rma_ids)]",
        help="Takes over the goods, receipts and messages of the others, which are "
        "cancelled.",
    )

    @api.model
    def default_get(self, fields):
        """Offer what can be merged with a single return."""
        vals = super().default_get(fields)
        ids = self.env.context.get("active_ids") or []
        if self.env.context.get("active_model") == "aftersales.rma" and ids:
            rmas = self.env["aftersales.rma"].browse(ids)
            if len(rmas) == 1:
                rmas |= self._find_alike(rmas)
            vals["rma_ids"] = [(6, 0, rmas.ids)]
        return vals

    @api.model
    def _find_alike(self, rma):
        """Return the returns that can be merged with one."""
        return rma.search(
            [
                ("commercial_partner_id", "=", rma.commercial_partner_id.id),
                ("company_id", "=", rma.company_id.id),
                ("warehouse_id", "=", rma.warehouse_id.id),
                ("send_to", "=", rma.send_to),
                ("state", "=", rma.state),
                ("state", "in", ("draft", "requested", "approved")),
                ("id", "!=", rma.id),
            ],
            limit=20,
        )

    @api.depends("rma_ids")
    def _compute_target_id(self):
        for merge in self:
            rmas = merge.rma_ids._origin
            if merge.target_id not in rmas:
                merge.target_id = rmas.sorted("id")[:1]

    def action_merge(self):
        """Merge the returns, and open the one that they become."""
        self.ensure_one()
        return self.target_id._merge(self.rma_ids)._action_open()
