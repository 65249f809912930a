from odoo import fields, models


class AftersalesContractPrice(models.Model):
    """The price of a contract line from a day on: what it was, and what it became."""

    _name = "aftersales.contract.price"
    _description = "Price of a Contract Line"
    _order = "line_id, date_from desc, id desc"

    line_id = fields.Many2one(
        "aftersales.contract.line",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    contract_id = fields.Many2one(
        related="line_id.contract_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    date_from = fields.Date(string="From", required=True, readonly=True)
    price_unit = fields.Float(string="Price", digits="Product Price", readonly=True)
    index_value = fields.Float(string="Index", digits=(16, 4), readonly=True)

    _one_a_day = models.Constraint(
        "UNIQUE (line_id, date_from)", "There is a price from this day on already."
    )
