from odoo import models


class AftersalesContractCoverageMixin(models.AbstractModel):
    """The warranty layers that a contract gives its units."""

    _name = "aftersales.contract.coverage.mixin"
    _description = "Coverage of a Contract"
