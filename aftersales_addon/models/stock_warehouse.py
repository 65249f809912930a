from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    aftersales_return_loc_id = fields.Many2one(
        "stock.location",
        string="Returned Goods",
        check_company=True,
        copy=False,
        help="Where returned goods wait for their inspection. It is not a part of the "
        "warehouse's stock, so they cannot be sold.",
    )
    aftersales_return_type_id = fields.Many2one(
        "stock.picking.type",
        string="Receipt of Returns",
        check_company=True,
        copy=False,
    )
    aftersales_quarantine_loc_id = fields.Many2one(
        "stock.location",
        string="Quarantine",
        check_company=True,
        copy=False,
        help="Where inspected goods are kept apart. They cannot be sold.",
    )

    def _aftersales_get_return_type(self):
        """Return the operation type that receives returns, made when first needed.

        :return: ``stock.picking.type``
        """
        self.ensure_one()
        # sudo: whoever approves a return may not set up a warehouse.
        warehouse = self.sudo()
        if not warehouse.aftersales_return_loc_id:
            warehouse.aftersales_return_loc_id = (
                self.env["stock.location"]
                .sudo()
                .create(warehouse._prepare_aftersales_return_location_vals())
            )
        if not warehouse.aftersales_return_type_id:
            warehouse.aftersales_return_type_id = (
                self.env["stock.picking.type"]
                .sudo()
                .create(warehouse._prepare_aftersales_return_type_vals())
            )
        return warehouse.aftersales_return_type_id

    def _aftersales_get_quarantine(self):
        """Return the location of goods that are kept apart, made when first needed.

        :return: ``stock.location``
        """
        self.ensure_one()
        self._aftersales_get_return_type()
        # sudo: as for the operation type.
        warehouse = self.sudo()
        if not warehouse.aftersales_quarantine_loc_id:
            warehouse.aftersales_quarantine_loc_id = (
                self.env["stock.location"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Quarantine"),
                        "usage": "internal",
                        "company_id": warehouse.company_id.id,
                        "location_id": warehouse.aftersales_return_loc_id.id,
                    }
                )
            )
        return warehouse.aftersales_quarantine_loc_id

    def _prepare_aftersales_return_location_vals(self):
        return {
            "name": self.env._("%s Returns", self.code),
            "usage": "internal",
            "company_id": self.company_id.id,
            # Beside the warehouse, not in it: what waits here is not on hand.
            "location_id": self.view_location_id.location_id.id,
        }

    def _prepare_aftersales_return_type_vals(self):
        customers = self.env.ref("stock.stock_location_customers")
        return {
            "name": self.env._("Returns"),
            "code": "incoming",
            "sequence_code": "RMA",
            "warehouse_id": self.id,
            "company_id": self.company_id.id,
            "default_location_src_id": customers.id,
            "default_location_dest_id": self.aftersales_return_loc_id.id,
            "return_picking_type_id": self.out_type_id.id,
            "use_create_lots": True,
            "use_existing_lots": True,
        }
