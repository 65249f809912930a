from odoo import fields, models

from ..const import READ_GROUPS


class AftersalesOrderLineVisitMixin(models.AbstractModel):
    """Order lines that charge a visit: what was put in is delivered already."""

    _name = "aftersales.order.line.visit.mixin"
    _description = "Order Line of a Visit"

    aftersales_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READ_GROUPS,
    )
    aftersales_visit_part_id = fields.Many2one(
        "aftersales.visit.part",
        string="Part of a Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READ_GROUPS,
    )

    def _prepare_qty_delivered(self):
        delivered = super()._prepare_qty_delivered()
        # sudo: what was delivered does not depend on who looks.
        for line in self.filtered(lambda x: x.sudo().aftersales_visit_part_id):
            done = line.sudo().aftersales_visit_part_id.state == "done"
            delivered[line] = line.product_uom_qty if done else 0.0
        return delivered

    def _action_launch_stock_rule(self, **kwargs):
        # What the technician put in is not delivered a second time.
        # sudo: as above.
        goods = self.filtered(lambda x: not x.sudo().aftersales_visit_part_id)
        return super(AftersalesOrderLineVisitMixin, goods)._action_launch_stock_rule(
            **kwargs
        )
