"""Visits with a checklist, a van with parts, and a technician."""

import base64
import io

from PIL import Image

from odoo.fields import Command
from odoo.tests import new_test_user

from .contract_common import ContractCommon


def make_photo(color="red", size=(40, 30), kind="JPEG", mode="RGB"):
    """Return a small picture, in base64."""
    stream = io.BytesIO()
    Image.new(mode, size, 1 if mode == "1" else color).save(stream, kind)
    return base64.b64encode(stream.getvalue()).decode()


class VisitWorkCommon(ContractCommon):
    """A technician with a van, in which there are parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.van = cls.env["stock.location"].create(
            {"name": "Van 3", "location_id": cls.stock.id, "usage": "internal"}
        )
        cls.user_technician.aftersales_location_id = cls.van
        cls.filter = cls._make_product("Filter", "none", barcode="4006381333931")
        cls.filter.standard_price = 20.0
        cls.board = cls._make_product("Control board", "serial")
        cls.board_lot = cls._make_lots(cls.board, "BOARD-1")
        cls.oil = cls._make_product("Oil", "lot")
        cls.oil_lot = cls._make_lots(cls.oil, "OIL-1")
        cls.checklist = cls.env["aftersales.checklist"].create(
            {
                "name": "Yearly check",
                "item_ids": [
                    Command.create(vals)
                    for vals in (
                        {"name": "Cleaned", "kind": "tick", "is_required": True},
                        {
                            "name": "Pressure",
                            "kind": "value",
                            "is_required": True,
                            "value_unit": "bar",
                            "has_limits": True,
                            "value_min": 1.5,
                            "value_max": 2.5,
                        },
                        {"name": "Nameplate", "kind": "photo"},
                        {"name": "Remarks", "kind": "text"},
                    )
                ],
            }
        )

    def _other_technician(self):
        return new_test_user(
            self.env,
            "other_technician",
            groups="aftersales_addon.aftersales_group_technician",
        )

    @classmethod
    def _stock_van(cls, product, quantity=1.0, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.van, quantity, lot_id=lot
        )

    @classmethod
    def _work(cls, units=None, **vals):
        """A visit of the technician that has begun, as the technician sees it."""
        visit = cls._visit(
            units,
            **{
                "user_id": cls.user_technician.id,
                "checklist_id": cls.checklist.id,
                **vals,
            },
        )
        visit = visit.with_user(cls.user_technician)
        visit.action_begin()
        return visit

    def _answer(self, visit, value=2.0):
        """Fill in what is required."""
        checks = visit.check_ids
        checks.filtered(lambda c: c.kind == "tick").write({"is_ticked": True})
        checks.filtered(lambda c: c.kind == "value").write({"value": value})

    def _part(self, visit, product, **vals):
        return (
            self.env["aftersales.visit.part"]
            .with_user(visit.env.user)
            .create({"visit_id": visit.id, "product_id": product.id, **vals})
        )

    def _on_hand(self, product, location, lot=None):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                *([("lot_id", "=", lot.id)] if lot else []),
            ]
        )
        return sum(quants.mapped("quantity"))
