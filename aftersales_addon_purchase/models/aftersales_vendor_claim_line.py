from odoo import api, fields, models

CLAIM_ITEMS = [("parts", "Parts"), ("labour", "Labour"), ("shipping", "Shipping")]


class AftersalesVendorClaimLine(models.Model):
    """What a repair has cost us, and how much of it is asked of the supplier."""

    _name = "aftersales.vendor.claim.line"
    _description = "Line of a Supplier Claim"
    _order = "claim_id, sequence, id"

    claim_id = fields.Many2one(
        "aftersales.vendor.claim", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    item = fields.Selection(CLAIM_ITEMS, required=True, default="parts")
    name = fields.Char(string="Description", required=True)
    product_id = fields.Many2one("product.product")
    quantity = fields.Float(digits="Product Unit", default=1.0)
    move_id = fields.Many2one("stock.move", string="Used Part", readonly=True)
    company_id = fields.Many2one(related="claim_id.company_id", store=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Company"
    )
    currency_id = fields.Many2one(related="claim_id.currency_id", store=True)
    cost = fields.Monetary(
        string="Our Cost",
        currency_field="company_currency_id",
        help="What we have paid for it, less what the customer pays.",
    )
    share = fields.Float(
        string="Supplier (%)",
        compute="_compute_share",
        store=True,
        readonly=False,
        digits=(5, 2),
        help="The share that the supplier has agreed to pay.",
    )
    asked = fields.Monetary(compute="_compute_asked", store=True, readonly=False)
    accepted = fields.Monetary(copy=False)

    _amounts_not_negative = models.Constraint(
        "CHECK (cost >= 0 AND asked >= 0 AND accepted >= 0)",
        "The amounts of a claim cannot be negative.",
    )
    _accepted_within_asked = models.Constraint(
        "CHECK (accepted <= asked)", "The supplier cannot accept more than was asked."
    )
    _share_range = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A share is between 0 % and 100 %."
    )

    @api.depends("item", "claim_id.terms")
    def _compute_share(self):
        for line in self:
            line.share = (line.claim_id.terms or {}).get(line.item, 0.0)

    @api.depends("cost", "share", "currency_id")
    def _compute_asked(self):
        for line in self:
            claim = line.claim_id
            amount = line.cost * line.share / 100
            line.asked = (
                line.company_currency_id._convert(
                    amount, line.currency_id, line.company_id, claim._get_rate_day()
                )
                if line.currency_id
                else amount
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.claim_id._check_editable({"line_ids"})
        return lines

    def write(self, vals):
        self.claim_id._check_line_editable(vals.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self.claim_id._check_editable({"line_ids"})

    def _format_share(self):
        """Return the share of the supplier as it is printed."""
        self.ensure_one()
        share = self.env["res.lang"]._aftersales_format_number(self.share)
        return f"{share} %"
