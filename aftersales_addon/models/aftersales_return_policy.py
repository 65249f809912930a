from odoo import api, fields, models
from odoo.exceptions import UserError

# Addons add more: each code has a field allow_<code> on the policy.
REMEDIES = [
    ("refund", "Refund"),
    ("replacement", "Replacement"),
    ("exchange", "Exchange"),
    ("repair", "Repair"),
]


class AftersalesReturnPolicy(models.Model):
    """What customers may give back, until when, and what it costs them."""

    _name = "aftersales.return.policy"
    _description = "Return Policy"
    _order = "sequence, name, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    is_final_sale = fields.Boolean(
        string="Final Sale",
        help="Not taken back at all. Defects are still looked at under the warranty.",
    )
    window_days = fields.Integer(
        string="Return Window",
        default=30,
        help="Days after the delivery in which a return can be asked for. The day of "
        "the delivery is not counted. 0: no limit.",
    )
    fee_type = fields.Selection(
        [("none", "No Fee"), ("percent", "Percent"), ("fixed", "Fixed Amount")],
        string="Restocking Fee",
        required=True,
        default="none",
    )
    fee_percent = fields.Float(string="Fee (%)")
    fee_amount = fields.Monetary(string="Fee per Unit", currency_field="currency_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    fee_product_id = fields.Many2one(
        "product.product",
        string="Fee Is Booked As",
        domain=[("type", "=", "service")],
        check_company=True,
    )
    is_fee_waived_on_fault = fields.Boolean(
        string="No Fee When It Is Not the Customer's Fault", default=True
    )
    shipping_payer = fields.Selection(
        [("company", "We do"), ("customer", "The customer does")],
        string="Who Pays the Way Back",
        required=True,
        default="customer",
        help="When the reason does not say it.",
    )
    shipping_fee = fields.Monetary(
        string="Deducted for the Way Back",
        currency_field="currency_id",
        help="Once for each return, from the refund of a customer who pays the way "
        "back by our label. With the taxes where prices include them. 0: the customer "
        "pays the carrier.",
    )
    shipping_fee_product_id = fields.Many2one(
        "product.product",
        string="The Way Back Is Booked As",
        domain=[("type", "=", "service")],
        check_company=True,
        help="Gives the account and the taxes of what is deducted. Empty: those of "
        "the goods.",
    )
    refund_delivery = fields.Selection(
        [
            ("never", "Never"),
            ("full", "When everything comes back"),
            ("fault", "When we or the product are at fault"),
            ("both", "When everything comes back, or it is our fault"),
        ],
        string="Refund the Outbound Delivery",
        required=True,
        default="never",
        help="What the customer paid for the delivery of the order. In the European "
        "Union, a consumer who withdraws from the whole order gets it back.",
    )
    shipping_cost = fields.Monetary(
        string="Cost of the Way Back",
        currency_field="currency_id",
        help="What a return costs us to be shipped, for the figures. Not for returns "
        "that customers send at their own cost.",
    )
    handling_cost = fields.Monetary(
        string="Handling per Unit",
        currency_field="currency_id",
        help="What it costs us to receive and inspect a unit, for the figures.",
    )
    refund_online = fields.Boolean(
        string="Pay Online Payments Back by Themselves",
        help="Once the credit note is posted, the payment provider pays back what was "
        "paid online. Otherwise a person does so with a button on the return.",
    )
    photo_required = fields.Boolean(string="Photos Wanted")
    approve_limit = fields.Monetary(
        string="Approved by Itself up to",
        currency_field="currency_id",
        help="Requests of at most this value, by the book, need no person. 0: a "
        "person looks at each.",
    )
    allow_refund = fields.Boolean(default=True)
    allow_replacement = fields.Boolean(default=True)
    allow_exchange = fields.Boolean(default=True)
    allow_repair = fields.Boolean(default=True)
    allow_advance = fields.Boolean(
        string="Advance Replacement",
        help="The replacement may leave before the old unit has come back.",
    )
    advance_days = fields.Integer(
        string="Days to Send the Old Unit",
        default=14,
        help="After an advance replacement was sent. Then the replacement can be "
        "invoiced.",
    )
    allow_keep = fields.Boolean(
        string="Refund Without Return",
        help="An agent may let the customer keep the goods.",
    )
    instructions = fields.Html(
        translate=True, help="How to pack and send: for the customer, once approved."
    )

    _window_not_negative = models.Constraint(
        "CHECK (window_days >= 0 AND window_days <= 36500)",
        "The return window is between 0 days (no limit) and a century.",
    )
    _fee_range = models.Constraint(
        "CHECK (fee_percent >= 0 AND fee_percent <= 100 AND fee_amount >= 0)",
        "A fee is at least 0 and at most 100 %.",
    )
    _shipping_not_negative = models.Constraint(
        "CHECK (shipping_fee >= 0 AND shipping_cost >= 0 AND handling_cost >= 0)",
        "What the way back and the handling cost is 0 or more.",
    )
    _advance_not_negative = models.Constraint(
        "CHECK (advance_days >= 0)", "The days to send the old unit start at 0."
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        lines = self.env["aftersales.rma.line"].sudo()
        if lines.search_count([("policy_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Returns were decided by this policy. Archive it instead: what "
                    "was decided keeps its reason."
                )
            )

    def _get_allowed_remedies(self):
        """Return the codes of the remedies that the policy allows."""
        self.ensure_one()
        codes = self.env["aftersales.rma.line"]._fields["remedy"].get_values(self.env)
        return [code for code in codes if self[f"allow_{code}"]]

    def _get_last_day(self, delivery_day):
        """Return the last day on which a return can be asked for, or None.

        :param date delivery_day: the day of the delivery, which is not counted
        """
        self.ensure_one()
        if not self.window_days:
            return None
        return fields.Date.add(delivery_day, days=self.window_days)
