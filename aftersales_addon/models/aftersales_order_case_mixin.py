from odoo import fields, models

from ..const import READ_GROUPS


class AftersalesOrderCaseMixin(models.AbstractModel):
    """A replacement order that a service case led to."""

    _name = "aftersales.order.case.mixin"
    _description = "Replacement Order of a Service Case"

    aftersales_case_id = fields.Many2one(
        "aftersales.case",
        string="Service Case",
        readonly=True,
        index="btree_not_null",
        copy=False,
        check_company=True,
        groups=READ_GROUPS,
    )

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: whoever sells need not have rights on cases.
        self.sudo().aftersales_case_id._follow_remedies()
        return result

    def _aftersales_get_remedy_state(self):
        """Return how far the replacement is, in the words of a case."""
        self.ensure_one()
        if self.state == "cancel":
            return "cancelled"
        lines = self.order_line.filtered("aftersales_replaces_asset_id")
        if not lines or self.state != "sale":
            return "open"
        delivered = all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0
            for line in lines
        )
        return "done" if delivered else "open"

    def action_aftersales_view_case(self):
        """Open the case that led to the order."""
        return self.aftersales_case_id._action_open()
