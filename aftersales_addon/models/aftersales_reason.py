from odoo import fields, models


class AftersalesReason(models.Model):
    """Why goods come back or help is asked for."""

    _name = "aftersales.reason"
    _description = "Reason"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    fault = fields.Selection(
        [
            ("product", "The product"),
            ("us", "Us"),
            ("carrier", "The carrier"),
            ("customer", "The customer"),
            ("nobody", "Nobody"),
        ],
        string="Who Caused It",
        required=True,
        default="nobody",
        help="For the figures of quality, and for who pays the way back.",
    )
    shipping_payer = fields.Selection(
        [("company", "We do"), ("customer", "The customer does")],
        string="Who Pays the Way Back",
        help="Empty: as the return policy says.",
    )
    photo_required = fields.Boolean(
        string="Photos Wanted", help="The customer adds a photo to the request."
    )
    is_defect = fields.Boolean(
        string="Is a Defect",
        help="The request is also looked at under the warranty of the unit, and "
        "service cases can have it as their symptom.",
    )
    is_for_returns = fields.Boolean(
        string="For Returns",
        default=True,
        help="Can be chosen for a return. Symptoms that are helped with otherwise need "
        "not.",
    )
    description = fields.Text(
        translate=True, help="What the customer reads when choosing this reason."
    )
