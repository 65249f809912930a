from odoo import models


class AftersalesContractPortalMixin(models.AbstractModel):
    """What the customer sees of a contract, and may do with it."""

    _name = "aftersales.contract.portal.mixin"
    _description = "Contract on the Portal"
