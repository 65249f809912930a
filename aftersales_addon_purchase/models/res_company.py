from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_vendor_answer_days = fields.Integer(
        string="Days for the Supplier's Answer",
        default=14,
        help="So many days after a claim was sent, its responsible is reminded to ask "
        "for the answer. 0: no reminder.",
    )

    _aftersales_vendor_answer_days_range = models.Constraint(
        "CHECK (aftersales_vendor_answer_days BETWEEN 0 AND 3650)",
        "The days for an answer are between 0 and 3650.",
    )
