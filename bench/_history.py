"""Years of deliveries, written straight into the tables.

One delivery of each kind is made by Odoo itself and then copied as rows, many times
over: orders with their lines, pickings, moves, move lines and serial numbers. To the
addon such rows look like what a company did before it installed the addon.
"""

from dataclasses import dataclass
from unittest.mock import patch

from odoo.fields import Command

# What 100 units are made of: 40 moves without numbers, 20 moves of a lot, and 8 moves
# of 5 serial numbers each. Of every 50 moves without numbers one came back.
LINES_PER_SERIAL_MOVE = 5
ONE_RETURN_IN = 50
CUSTOMERS = 1000
DAYS = 700


@dataclass
class Kind:
    """A way in which goods are tracked, with the rows to copy."""

    tracking: str
    moves: int
    lines: int
    move: object = None
    lots: object = None


class History:
    """Builds the rows; ``units`` is what a backfill is to create."""

    def __init__(self, env, units):
        self.env = env
        self.units = units
        self.kinds = [
            Kind("none", units * 40 // 100, 1),
            Kind("lot", units * 20 // 100, 1),
            Kind("serial", units * 40 // 100 // LINES_PER_SERIAL_MOVE, 5),
        ]
        self.moves = sum(kind.moves for kind in self.kinds)
        self.returns = self.kinds[0].moves // ONE_RETURN_IN

    def build(self):
        """Write the rows and commit them."""
        policy = self.env["aftersales.warranty.policy"].create(
            {"name": "Two years", "duration": 24}
        )
        for kind in self.kinds:
            self._make_prototype(kind, policy)
        self.env.flush_all()
        partners = self._copy(
            "res_partner",
            self.kinds[0].move.partner_id.id,
            CUSTOMERS,
            name="'Customer ' || g",
            commercial_partner_id="{id}",
            complete_name="'Customer ' || g",
        )
        for kind in self.kinds:
            self._copy_kind(kind, partners)
        self.env.cr.commit()
        for table in ("stock_move", "stock_move_line", "stock_lot", "sale_order_line"):
            self.env.cr.execute(f"ANALYZE {table}")
        self.env.cr.commit()
        self.env.invalidate_all()

    def _make_prototype(self, kind, policy):
        env = self.env
        product = env["product.product"].create(
            {
                "name": f"Goods {kind.tracking}",
                "type": "consu",
                "is_storable": True,
                "tracking": kind.tracking,
                "aftersales_policy_ids": policy.ids,
            }
        )
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        lot = env["stock.lot"]
        if kind.tracking != "none":
            lot = lot.create(
                {"name": f"Prototype {kind.tracking}", "product_id": product.id}
            )
        env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, 1, lot_id=lot
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Customer"}).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 1})
                ],
            }
        )
        order.action_confirm()
        with patch.object(
            env.registry["stock.move"],
            "_aftersales_process_done",
            lambda moves, asset_vals=None: moves.env["aftersales.asset"],
        ):
            order.picking_ids.button_validate()
        kind.move, kind.lots = order.picking_ids.move_ids, lot

    def _copy_kind(self, kind, partners):
        move = kind.move
        partner = f"{partners} + g % {CUSTOMERS}"
        day = f"now() at time zone 'utc' - (g % {DAYS} + 1) * interval '1 day'"
        order = self._copy(
            "sale_order",
            move.sale_line_id.order_id.id,
            kind.moves,
            partner_id=partner,
            partner_shipping_id=partner,
            partner_invoice_id=partner,
            name=f"'{kind.tracking}' || g",
            date_order=day,
        )
        line = self._copy(
            "sale_order_line",
            move.sale_line_id.id,
            kind.moves,
            order_id=f"{order} + g",
            order_partner_id=partner,
        )
        picking = self._copy(
            "stock_picking",
            move.picking_id.id,
            kind.moves,
            partner_id=partner,
            sale_id=f"{order} + g",
            name=f"'OUT/{kind.tracking}/' || g",
            date_done=day,
        )
        first = self._copy(
            "stock_move",
            move.id,
            kind.moves,
            partner_id=partner,
            picking_id=f"{picking} + g",
            sale_line_id=f"{line} + g",
            quantity=kind.lines,
            product_uom_qty=kind.lines,
            product_qty=kind.lines,
            date=day,
        )
        self._copy_lines(kind, first, picking, day)
        if kind.tracking == "none":
            self._copy_returns(kind, first, day)

    def _copy_lines(self, kind, first, picking, day):
        lot = "NULL"
        if kind.tracking == "serial":
            serials = self._copy(
                "stock_lot",
                kind.lots.id,
                kind.moves * kind.lines,
                name="'SN' || lpad(g::text, 8, '0')",
            )
            lot = f"{serials} + g"
        elif kind.tracking == "lot":
            lots = self._copy("stock_lot", kind.lots.id, 200, name="'LOT' || g")
            lot = f"{lots} + g % 200"
        self._copy(
            "stock_move_line",
            kind.move.move_line_ids.id,
            kind.moves * kind.lines,
            move_id=f"{first} + g / {kind.lines}",
            picking_id=f"{picking} + g / {kind.lines}",
            lot_id=lot,
            date=day,
        )

    def _copy_returns(self, kind, first, day):
        back = self._copy(
            "stock_move",
            kind.move.id,
            self.returns,
            origin_returned_move_id=f"{first} + g * {ONE_RETURN_IN}",
            sale_line_id="NULL",
            picking_id="NULL",
            location_id=kind.move.location_dest_id.id,
            location_dest_id=kind.move.location_id.id,
            to_refund="true",
            date="now() at time zone 'utc' - interval '1 hour'",
        )
        self._copy(
            "stock_move_line",
            kind.move.move_line_ids.id,
            self.returns,
            move_id=f"{back} + g",
            picking_id="NULL",
            location_id=kind.move.location_dest_id.id,
            location_dest_id=kind.move.location_id.id,
        )

    def _copy(self, table, source, count, **values):
        """Copy a row ``count`` times; return the id of the first copy.

        In ``values``, ``g`` is the number of the copy from 0, ``{id}`` its id.
        """
        cr = self.env.cr
        cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            (table,),
        )
        columns = [name for (name,) in cr.fetchall() if name != "id"]
        cr.execute(f"SELECT MAX(id) + 1 FROM {table}")
        first = cr.fetchone()[0]
        chosen = [
            str(values[name]).format(id=f"{first} + g")
            if name in values
            else f'"{name}"'
            for name in columns
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        cr.execute(
            f"INSERT INTO {table} (id, {names})"
            f" SELECT {first} + g, {', '.join(chosen)}"
            f" FROM {table}, generate_series(0, {count - 1}) AS g WHERE id = {source}"
        )
        cr.execute(f"SELECT setval('{table}_id_seq', %s)", (first + count,))
        return first
