from odoo import fields, models


class AftersalesRejectReason(models.Model):
    """A ready text that tells a customer why a return is rejected."""

    _name = "aftersales.reject.reason"
    _description = "Reason of Rejections"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    text = fields.Text(
        string="What the Customer Reads",
        required=True,
        translate=True,
        help="Put into the rejection in the customer's language. It can be changed "
        "before it is sent.",
    )
