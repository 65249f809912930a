from odoo import fields, models


class AftersalesProductAlertMixin(models.AbstractModel):
    """From how many claims on somebody looks into a product."""

    _name = "aftersales.product.alert.mixin"
    _description = "Product That Is Watched"

    aftersales_claim_limit = fields.Float(
        string="Look Into It From",
        digits=(16, 1),
        groups="base.group_user",
        help="Claims per 1,000 units in service and year from which the person "
        "responsible for the product is told. Zero: as the settings say.",
    )

    _aftersales_claim_limit_not_negative = models.Constraint(
        "CHECK (aftersales_claim_limit >= 0)", "The limit of claims is not negative."
    )
