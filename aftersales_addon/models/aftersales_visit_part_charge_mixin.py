from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesVisitPartChargeMixin(models.AbstractModel):
    """A part of a visit knows the order line that it is charged by."""

    _name = "aftersales.visit.part.charge.mixin"
    _description = "Charge of a Part"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Charged By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    def _check_not_charged(self):
        result = super()._check_not_charged()
        # sudo: technicians read no orders.
        for part in self.sudo():
            if part.sale_line_id and part.sale_line_id.state != "cancel":
                raise UserError(
                    self.env._(
                        "%(part)s is on %(order)s. Cancel this order first.",
                        part=part.product_id.display_name,
                        order=part.sale_line_id.order_id.name,
                    )
                )
        return result
