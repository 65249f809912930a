from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import READ_GROUPS


class AftersalesOrderLineReplacementMixin(models.AbstractModel):
    """An order line whose goods take the place of an installed product."""

    _name = "aftersales.order.line.replacement.mixin"
    _description = "Order Line of a Replacement"

    aftersales_replaces_asset_id = fields.Many2one(
        "aftersales.asset",
        string="Replaces",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups=READ_GROUPS,
        help="The delivery of this line lets the new unit take the place of this one "
        "and continue its warranties.",
    )
    aftersales_replaces_returned = fields.Boolean(
        string="Came Back Before",
        copy=False,
        groups=READ_GROUPS,
        help="What is replaced is not with the customer any more.",
    )

    @api.constrains("aftersales_replaces_asset_id", "product_uom_qty")
    def _check_aftersales_replaced_quantity(self):
        for line in self.filtered("aftersales_replaces_asset_id"):
            # sudo: whoever changes the quantity may not see the unit.
            asset = line.sudo().aftersales_replaces_asset_id
            if asset.state == "replaced":
                continue
            limit = (
                asset.quantity_delivered - asset.quantity
                if line.aftersales_replaces_returned
                else asset.quantity
            )
            asked = line.product_uom_qty
            if line.product_uom_id:
                asked = line.product_uom_id._compute_quantity(
                    asked, line.product_id.uom_id, rounding_method="HALF-UP"
                )
            done = sum(
                new.quantity_delivered
                for new in asset.replaced_by_ids
                if new.sale_line_id == line
            )
            if asset.uom_id.compare(asked - done, max(limit, 0.0)) > 0:
                raise ValidationError(
                    self.env._(
                        "%(asked)s of %(unit)s cannot be replaced: there are "
                        "%(limit)s. Lower the quantity of the line.",
                        asked=asset.uom_id._aftersales_format(asked),
                        unit=asset.display_name,
                        limit=asset.uom_id._aftersales_format(limit),
                    )
                )
