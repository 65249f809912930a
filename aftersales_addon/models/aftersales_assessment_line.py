from odoo import api, fields, models

from .aftersales_warranty_policy_line import ITEMS


class AftersalesAssessmentLine(models.Model):
    """Who pays which share of one item, and what it came to."""

    _name = "aftersales.assessment.line"
    _description = "Assessed Item"
    _order = "assessment_id desc, sequence, id"
    _rec_name = "item"

    assessment_id = fields.Many2one(
        "aftersales.assessment", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    item = fields.Selection(ITEMS, required=True, readonly=True)
    share = fields.Float(
        string="Warranty (%)", readonly=True, aggregator="avg", digits=(5, 2)
    )
    granted_share = fields.Float(
        string="Granted (%)",
        readonly=True,
        aggregator=None,
        digits=(5, 2),
        help="The share that is paid at least, warranty and goodwill together. 0: as "
        "the warranty says.",
    )
    goodwill_share = fields.Float(
        string="Goodwill (%)",
        compute="_compute_goodwill_share",
        store=True,
        aggregator="avg",
        digits=(5, 2),
    )
    customer_share = fields.Float(
        string="Customer (%)",
        compute="_compute_goodwill_share",
        store=True,
        aggregator="avg",
        digits=(5, 2),
    )
    warranty_id = fields.Many2one(
        "aftersales.warranty",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    warranty_name = fields.Char(
        string="Paying Warranty", related="warranty_id.version_id.name"
    )
    date_end = fields.Date(string="Last Covered Day", readonly=True)

    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(related="assessment_id.asset_id", store=True)
    product_id = fields.Many2one(related="assessment_id.product_id", store=True)
    partner_id = fields.Many2one(related="assessment_id.partner_id", store=True)
    date_reported = fields.Date(related="assessment_id.date_reported", store=True)
    amount_warranty = fields.Monetary(
        string="Paid by Warranty",
        compute="_compute_amounts",
        store=True,
        help="What the warranty took over, without taxes.",
    )
    amount_goodwill = fields.Monetary(
        string="Paid by Goodwill",
        compute="_compute_amounts",
        store=True,
        help="What was given beyond the warranty, without taxes.",
    )
    amount_customer = fields.Monetary(
        string="Paid by the Customer",
        compute="_compute_amounts",
        store=True,
        help="What is left for the customer, without taxes.",
    )

    _item_unique = models.Constraint(
        "UNIQUE (assessment_id, item)", "An item is assessed once."
    )
    _shares_range = models.Constraint(
        "CHECK (share >= 0 AND share <= 100"
        " AND granted_share >= 0 AND granted_share <= 100)",
        "A share is between 0 % and 100 %.",
    )

    @api.depends("share", "granted_share")
    def _compute_goodwill_share(self):
        for line in self:
            line.goodwill_share = max(0.0, line.granted_share - line.share)
            line.customer_share = 100.0 - line.share - line.goodwill_share

    @api.depends(
        "item",
        "assessment_id.sale_line_ids.aftersales_item",
        "assessment_id.sale_line_ids.aftersales_share",
        "assessment_id.sale_line_ids.aftersales_goodwill_share",
        "assessment_id.sale_line_ids.aftersales_discount_base",
        "assessment_id.sale_line_ids.price_subtotal",
        "assessment_id.sale_line_ids.price_unit",
        "assessment_id.sale_line_ids.product_uom_qty",
        "assessment_id.sale_line_ids.order_id.currency_rate",
        "assessment_id.sale_line_ids.order_id.state",
    )
    def _compute_amounts(self):
        for line in self:
            warranty = goodwill = customer = 0.0
            sale_lines = line.assessment_id.sale_line_ids.filtered(
                lambda s, item=line.item: (
                    s.aftersales_item == item and s.order_id.state != "cancel"
                )
            )
            for sale_line in sale_lines:
                rate = sale_line.order_id.currency_rate or 1.0
                whole = sale_line._aftersales_get_uncovered_subtotal() / rate
                warranty += whole * sale_line.aftersales_share / 100
                goodwill += whole * sale_line.aftersales_goodwill_share / 100
                customer += sale_line.price_subtotal / rate
            line.amount_warranty = warranty
            line.amount_goodwill = goodwill
            line.amount_customer = customer

    def _get_shown(self):
        """Return the lines as the readable answer shows them."""
        labels = dict(self._fields["item"]._description_selection(self.env))
        number = self.env["res.lang"]._aftersales_format_number
        return [
            {
                "label": labels[line.item],
                "share": number(line.share),
                "goodwill": number(line.goodwill_share),
                "is_goodwill": bool(line.goodwill_share or line.granted_share),
                "customer": number(line.customer_share),
                # sudo: who may see the answer may see what the warranty is called.
                "warranty": line.sudo().warranty_name or "",
                "end": line.asset_id._format_day(line.date_end)
                if line.date_end
                else "",
            }
            for line in self
        ]

    def _format_granted(self):
        """Return what is paid in all in words."""
        self.ensure_one()
        labels = dict(self._fields["item"]._description_selection(self.env))
        share = self.env["res.lang"]._aftersales_format_number(self.granted_share)
        return f"{labels[self.item]} {share} %"
