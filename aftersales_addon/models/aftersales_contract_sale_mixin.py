from odoo import models


class AftersalesContractSaleMixin(models.AbstractModel):
    """Where a contract came from: an order line, a warranty that ends, or by hand."""

    _name = "aftersales.contract.sale.mixin"
    _description = "Sale of a Contract"
