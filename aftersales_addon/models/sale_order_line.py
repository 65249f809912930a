from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import READ_GROUPS


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = [
        "aftersales.order.line.visit.mixin",
        "aftersales.order.line.plan.change.mixin",
        "aftersales.order.line.plan.goods.mixin",
        "aftersales.order.line.contract.mixin",
        "aftersales.order.line.rma.mixin",
        "aftersales.order.line.repair.mixin",
        "sale.order.line",
        "aftersales.order.line.replacement.mixin",
        "aftersales.sale.terms.mixin",
        "aftersales.extension.line.mixin",
        "aftersales.extension.layer.mixin",
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
    aftersales_extension_policy_id = fields.Many2one(
        related="product_id.aftersales_extension_policy_id",
        string="Extended Warranty",
    )
    aftersales_plan_id = fields.Many2one(
        related="product_id.aftersales_plan_id", string="Service Plan"
    )
    aftersales_covered_line_id = fields.Many2one(
        "sale.order.line",
        string="Covers Line",
        index="btree_not_null",
        copy=False,
        help="The line of this order whose units get this extended warranty when they "
        "are delivered.",
    )
    aftersales_extension_line_ids = fields.One2many(
        "sale.order.line",
        "aftersales_covered_line_id",
        string="Extended Warranties",
    )
    aftersales_covered_asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_asset_extension_rel",
        "order_line_id",
        "asset_id",
        string="Covers Installed Products",
        groups=READ_GROUPS,
        help="The customer's units that get this extended warranty when the order is "
        "confirmed.",
    )
    aftersales_extension_version_id = fields.Many2one(
        "aftersales.warranty.policy.version",
        string="Terms as Sold",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    aftersales_extension_date = fields.Date(
        string="Extension Sold On", readonly=True, copy=False
    )

    @api.constrains("aftersales_covered_line_id")
    def _check_aftersales_covered_line(self):
        for line in self:
            covered = line.aftersales_covered_line_id
            if covered and (
                covered.order_id != line.order_id
                or not covered._aftersales_is_coverable()
            ):
                raise ValidationError(
                    self.env._(
                        "“%(extension)s” cannot cover “%(line)s”. Choose a line of the "
                        "same order with goods that are delivered.",
                        extension=line.product_id.display_name,
                        line=covered.display_name,
                    )
                )

    @api.onchange("aftersales_covered_asset_ids")
    def _onchange_aftersales_covered_asset_ids(self):
        if self.aftersales_covered_asset_ids and self._aftersales_is_extension():
            self._aftersales_set_units(self._aftersales_get_units_covered())

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        extensions = lines.filtered(lambda line: line._aftersales_is_extension())
        if extensions:
            extensions._aftersales_bind()
            extensions.filtered(lambda line: line.state == "sale")._aftersales_sell()
        return lines

    def write(self, vals):
        self._aftersales_check_rebinding(vals)
        if not {"product_uom_qty", "product_uom_id"} & vals.keys():
            return super().write(vals)
        quoted = self.filtered(
            lambda line: (
                line.state in ("draft", "sent") and line.aftersales_extension_line_ids
            )
        )
        before = {line: line._aftersales_get_units_sold() for line in quoted}
        # sudo: whoever changes the quantity may have no rights on warranties.
        sold = self.sudo().filtered("aftersales_extension_version_id")
        units = {line: line._aftersales_get_units_sold() for line in sold}
        result = super().write(vals)
        quoted._aftersales_follow_quantity(before)
        for line in sold:
            if line._aftersales_get_units_sold() > units[line]:
                # Those that are bought in addition start with their own purchase.
                line.aftersales_extension_date = line.company_id._aftersales_today()
        sold._aftersales_sync_extensions()
        return result

    @api.depends("aftersales_covered_asset_ids")
    def _compute_name(self):
        return super()._compute_name()

    def _get_sale_order_line_multiline_description_sale(self):
        description = super()._get_sale_order_line_multiline_description_sale()
        # sudo: what the line covers is told to whoever may see the line.
        units = self.sudo().aftersales_covered_asset_ids
        if not units:
            return description
        names = units[:5].mapped("display_name")
        if len(units) > 5:
            names.append(self.env._("%s more", len(units) - 5))
        covered = self.env._("For: %s", ", ".join(names))
        return f"{description}\n{covered}"

    def _prepare_invoice_line(self, **optional_values):
        vals = super()._prepare_invoice_line(**optional_values)
        return {**self._aftersales_prepare_deferred_vals(), **vals}

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
                sold = line.product_id.sudo().aftersales_extension_policy_id
                found = sold or policies[line.product_id].sudo()
                terms = found.mapped("duration_label")
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
