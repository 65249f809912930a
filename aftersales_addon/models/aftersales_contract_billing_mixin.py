from odoo import models


class AftersalesContractBillingMixin(models.AbstractModel):
    """What of a contract is to be invoiced, when, and for which days."""

    _name = "aftersales.contract.billing.mixin"
    _description = "Invoices of a Contract"
