from odoo import api, fields, models

CONTRACT_STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("to_renew", "To Renew"),
    ("ended", "Ended"),
    ("cancelled", "Cancelled"),
]
# In these states the customer has what the contract promises.
IN_FORCE = ("running", "to_renew")
# Written by the steps of a contract, never by hand.
FACTS = {
    "number",
    "state",
    "version",
    "date_anchor",
    "date_offered",
    "date_signed",
    "signed_by",
    "signature",
    "date_paused",
    "date_cancelled",
    "date_notice_given",
    "notice_by",
    "reminded_end",
    "term_number",
    "term_offset",
    "date_term_anchor",
    "date_index_done",
    "access_token",
}


class AftersalesContract(models.Model):
    """A customer's maintenance contract over installed products."""

    _name = "aftersales.contract"
    _description = "Service Contract"
    _inherit = [
        "aftersales.contract.version.mixin",
        "aftersales.contract.life.mixin",
        "aftersales.contract.end.mixin",
        "aftersales.contract.unit.mixin",
        "aftersales.contract.leave.mixin",
        "aftersales.contract.sale.mixin",
        "aftersales.contract.renewal.mixin",
        "aftersales.contract.nightly.mixin",
        "aftersales.contract.amount.mixin",
        "aftersales.contract.coverage.mixin",
        "aftersales.contract.billing.mixin",
        "aftersales.contract.invoicing.mixin",
        "aftersales.contract.credit.mixin",
        "aftersales.contract.indexation.mixin",
        "aftersales.contract.adjustment.mixin",
        "aftersales.contract.preview.mixin",
        "aftersales.contract.planning.mixin",
        "aftersales.contract.series.mixin",
        "aftersales.contract.case.mixin",
        "aftersales.contract.portal.mixin",
        "aftersales.contract.sign.mixin",
        "aftersales.contract.request.mixin",
        "aftersales.contract.hook.mixin",
        "aftersales.followed.mixin",
        "aftersales.plan.terms.mixin",
        "aftersales.facts.mixin",
        "aftersales.state.mixin",
        "aftersales.link.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["number", "name", "partner_id"]

    number = fields.Char(required=True, readonly=True, copy=False, default="/")
    name = fields.Char(string="Title", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    plan_id = fields.Many2one(
        "aftersales.plan",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    policy_id = fields.Many2one(check_company=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Company",
        store=True,
        index=True,
        precompute=True,
    )
    partner_invoice_id = fields.Many2one(
        "res.partner", string="Invoice Address", help="Empty: the customer's own."
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Service Address",
        help="Where visits take place when the installed product says nothing else. "
        "Empty: at the customer's.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one(
        "aftersales.team",
        index="btree_not_null",
        check_company=True,
        help="The team that makes the visits.",
    )
    state = fields.Selection(
        CONTRACT_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_start = fields.Date(
        string="First Day",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="The first day counts.",
    )
    date_end = fields.Date(
        string="Last Day",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The last day of the term that runs, included.",
    )
    date_anchor = fields.Date(
        string="First Day Ever",
        readonly=True,
        copy=False,
        help="What periods and visits are counted from, renewals included.",
    )
    date_offered = fields.Datetime(
        string="Sent for Signature On",
        readonly=True,
        copy=False,
        help="From then on the customer sees the draft.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    line_ids = fields.One2many(
        "aftersales.contract.line", "contract_id", string="Lines", copy=True
    )
    service_ids = fields.One2many(
        "aftersales.contract.service", "contract_id", string="Services", copy=True
    )
    visit_ids = fields.One2many("aftersales.visit", "contract_id", string="Visits")
    terms = fields.Html(help="What was agreed, as it stood on the day of the sale.")
    note = fields.Html(string="Internal Notes", groups="base.group_user")

    _number_unique = models.Constraint(
        "UNIQUE (company_id, number)", "This number of a contract exists already."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_end >= date_start)", "A contract cannot end before it starts."
    )
    _order_index = models.Index("(date_start DESC, id DESC)")
    _in_force_index = models.Index(
        "(company_id, date_end) WHERE state IN ('running', 'to_renew', 'paused')"
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = f"{contract.number} {contract.name or ''}".strip()

    def _compute_access_url(self):
        for contract in self:
            contract.access_url = f"/my/contracts/{contract.id}"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        vals_list = self._take_over_plans(vals_list)
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        return super().write(vals)

    @api.model
    def _take_over_plans(self, vals_list):
        """Return the values of new contracts with the terms of their plans."""
        plans = self.env["aftersales.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        terms = {plan.id: plan._prepare_contract_vals() for plan in plans}
        return [{**terms.get(vals.get("plan_id"), {}), **vals} for vals in vals_list]

    def _get_facts(self):
        return FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s cannot be typed in: it follows from the steps of the contract.", labels
        )

    def _is_in_force(self):
        """Tell whether the customer has what the contract promises."""
        self.ensure_one()
        return self.state in IN_FORCE
