from odoo import fields, models


class AftersalesCompanyAlertMixin(models.AbstractModel):
    """From how many claims on a company looks into its products."""

    _name = "aftersales.company.alert.mixin"
    _description = "Company That Watches Its Products"

    aftersales_claim_limit = fields.Float(
        string="Look Into Products From",
        digits=(16, 1),
        default=50.0,
        help="Claims per 1,000 units in service and year from which the person "
        "responsible for a product is told; a product can have a limit of its own. "
        "Zero: nobody is told.",
    )

    _aftersales_claim_limit_not_negative = models.Constraint(
        "CHECK (aftersales_claim_limit >= 0)", "The limit of claims is not negative."
    )
