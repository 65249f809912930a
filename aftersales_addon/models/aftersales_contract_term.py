from odoo import api, fields, models


class AftersalesContractTerm(models.Model):
    """A term that is over, and what became of the contract then."""

    _name = "aftersales.contract.term"
    _description = "Term of a Contract"
    _order = "date_end desc, id desc"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    plan_id = fields.Many2one(related="contract_id.plan_id", store=True)
    commercial_partner_id = fields.Many2one(
        related="contract_id.commercial_partner_id", store=True
    )
    user_id = fields.Many2one(related="contract_id.user_id", store=True)
    number = fields.Integer(readonly=True, help="The first term is number 0.")
    date_end = fields.Date(string="Last Day", required=True)
    outcome = fields.Selection(
        [("renewed", "Went On"), ("ended", "Ended"), ("cancelled", "Cancelled")],
        required=True,
    )
    churn_reason_id = fields.Many2one(
        "aftersales.churn.reason",
        string="Why It Ended",
        index="btree_not_null",
        ondelete="set null",
    )
    is_renewed = fields.Float(
        string="Share That Went On",
        compute="_compute_shares",
        store=True,
        aggregator="avg",
        digits=(6, 2),
    )
    is_lost = fields.Float(
        string="Share That Was Lost",
        compute="_compute_shares",
        store=True,
        aggregator="avg",
        digits=(6, 2),
        help="Ended by the customer.",
    )

    _once = models.UniqueIndex(
        "(contract_id, number)", "What became of this term is noted already."
    )

    @api.depends("outcome", "churn_reason_id.by")
    def _compute_shares(self):
        for term in self:
            term.is_renewed = float(term.outcome == "renewed")
            by = term.churn_reason_id.by or "customer"
            term.is_lost = float(term.outcome != "renewed" and by == "customer")

    @api.depends("contract_id", "number")
    def _compute_display_name(self):
        for term in self:
            term.display_name = f"{term.contract_id.display_name} / {term.number + 1}"
