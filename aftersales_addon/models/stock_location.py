from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_outgoing(self):
        # The platform looks its place between companies up in the database for each
        # move of an order. Its number is known, so are those that a place is within.
        find = self.env["ir.model.data"]._xmlid_to_res_id
        number = find("stock.stock_location_inter_company", raise_if_not_found=False)
        path = (self.parent_path or "").split("/")
        if self.usage != "customer" and number and path != [""]:
            return str(number) in path
        return super()._is_outgoing()
