from odoo import models


class AftersalesContractRenewalMixin(models.AbstractModel):
    """Notice, reminders, further terms, and why customers leave."""

    _name = "aftersales.contract.renewal.mixin"
    _description = "Renewal of a Contract"
