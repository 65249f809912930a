from odoo import fields, models


class AftersalesProvisionPeriodLine(models.Model):
    """How the provisions for one product moved in one month."""

    _name = "aftersales.provision.period.line"
    _description = "Warranty Provisions of a Product in a Month"
    _order = "period_id, product_id, id"
    _rec_name = "product_id"

    period_id = fields.Many2one(
        "aftersales.provision.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_to = fields.Date(related="period_id.date_to", store=True, string="Month")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    product_categ_id = fields.Many2one(
        related="product_id.categ_id", store=True, string="Product Category"
    )
    opening = fields.Monetary(
        readonly=True, aggregator=None, help="At the beginning of the month."
    )
    issued = fields.Monetary(
        string="Set Aside", readonly=True, help="For units delivered in the month."
    )
    estimate = fields.Monetary(
        string="Change of Estimate",
        readonly=True,
        help="The expected cost of units sold before was changed.",
    )
    settled = fields.Monetary(
        string="Used", readonly=True, help="What repairs and replacements cost."
    )
    recovered = fields.Monetary(
        string="Paid by Suppliers",
        readonly=True,
        help="What suppliers have credited for costs under warranty.",
    )
    released = fields.Monetary(
        readonly=True,
        help="Left of the shares of units whose cover ended or that came back.",
    )
    topped_up = fields.Monetary(
        string="Cost More",
        readonly=True,
        help="What units whose cover ended had cost beyond their share.",
    )
    closing = fields.Monetary(
        readonly=True, aggregator=None, help="At the end of the month."
    )
