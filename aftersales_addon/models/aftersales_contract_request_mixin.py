from odoo import models


class AftersalesContractRequestMixin(models.AbstractModel):
    """Customers ask for a visit that their contract promises."""

    _name = "aftersales.contract.request.mixin"
    _description = "Requests under a Contract"
