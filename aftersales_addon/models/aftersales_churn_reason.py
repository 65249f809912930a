from odoo import fields, models


class AftersalesChurnReason(models.Model):
    """Why a contract ended: for the figures of those who want to keep customers."""

    _name = "aftersales.churn.reason"
    _description = "Reason to End a Contract"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    by = fields.Selection(
        [("customer", "The Customer"), ("us", "Us"), ("nobody", "Nobody")],
        string="Ended By",
        default="customer",
        required=True,
        help="Only what customers end counts as lost.",
    )

    _name_unique = models.Constraint("UNIQUE (name)", "This reason exists already.")
