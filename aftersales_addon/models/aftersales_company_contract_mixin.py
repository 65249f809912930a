from odoo import fields, models

from ..tools.spans import DAY


class AftersalesCompanyContractMixin(models.AbstractModel):
    """How contracts are invoiced in a company."""

    _name = "aftersales.company.contract.mixin"
    _description = "Contracts in a Company"

    aftersales_contract_invoice_post = fields.Selection(
        [
            ("draft", "Leave Them as Drafts"),
            ("post", "Confirm Them"),
            ("post_and_send", "Confirm and Send Them"),
        ],
        string="New Invoices of Contracts",
        default="draft",
        required=True,
        help="In a time that accounting has closed, the platform dates an invoice to "
        "the next open day.",
    )
    aftersales_contract_invoice_grouping = fields.Selection(
        [("contract", "For Each Contract"), ("customer", "For Each Customer")],
        string="One Invoice",
        default="contract",
        required=True,
        help="For each customer: what is due on one day of all contracts with the same "
        "invoice address and currency.",
    )

    aftersales_visit_labour_product_id = fields.Many2one(
        "product.product",
        string="Hour of Work",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="How the time of technicians is charged where no contract has it in its "
        "price. Empty: it is not charged by the hour.",
    )
    aftersales_visit_travel_product_id = fields.Many2one(
        "product.product",
        string="Hour on the Way",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="As for an hour of work. The product says that it counts as travel.",
    )

    def _aftersales_get_invoice_date(self):
        """Return today, or the next day that accounting has not closed for sales."""
        self.ensure_one()
        today = self._aftersales_today()
        locks = self._get_lock_date_violations(
            today, fiscalyear=True, sale=True, purchase=False, tax=True, hard=True
        )
        return max((lock[0] for lock in locks), default=today - DAY) + DAY
