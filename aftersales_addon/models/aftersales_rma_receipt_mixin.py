from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRmaReceiptMixin(models.AbstractModel):
    """The receipts of returns: the platform's own pickings and moves."""

    _name = "aftersales.rma.receipt.mixin"
    _description = "Receipt of a Return"

    send_to = fields.Selection(
        [("warehouse", "Our Warehouse"), ("vendor", "The Supplier")],
        string="Send Back To",
        required=True,
        default="warehouse",
        help="Goods that the supplier has sent to the customer may go straight back "
        "there. They are not inspected by us then.",
    )
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        compute="_compute_vendor_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="To whom the goods go straight back.",
    )
    picking_count = fields.Integer(
        compute="_compute_picking_count", groups="base.group_user"
    )

    @api.depends("send_to", "line_ids.product_id", "line_ids.move_id")
    def _compute_vendor_id(self):
        for rma in self:
            if rma.send_to != "vendor":
                rma.vendor_id = False
            elif not rma.vendor_id:
                # sudo: who delivered, for whoever may see the return.
                rma.vendor_id = rma.sudo().line_ids._get_vendors()[:1]

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for rma in self:
            # sudo: how many there are is no secret of the warehouse.
            rma.picking_count = len(rma.sudo()._get_receipts())

    def write(self, vals):
        """Keep where the goods go once that is prepared."""
        if not self.env.su and {"send_to", "vendor_id", "warehouse_id"} & vals.keys():
            late = self.filtered(lambda r: r.state not in ("draft", "requested"))
            if late:
                raise UserError(
                    self.env._(
                        "The receipt of %s is prepared already: where the goods go "
                        "stays. Cancel the return to change it.",
                        late[0].name,
                    )
                )
        return super().write(vals)

    def _create_receipts(self):
        """Prepare the receipts of approved returns, all in one go. Safe to repeat.

        :return: the new ``stock.picking`` records
        """
        todo = self.line_ids.filtered(lambda x: x._get_quantity_to_announce() > 0)
        rmas = todo.rma_id
        if not rmas:
            return self.env["stock.picking"]
        rmas._check_send_to()
        types = rmas._get_receipt_types()
        vals_list = [rma._prepare_receipt_vals(types[rma]) for rma in rmas]
        self._number_receipts(vals_list)
        pickings = self.env["stock.picking"].create(vals_list)
        by_rma = dict(zip(rmas, pickings, strict=True))
        moves = self.env["stock.move"].create(
            [
                vals
                for line in todo
                for vals in line._prepare_receipt_moves(by_rma[line.rma_id])
            ]
        )
        moves = moves._action_confirm(merge=False)
        # Where a number is known, its line was written with the move.
        moves.filtered(lambda m: not m.move_line_ids)._action_assign()
        lines = moves.move_line_ids
        lines.filtered(
            lambda x: x.location_dest_id.putaway_rule_ids
        )._apply_putaway_strategy()
        return pickings

    def _check_send_to(self):
        """Refuse to send goods straight to a supplier that they are not from."""
        for rma in self.filtered(lambda r: r.send_to == "vendor"):
            vendors = rma.line_ids._get_vendors()
            if not rma.vendor_id:
                raise UserError(
                    self.env._(
                        "To which supplier does %s go? Choose one, or let it come to "
                        "our warehouse.",
                        rma.name,
                    )
                )
            if len(vendors) > 1:
                raise UserError(
                    self.env._(
                        "The goods of %(rma)s are from several suppliers: %(names)s. "
                        "Open a return for each.",
                        rma=rma.name,
                        names=", ".join(vendors.mapped("display_name")),
                    )
                )

    def _get_receipt_types(self):
        """Return the operation types by which the goods come back.

        :return: ``{return: stock.picking.type}``
        """
        types = {
            warehouse: warehouse._aftersales_get_return_type()
            for warehouse in self.warehouse_id
        }
        result = {}
        for rma in self:
            result[rma] = types[rma.warehouse_id]
            dropship = rma.line_ids.move_id.filtered(
                lambda m: m.location_id.usage == "supplier"
            ).picking_type_id[:1]
            if rma.send_to == "vendor" and dropship:
                result[rma] = dropship.return_picking_type_id or dropship
        return result

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
        return self.picking_ids.filtered(lambda p: p.location_id.usage == "customer")

    def _prepare_receipt_vals(self, picking_type):
        """Return the values of the receipt of a return.

        :param picking_type: ``stock.picking.type``
        """
        self.ensure_one()
        source = self._get_receipt_source()
        target = picking_type.default_location_dest_id
        partner = self.partner_shipping_id or self.partner_id
        if self.send_to == "vendor":
            vendor = self.vendor_id.with_company(self.company_id)
            target, partner = vendor.property_stock_supplier, vendor
        return {
            "picking_type_id": picking_type.id,
            "partner_id": partner.id,
            "location_id": source.id,
            "location_dest_id": target.id,
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
