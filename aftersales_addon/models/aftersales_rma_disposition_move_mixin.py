from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .aftersales_rma_line_receipt_mixin import TAKEN_FOR_GOOD


class AftersalesRmaDispositionMoveMixin(models.AbstractModel):
    """What an inspection makes of the goods: the platform's own moves, in batches."""

    _name = "aftersales.rma.disposition.move.mixin"
    _description = "Moves of an Inspection"

    stock_move_ids = fields.One2many(
        "stock.move",
        "aftersales_disposition_id",
        string="Moves",
        groups="base.group_user",
    )
    repair_ids = fields.One2many(
        "repair.order",
        "aftersales_disposition_id",
        string="Repairs",
        groups="stock.group_stock_user,aftersales_addon.aftersales_group_user",
    )

    def _execute(self):
        """Do what was decided about planned quantities, all in one go.

        :raises UserError: when more is decided than came
        """
        # sudo: what moves follows from what was found; who inspects need not have
        # rights on transfers, scrap and repairs.
        found = self.sudo().filtered(lambda d: d.state == "draft")
        found._assign_receipts()
        found._correct_receipts()
        for code, group in found.grouped("disposition").items():
            getattr(group, f"_execute_{code}")()
        found.write({"state": "done", "date": fields.Datetime.now()})
        found.line_id._check_not_settled_otherwise()
        # Where the replacement left in advance, this was the last that was open.
        found.line_id.rma_id.case_id._follow_remedies()

    def _assign_receipts(self):
        """Find the receipt of each quantity, and refuse more than it brought."""
        left = self.line_id._get_uninspected()
        for found in self:
            line, unit = found.line_id, found.line_id.uom_id
            keys = [
                (move, lot)
                for (owner, move, lot), quantity in left.items()
                if owner == line
                and found.move_id in (move, move.browse())
                and found.lot_id in (lot, lot.browse())
                and unit.compare(quantity, found.quantity) >= 0
            ]
            if not keys:
                raise UserError(
                    self.env._(
                        "%(asked)s of %(goods)s cannot be inspected: as many did not "
                        "come together, or they are inspected already.",
                        asked=unit._aftersales_format(found.quantity),
                        goods=found.lot_id.name or line.product_id.display_name,
                    )
                )
            move, lot = keys[0]
            left[line, move, lot] -= found.quantity
            if found.move_id != move or found.lot_id != lot:
                found.write({"move_id": move.id, "lot_id": lot.id})

    # --- What the order counts as delivered ---

    def _goes_back(self):
        """Tell whether the customer gets these very goods back."""
        self.ensure_one()
        return self.disposition == "customer" or (
            self.disposition == "repair" and self.remedy == "repair"
        )

    def _correct_receipts(self):
        """Let receipts take off the order what the customer gets money for, only."""
        parts = defaultdict(self.browse)
        for found in self:
            receipt = found.move_id
            taken = found.remedy in TAKEN_FOR_GOOD
            if not found._goes_back() and taken != receipt.to_refund:
                parts[receipt, found.lot_id, taken] |= found
        for (receipt, lot, taken), group in parts.items():
            quantity = sum(
                found.uom_id._compute_quantity(
                    found.quantity, receipt.product_uom, rounding_method="HALF-UP"
                )
                for found in group
            )
            group.move_id = receipt._aftersales_split_done(quantity, lot, taken)

    # --- The moves ---

    def _execute_restock(self):
        self._move_inside(lambda warehouse: warehouse.lot_stock_id)

    def _execute_quarantine(self):
        self._move_inside(lambda warehouse: warehouse._aftersales_get_quarantine())

    def _execute_scrap(self):
        vals_list = []
        for found in self:
            location, package, owner = found._get_place()
            vals_list.append(
                {
                    "company_id": found.company_id.id,
                    "product_id": found.product_id.id,
                    "product_uom_id": found.uom_id.id,
                    "scrap_qty": found.quantity,
                    "lot_id": found.lot_id.id,
                    "location_id": location.id,
                    "package_id": package.id,
                    "owner_id": owner.id,
                    "origin": found.rma_id.name,
                }
            )
        scraps = self.env["stock.scrap"].create(vals_list)
        scraps.do_scrap()
        for found, scrap in zip(self, scraps, strict=True):
            scrap.move_ids.aftersales_disposition_id = found

    def _execute_repair(self):
        vals_list = []
        for found in self:
            warehouse = found._get_warehouse()
            source, _package, _owner = found._get_place()
            back = found._goes_back()
            target = source if back else warehouse.lot_stock_id
            vals_list.append(
                {
                    "company_id": found.company_id.id,
                    "partner_id": found.rma_id.partner_id.id,
                    "user_id": False,
                    "picking_type_id": warehouse.repair_type_id.id,
                    "picking_id": found.move_id.picking_id.id,
                    "product_id": found.product_id.id,
                    "product_qty": found.quantity,
                    "product_uom": found.uom_id.id,
                    "lot_id": found.lot_id.id,
                    "product_location_src_id": source.id,
                    "product_location_dest_id": target.id,
                    "internal_notes": found.findings,
                    "aftersales_asset_id": found.line_id._get_asset(found.lot_id).id,
                    "aftersales_disposition_id": found.id,
                }
            )
        for vals in vals_list:
            if not vals["aftersales_asset_id"]:
                # Then the unit is looked for by number or by customer and product.
                del vals["aftersales_asset_id"]
        self.env["repair.order"].create(vals_list)._action_repair_confirm()

    def _execute_vendor(self):
        groups = defaultdict(self.browse)
        for found in self:
            origin = found._get_purchase_move()
            partner = origin and origin._aftersales_get_vendor()
            partner = partner or found.product_id.seller_ids[:1].partner_id
            if not partner:
                raise UserError(
                    self.env._(
                        "To whom does %s go back? Add a vendor to the product, or "
                        "decide otherwise.",
                        found.product_id.display_name,
                    )
                )
            groups[found._get_warehouse(), partner] |= found
        for (warehouse, partner), group in groups.items():
            target = partner.with_company(warehouse.company_id).property_stock_supplier
            pickings = group._create_picking(
                warehouse.out_type_id, target, partner_id=partner.id
            )
            group._create_moves(pickings, lambda d, t=target: d._prepare_vendor_vals(t))

    def _prepare_vendor_vals(self, target):
        origin = self._get_purchase_move()
        vals = {"location_dest_id": target.id, "to_refund": bool(origin)}
        if origin:
            vals["origin_returned_move_id"] = origin.id
            if "purchase_line_id" in origin._fields:
                vals["purchase_line_id"] = origin.purchase_line_id.id
        return vals

    def _get_purchase_move(self):
        """Return the move by which the vendor delivered the lot, if it is known."""
        self.ensure_one()
        sold = self.line_id.move_id
        if sold.location_id.usage == "supplier":
            return sold  # a dropship
        if not self.lot_id:
            return self.env["stock.move"]
        line = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", self.lot_id.id),
                ("state", "=", "done"),
                ("move_id.location_id.usage", "=", "supplier"),
                ("company_id", "=", self.company_id.id),
            ],
            order="date desc, id desc",
            limit=1,
        )
        return line.move_id

    def _execute_customer(self):
        self._send_back()

    def _send_back(self):
        """Prepare the deliveries that bring goods back to their customers."""
        for (rma, warehouse), group in self.grouped(
            lambda d: (d.rma_id, d._get_warehouse())
        ).items():
            pickings = group._create_picking(
                warehouse.out_type_id,
                group.move_id[:1].location_id,
                partner_id=(rma.partner_shipping_id or rma.partner_id).id,
            )
            group._create_moves(pickings, lambda d: d._prepare_send_back_vals())

    def _prepare_send_back_vals(self):
        receipt = self.move_id
        return {
            "location_dest_id": receipt.location_id.id,
            "origin_returned_move_id": receipt.id,
            # What the receipt took off the order, its way back gives back to it.
            "to_refund": receipt.to_refund,
            "sale_line_id": receipt.sale_line_id.id,
            "aftersales_rma_line_id": self.line_id.id,
        }

    def _move_inside(self, get_target):
        """Move goods to another place of the company at once.

        :param get_target: a function of the warehouse that returns the location
        """
        for warehouse, group in self.grouped(lambda d: d._get_warehouse()).items():
            target = get_target(warehouse)
            picking = group._create_picking(warehouse.int_type_id, target)
            moves = group._create_moves(
                picking, lambda _d, t=target: {"location_dest_id": t.id}
            )
            moves.picked = True
            picking._action_done()

    def _get_place(self):
        """Return where the goods lie since their receipt.

        :return: ``(stock.location, stock.package, owner)``
        """
        self.ensure_one()
        lines = self.move_id.move_line_ids.filtered(lambda x: x.lot_id == self.lot_id)
        line = lines[:1]
        location = line.location_dest_id or self.move_id.location_dest_id
        if any(repair.state == "done" for repair in self.repair_ids):
            # A repair takes goods out of their package.
            return location, line.result_package_id.browse(), line.owner_id
        return location, line.result_package_id, line.owner_id

    def _get_warehouse(self):
        self.ensure_one()
        return self.rma_id.warehouse_id

    def _create_picking(self, picking_type, target, **vals):
        """Create one transfer for these goods.

        :param picking_type: ``stock.picking.type``
        :param target: ``stock.location``
        """
        rmas = self.rma_id
        names = rmas.mapped("name")
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": self.move_id.location_dest_id[:1].id,
                "location_dest_id": target.id,
                "company_id": self.company_id[:1].id,
                "origin": ", ".join(names[:3]) + (", …" if len(names) > 3 else ""),
                "aftersales_rma_id": rmas.id if len(rmas) == 1 else False,
                **vals,
            }
        )

    def _create_moves(self, picking, prepare):
        """Create and reserve the moves of a transfer, each with its lot.

        :param picking: ``stock.picking``
        :param prepare: a function of the disposition that returns more values
        """
        moves = self.env["stock.move"].create(
            [
                {
                    "picking_id": picking.id,
                    "picking_type_id": picking.picking_type_id.id,
                    "warehouse_id": picking.picking_type_id.warehouse_id.id,
                    "company_id": found.company_id.id,
                    "product_id": found.product_id.id,
                    "product_uom": found.uom_id.id,
                    "product_uom_qty": found.quantity,
                    "location_id": found.move_id.location_dest_id.id,
                    "partner_id": picking.partner_id.id,
                    "origin": picking.origin,
                    "procure_method": "make_to_stock",
                    "aftersales_disposition_id": found.id,
                    "move_line_ids": [
                        Command.create(found._prepare_move_line_vals(picking))
                    ],
                    **prepare(found),
                }
                for found in self
            ]
        )
        return moves._action_confirm(merge=False)

    def _prepare_move_line_vals(self, picking):
        self.ensure_one()
        target = picking.location_dest_id
        if target.usage == "internal":
            quantity = self.uom_id._compute_quantity(
                self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
            )
            target = target._get_putaway_strategy(self.product_id, quantity=quantity)
        location, package, owner = self._get_place()
        return {
            "picking_id": picking.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.uom_id.id,
            "quantity": self.quantity,
            "lot_id": self.lot_id.id,
            "location_id": location.id,
            "location_dest_id": target.id,
            "package_id": package.id,
            "owner_id": owner.id,
            "company_id": self.company_id.id,
        }
