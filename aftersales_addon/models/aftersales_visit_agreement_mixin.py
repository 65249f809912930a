from odoo import fields, models


class AftersalesVisitAgreementMixin(models.AbstractModel):
    """What a visit costs is told before it takes place, and agreed on."""

    _name = "aftersales.visit.agreement.mixin"
    _description = "Agreement to the Price of a Visit"

    agreement = fields.Selection(
        [
            ("none", "Not Needed"),
            ("asked", "Asked For"),
            ("given", "Given"),
            ("refused", "Refused"),
        ],
        string="Agreement to the Price",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="A visit that is charged takes place once the customer has agreed.",
    )
    agreed_amount = fields.Monetary(
        string="Agreed Price",
        currency_field="agreed_currency_id",
        readonly=True,
        copy=False,
        help="What the customer was shown, with taxes.",
    )
    agreed_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    agreed_by = fields.Char(readonly=True, copy=False)
    date_agreed = fields.Datetime(string="Answered On", readonly=True, copy=False)
