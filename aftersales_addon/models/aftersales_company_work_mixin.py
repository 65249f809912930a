from odoo import fields, models


class AftersalesCompanyWorkMixin(models.AbstractModel):
    """When work on returns is late, and which returns a person looks at first."""

    _name = "aftersales.company.work.mixin"
    _description = "Work on Returns in a Company"

    aftersales_late_decision_days = fields.Integer(
        string="Decision Late After",
        default=2,
        help="Days after the request. 0: never.",
    )
    aftersales_late_receipt_days = fields.Integer(
        string="Goods Late After",
        default=14,
        help="Days after the approval. 0: never.",
    )
    aftersales_late_inspection_days = fields.Integer(
        string="Inspection Late After",
        default=3,
        help="Days after the goods came. 0: never.",
    )
    aftersales_late_refund_days = fields.Integer(
        string="Refund Late After",
        default=7,
        help="Days after all goods came; after the approval where the customer keeps "
        "them. 0: never.",
    )

    _aftersales_late_days_not_negative = models.Constraint(
        "CHECK (aftersales_late_decision_days >= 0"
        " AND aftersales_late_receipt_days >= 0"
        " AND aftersales_late_inspection_days >= 0"
        " AND aftersales_late_refund_days >= 0)",
        "The days after which work is late are not negative.",
    )
    aftersales_flag_returns = fields.Integer(
        string="Many Returns from",
        default=5,
        help="A customer with so many returns received in twelve months is looked at, "
        "if the share below is exceeded, too. 0: never.",
    )
    aftersales_flag_share = fields.Float(
        string="Share of Units Sent Back",
        default=50.0,
        help="In percent of the units delivered in twelve months. What came back "
        "through a fault of the product, of us or of the carrier does not count.",
    )
    aftersales_flag_used_units = fields.Float(
        string="Used Goods from",
        digits="Product Unit",
        default=3.0,
        help="A customer who sent back so many units in twelve months that were no "
        "longer wanted, and were graded, is looked at, if the share below is "
        "exceeded, too. 0: never.",
    )
    aftersales_flag_used_share = fields.Float(
        string="Share of Used Goods",
        default=50.0,
        help="In percent of the units that were no longer wanted and were graded: "
        "those found used, damaged or worthless (C, D or E).",
    )
    aftersales_flag_serial = fields.Boolean(
        string="Look at Strange Serial Numbers",
        default=True,
        help="A number that was not sold to the customer, or another number than the "
        "announced one in an earlier return.",
    )

    _aftersales_flags_not_negative = models.Constraint(
        "CHECK (aftersales_flag_returns >= 0 AND aftersales_flag_share >= 0"
        " AND aftersales_flag_used_units >= 0 AND aftersales_flag_used_share >= 0)",
        "The limits from which a return is looked at are not negative.",
    )
