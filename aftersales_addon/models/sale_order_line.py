from odoo import api, fields, models

from ..const import READ_GROUPS


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "aftersales.sale.terms.mixin",
    ]

    aftersales_asset_ids = fields.One2many(
        "aftersales.asset",
        "sale_line_id",
        string="Installed Products",
        groups=READ_GROUPS,
    )
    aftersales_coverage_label = fields.Char(
        string="Warranty",
        compute="_compute_aftersales_coverage_label",
        groups=READ_GROUPS,
        help="Before the delivery: what will be promised. After it: until when the "
        "units are covered.",
    )

    @api.depends(
        "product_id",
        "aftersales_asset_ids.warranty_end",
        "aftersales_asset_ids.state",
    )
    @api.depends_context("lang")
    def _compute_aftersales_coverage_label(self):
        promised = self._get_aftersales_promised_labels()
        for line in self:
            units = line.aftersales_asset_ids.filtered(lambda a: a.state == "in_use")
            if units:
                line.aftersales_coverage_label = line._get_aftersales_label(units)
            elif line.aftersales_asset_ids:
                line.aftersales_coverage_label = line.aftersales_asset_ids[
                    :1
                ].coverage_label
            else:
                line.aftersales_coverage_label = promised.get(line, False)

    def _get_aftersales_promised_labels(self):
        """Return what the lines promise before anything was delivered."""
        labels = {}
        pending = self.filtered(
            lambda line: line.product_id and not line.aftersales_asset_ids
        )
        for company, lines in pending.grouped("company_id").items():
            policies = lines.product_id._aftersales_resolve_policies(
                company or self.env.company
            )
            for line in lines:
                terms = policies[line.product_id].sudo().mapped("duration_label")
                # The same term under two kinds of warranty is worth one mention.
                labels[line] = " + ".join(dict.fromkeys(terms))
        return labels

    def _get_aftersales_label(self, units):
        self.ensure_one()
        ends = sorted({unit.warranty_end for unit in units if unit.warranty_end})
        if len(ends) < 2:
            return units[:1].coverage_label
        return self.env._(
            "Covered until %(first)s – %(last)s",
            first=units._format_day(ends[0]),
            last=units._format_day(ends[-1]),
        )

    def _aftersales_get_unlinked_returns(self):
        """Return the moves that came back for a refund without naming a delivery.

        Lowering an ordered quantity makes such returns. Goods with a lot are left
        out: they are found by the lot.

        :return: ``stock.move``
        """
        if not self:
            return self.env["stock.move"]
        moves = self.env["stock.move"].search(
            [
                ("sale_line_id", "in", self.ids),
                ("state", "=", "done"),
                ("origin_returned_move_id", "=", False),
                ("location_id.usage", "=", "customer"),
                ("location_dest_id.usage", "!=", "customer"),
                ("to_refund", "=", True),
            ]
        )
        return moves.filtered(lambda m: not m.move_line_ids.lot_id)
