from odoo import fields, models


class AftersalesContractChangeLine(models.TransientModel):
    """The new price of a line."""

    _name = "aftersales.contract.change.line"
    _description = "New Price of a Contract Line"

    change_id = fields.Many2one(
        "aftersales.contract.change", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("aftersales.contract.line", required=True)
    name = fields.Text(related="line_id.name")
    asset_id = fields.Many2one(related="line_id.asset_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Float(string="Price", digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")

    def _get_changes(self, names):
        """Return what is different from the line of the contract.

        :param list names: the fields that are of interest
        """
        self.ensure_one()
        return {name: self[name] for name in names if self[name] != self.line_id[name]}
