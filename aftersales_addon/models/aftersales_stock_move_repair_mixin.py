from odoo import api, fields, models


class AftersalesStockMoveRepairMixin(models.AbstractModel):
    """Parts of a repair and who pays for them."""

    _name = "aftersales.stock.move.repair.mixin"
    _description = "Repair Part of a Stock Move"

    aftersales_coverage_label = fields.Char(
        string="Paid for the Customer", compute="_compute_aftersales_coverage_label"
    )

    @api.depends(
        "product_id",
        "repair_line_type",
        "repair_id.under_warranty",
        "repair_id.aftersales_assessment_id",
    )
    @api.depends_context("lang")
    def _compute_aftersales_coverage_label(self):
        number = self.env["res.lang"]._aftersales_format_number
        for move in self:
            repair = move.repair_id
            # sudo: who may see the repair may see what is paid of its parts.
            assessment = repair.sudo().aftersales_assessment_id
            is_part = move.repair_line_type == "add" and move.product_id
            if not assessment or not is_part:
                move.aftersales_coverage_label = False
                continue
            share, goodwill = assessment._get_shares(
                move.product_id, is_applied=repair.under_warranty
            )
            move.aftersales_coverage_label = f"{number(share + goodwill)} %"

    def _create_repair_sale_order_line(self):
        """Price the parts of a known unit by what covers them, each on its own.

        The platform's one checkbox makes every part free. For a unit that is listed
        here, its price stays and the covered share becomes the discount.
        """
        result = super()._create_repair_sale_order_line()
        # sudo: reads which of the repairs are for units that are known.
        ours = self.filtered(lambda m: m.repair_id.sudo().aftersales_asset_id)
        ours._aftersales_restore_prices()
        return result

    def _aftersales_restore_prices(self):
        """Give parts their price again that the checkbox has set to zero."""
        for move in self:
            line = move.sale_line_id
            is_zero = line and not line.price_unit and not line.technical_price_unit
            if not is_zero or not move.repair_id.under_warranty:
                continue
            if move.price_unit:
                line.price_unit = move.price_unit
            else:
                line._compute_price_unit()
