from odoo import models


class AftersalesContractPlanningMixin(models.AbstractModel):
    """The visits that a contract promises, each planned once."""

    _name = "aftersales.contract.planning.mixin"
    _description = "Planning of a Contract"
