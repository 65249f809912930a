from odoo import fields, models


class AftersalesContractLine(models.Model):
    """What a contract is about and what it costs: an installed product, or a fee.

    A line with an installed product is under the contract from its first to its last
    day; a line with a price is invoiced for that time.
    """

    _name = "aftersales.contract.line"
    _description = "Line of a Contract"
    _inherit = [
        "aftersales.contract.line.billing.mixin",
        "aftersales.contract.line.unit.mixin",
        "aftersales.contract.line.split.mixin",
        "aftersales.contract.line.coverage.mixin",
        "aftersales.contract.part.mixin",
        "aftersales.company.check.mixin",
        "analytic.mixin",
    ]
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    commercial_partner_id = fields.Many2one(related="contract_id.commercial_partner_id")
    contract_state = fields.Selection(related="contract_id.state")
    sequence = fields.Integer(default=10)
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Invoiced As",
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service')]",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold By",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="base.group_user",
    )
    name = fields.Text(string="Description", required=True)
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price_unit = fields.Float(
        string="Price",
        digits="Product Price",
        help="For one period of the invoices, without taxes where the taxes are not "
        "in the price.",
    )
    price_base = fields.Float(
        string="Price at the Start",
        digits="Product Price",
        readonly=True,
        copy=False,
        help="What indexation counts from.",
    )
    discount = fields.Float(string="Discount (%)", digits="Discount")
    tax_ids = fields.Many2many("account.tax", string="Taxes", check_company=True)
    date_from = fields.Date(string="From", help="The first day, included.")
    date_to = fields.Date(
        string="To", help="The last day, included. Empty: to the end."
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A line of a contract cannot end before it starts.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a line is above zero."
    )
    _discount_in_percent = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)",
        "The discount lies between 0 and 100 percent.",
    )

    def _get_span(self):
        """Return the first and the last day that the line counts, both included.

        That is its own time within that of the contract.

        :return: ``(date, date)``; None for a line that never counts, because the
            contract ends before it begins, or because it was undone
        """
        self.ensure_one()
        if self.is_undone:
            return None
        contract = self.contract_id
        first = max(self.date_from or contract.date_start, contract.date_start)
        last = min(self.date_to or contract.date_end, contract.date_end)
        return (first, last) if first <= last else None

    def _is_in_span(self, day):
        """Tell whether the line counts on a day.

        :param date day: a day of the company
        """
        self.ensure_one()
        span = self._get_span()
        return bool(span) and span[0] <= day <= span[1]
