from collections import defaultdict

from odoo import fields, models


class StockMove(models.Model):
    """A receipt keeps the terms under which the vendor sold the goods."""

    _inherit = "stock.move"

    aftersales_vendor_terms = fields.Json(
        string="Terms of the Vendor",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="As they were on the day of the receipt.",
    )

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        done._aftersales_keep_vendor_terms()
        return done

    def _aftersales_is_receipt(self):
        """Tell whether goods were bought: what a vendor sends back after a repair, or
        instead of goods that were returned, starts no term of its own.
        """
        self.ensure_one()
        return (
            self.location_id.usage == "supplier"
            and self.location_dest_id.usage != "supplier"
            and self.origin_returned_move_id.location_dest_id.usage != "supplier"
        )

    def _aftersales_get_vendor(self):
        """Return who sold the goods of a receipt."""
        self.ensure_one()
        order = self.purchase_line_id.order_id
        return (order or self.picking_id).partner_id.commercial_partner_id

    def _aftersales_keep_vendor_terms(self):
        """Write the terms of today on receipts, one write for equal terms."""
        # sudo: whoever takes goods in may have no rights on vendors' terms.
        receipts = self.sudo().filtered(lambda m: m._aftersales_is_receipt())
        groups = defaultdict(list)
        for move, terms in receipts._aftersales_get_current_terms().items():
            groups[tuple(terms.items())].append(move.id)
        for terms, ids in groups.items():
            receipts.browse(ids).aftersales_vendor_terms = dict(terms)

    def _aftersales_get_current_terms(self):
        """Return what vendors promise now for the goods of receipts.

        The vendor's first price line with a warranty decides; one for the variant
        goes before one for all variants.

        :return: ``{stock.move: terms}`` of the moves with a warranty
        """
        if not self:
            return {}
        vendors = {move: move._aftersales_get_vendor() for move in self}
        lines = self.env["product.supplierinfo"].search(
            [
                ("product_tmpl_id", "in", self.product_id.product_tmpl_id.ids),
                ("aftersales_duration", ">", 0),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )
        by_template = lines.grouped("product_tmpl_id")
        result = {}
        for move, vendor in vendors.items():
            product = move.product_id
            fitting = by_template.get(product.product_tmpl_id, lines.browse()).filtered(
                lambda line, v=vendor, p=product, c=move.company_id: (
                    line.partner_id.commercial_partner_id == v
                    and line.product_id in (p, p.browse())
                    and line.company_id in (c, c.browse())
                )
            )
            own = fitting.filtered("product_id") or fitting
            if vendor and own:
                result[move] = own[0]._aftersales_get_terms()
        return result
