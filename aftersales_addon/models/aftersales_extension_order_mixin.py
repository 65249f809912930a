from odoo import api, models
from odoo.exceptions import UserError


class AftersalesExtensionOrderMixin(models.AbstractModel):
    """An order that sells extended warranties with its products."""

    _name = "aftersales.extension.order.mixin"
    _description = "Order with Extended Warranties"

    def action_aftersales_offer_extensions(self):
        """Add the extended warranties that are offered with the products.

        They stand in a section of their own as options: the customer chooses.
        """
        self.ensure_one()
        vals_list = self._aftersales_prepare_offers()
        if not vals_list:
            raise UserError(
                self.env._(
                    "There is nothing more to offer. Name the extended warranties "
                    "under “Offered Extensions” on the products of this quotation."
                )
            )
        lines = self.order_line.sorted(lambda line: (line.sequence, line.id))
        sequence = max(lines.mapped("sequence"), default=0) + 1
        last = lines.filtered(lambda line: line.display_type == "line_section")[-1:]
        if not last or not last._aftersales_holds_offers():
            vals_list.insert(0, self._aftersales_prepare_section())
        self.env["sale.order.line"].create(
            [
                {**vals, "order_id": self.id, "sequence": sequence + number}
                for number, vals in enumerate(vals_list)
            ]
        )

    @api.model
    def _aftersales_prepare_section(self):
        """Return the values of the section that holds offered extensions."""
        return {
            "display_type": "line_section",
            "name": self.env._("Extended Warranties"),
            "is_optional": True,
        }

    def _aftersales_prepare_offers(self):
        """Return the values of the lines that are still to be offered."""
        self.ensure_one()
        lines = self.order_line
        offered = {
            (line.aftersales_covered_line_id, line.product_id)
            for line in lines
            if line._aftersales_is_extension()
        }
        vals_list = []
        for line in lines.filtered(lambda line: line._aftersales_is_coverable()):
            for product in line.product_id._aftersales_get_extensions():
                if (line, product) not in offered:
                    vals_list.append(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 0.0,
                            "linked_line_id": line.id,
                            "aftersales_covered_line_id": line.id,
                        }
                    )
        return vals_list

    def _aftersales_is_portal_offer(self, unit, product):
        """Tell whether this is a quotation over one extension of one unit, no more.

        Whoever has the key to a unit may see such a quotation, and no other.
        """
        self.ensure_one()
        lines = self.order_line
        return (
            self.state == "sent"
            and not self.is_expired
            and self.company_id == unit.company_id
            and self.partner_id == unit.partner_id
            and len(lines) == 1
            and lines.product_id == product
            and lines.product_uom_qty > 0
            and lines.aftersales_covered_asset_ids == unit
        )

    def _aftersales_get_action(self):
        """Open these orders: the form of one, or the list."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_quotations")
        if len(self) == 1:
            return {
                **action,
                "res_id": self.id,
                "views": [(False, "form")],
                "context": {},
            }
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}
