from odoo import api, fields, models
from odoo.fields import Command


class AftersalesRmaSplit(models.TransientModel):
    """Choose what of a return becomes a return of its own."""

    _name = "aftersales.rma.split"
    _description = "Split a Return"

    rma_id = fields.Many2one("aftersales.rma", required=True, readonly=True)
    line_ids = fields.One2many(
        "aftersales.rma.split.line",
        "split_id",
        string="Goods",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("rma_id")
    def _compute_line_ids(self):
        for split in self:
            rma = split.rma_id
            split.line_ids = [Command.clear()] + [
                Command.create(
                    {"line_id": line.id, "available": rma._get_splittable(line)}
                )
                for line in rma.line_ids
            ]

    def action_split(self):
        """Make the new return and open it."""
        self.ensure_one()
        chosen = self.line_ids.filtered(lambda x: x.quantity)
        parts = {line.line_id: line.quantity for line in chosen}
        return self.rma_id._split(parts)._action_open()
