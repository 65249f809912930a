from collections import defaultdict

from odoo import api, fields, models


class AftersalesRmaReceiptMixin(models.AbstractModel):
    """The receipts of returns: the platform's own pickings and moves."""

    _name = "aftersales.rma.receipt.mixin"
    _description = "Receipt of a Return"

    picking_count = fields.Integer(
        compute="_compute_picking_count", groups="base.group_user"
    )

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for rma in self:
            # sudo: how many there are is no secret of the warehouse.
            rma.picking_count = len(rma.sudo()._get_receipts())

    def _create_receipts(self):
        """Prepare the receipts of approved returns, all in one go. Safe to repeat.

        :return: the new ``stock.picking`` records
        """
        todo = self.line_ids.filtered(lambda x: x._get_quantity_to_announce() > 0)
        rmas = todo.rma_id
        if not rmas:
            return self.env["stock.picking"]
        types = {
            warehouse: warehouse._aftersales_get_return_type()
            for warehouse in rmas.warehouse_id
        }
        vals_list = [rma._prepare_receipt_vals(types[rma.warehouse_id]) for rma in rmas]
        self._number_receipts(vals_list)
        pickings = self.env["stock.picking"].create(vals_list)
        by_rma = dict(zip(rmas, pickings, strict=True))
        moves = self.env["stock.move"].create(
            [line._prepare_receipt_move_vals(by_rma[line.rma_id]) for line in todo]
        )
        moves = moves._action_confirm(merge=False)
        # Where a number is known, its line was written with the move.
        moves.filtered(lambda m: not m.move_line_ids)._action_assign()
        lines = moves.move_line_ids
        lines.filtered(
            lambda x: x.location_dest_id.putaway_rule_ids
        )._apply_putaway_strategy()
        return pickings

    def _number_receipts(self, vals_list):
        """Draw the numbers of receipts at once, where the platform asks for each."""
        by_type = defaultdict(list)
        for vals in vals_list:
            by_type[vals["picking_type_id"]].append(vals)
        for type_id, group in by_type.items():
            sequence = self.env["stock.picking.type"].browse(type_id).sequence_id
            if not sequence:
                continue
            for vals, name in zip(
                group, sequence._aftersales_next(len(group)), strict=True
            ):
                vals["name"] = name

    def _get_receipts(self):
        """Return the transfers that bring goods of the returns to us."""
        return self.picking_ids.filtered(lambda p: p.picking_type_code == "incoming")

    def _prepare_receipt_vals(self, picking_type):
        """Return the values of the receipt of a return.

        :param picking_type: ``stock.picking.type``
        """
        self.ensure_one()
        source = self._get_receipt_source()
        return {
            "picking_type_id": picking_type.id,
            "partner_id": self.partner_shipping_id.id or self.partner_id.id,
            "location_id": source.id,
            "location_dest_id": picking_type.default_location_dest_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "aftersales_rma_id": self.id,
        }

    def _get_receipt_source(self):
        """Return the location that the goods come from."""
        self.ensure_one()
        return self.partner_id.property_stock_customer

    def action_view_receipts(self):
        """Open the receipts of a return."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        receipts = self._get_receipts()
        open_ones = receipts.filtered(lambda p: p.state not in ("done", "cancel"))
        pickings = open_ones or receipts
        if len(pickings) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": pickings.id,
            }
        return {**action, "domain": [("id", "in", pickings.ids)], "context": {}}
