from odoo import api, fields, models

# How often a unit of time fits into a year.
IN_A_YEAR = {"day": 365.0, "week": 365.0 / 7, "month": 12.0, "year": 1.0}


class AftersalesContractAmountMixin(models.AbstractModel):
    """What a contract is worth, for lists and figures."""

    _name = "aftersales.contract.amount.mixin"
    _description = "Value of a Contract"

    currency_id = fields.Many2one("res.currency")
    amount_period = fields.Monetary(
        string="Each Period",
        compute="_compute_amounts",
        store=True,
        help="What is invoiced for a whole period, without taxes.",
    )
    billing_label = fields.Char(compute="_compute_billing_label")
    amount_year = fields.Monetary(
        string="Value of a Year",
        compute="_compute_amounts",
        store=True,
        help="Without taxes and without what is charged by the visit.",
    )

    @api.depends(
        "billing_count",
        "billing_unit",
        "price_basis",
        "currency_id",
        "line_ids.price_unit",
        "line_ids.quantity",
        "line_ids.discount",
        "line_ids.date_to",
        "line_ids.is_undone",
        "date_end",
    )
    def _compute_amounts(self):
        for contract in self:
            # What left the contract is not worth anything any more.
            lines = contract.line_ids.filtered(
                lambda x, end=contract.date_end: (
                    not x.is_undone and (not x.date_to or x.date_to == end)
                )
            )
            amount = 0.0
            if contract.price_basis != "visit":
                amount = sum(
                    line.price_unit * line.quantity * (1 - line.discount / 100)
                    for line in lines
                )
            count = max(contract.billing_count, 1)
            year = amount * IN_A_YEAR[contract.billing_unit or "month"] / count
            currency = contract.currency_id or self.env.company.currency_id
            contract.amount_period = currency.round(amount)
            contract.amount_year = currency.round(year)

    @api.depends("billing_count", "billing_unit")
    @api.depends_context("lang")
    def _compute_billing_label(self):
        for contract in self:
            contract.billing_label = contract._format_rhythm(
                contract.billing_count, contract.billing_unit
            )
