from odoo import models


class AftersalesContractCaseMixin(models.AbstractModel):
    """Cases of units under a contract: promised times and quota."""

    _name = "aftersales.contract.case.mixin"
    _description = "Service Cases under a Contract"
