from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("exchange", "Another Product in Exchange"),
    ("fee", "Refund Less a Fee"),
    ("repair", "Repair Against Payment"),
    ("replacement", "Replacement Against Payment"),
]
STATES = [
    ("open", "Waiting for the Customer"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
]


class AftersalesRmaProposal(models.Model):
    """What the company offers in answer to a request, and what the customer said.

    A proposal is never changed: another one takes its place, so that a signature
    always stands under what was read.
    """

    _name = "aftersales.rma.proposal"
    _description = "Proposal for a Return"
    _inherit = ["aftersales.rma.proposal.answer.mixin"]
    _order = "id desc"
    _check_company_auto = True

    rma_id = fields.Many2one(
        "aftersales.rma", string="Return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    partner_id = fields.Many2one(related="rma_id.partner_id")
    line_ids = fields.Many2many(
        "aftersales.rma.line", string="Goods", help="What the proposal is about."
    )
    kind = fields.Selection(KINDS, string="Proposal", required=True)
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        ondelete="restrict",
        help="What the customer gets in exchange, or what is charged.",
    )
    price_unit = fields.Float(
        string="Price", digits="Product Price", help="As it was typed."
    )
    currency_id = fields.Many2one("res.currency", required=True)
    price_untaxed = fields.Monetary(string="Charged, Before Tax")
    price_total = fields.Monetary(
        string="Charged", help="What the customer is charged, with taxes."
    )
    credit_total = fields.Monetary(
        string="Credited", help="What the customer gets for the goods, with taxes."
    )
    amount_total = fields.Monetary(
        string="Customer Pays",
        help="With taxes. Negative: the customer gets it back.",
    )
    text = fields.Text(string="What the Customer Reads", required=True)
    date_valid = fields.Date(
        string="Valid Until", required=True, help="The last day to accept it."
    )
    user_id = fields.Many2one("res.users", string="Proposed By", required=True)
    content = fields.Json(
        help="The goods as they were when it was proposed: changed ones are not "
        "accepted.",
        groups="base.group_system",
    )
    state = fields.Selection(STATES, required=True, default="open")
    is_expired = fields.Boolean(compute="_compute_is_expired")
    date_answered = fields.Datetime(string="Answered On")
    signed_by = fields.Char()
    signature = fields.Image(max_width=1024, max_height=1024, attachment=True)
    decline_reason = fields.Text(string="Why It Was Declined")
    order_id = fields.Many2one(
        "sale.order",
        string="Charged By",
        index="btree_not_null",
        help="The order that charges what was agreed.",
    )

    _one_open = models.UniqueIndex(
        "(rma_id) WHERE state = 'open'",
        "This return waits for an answer to a proposal already.",
    )
    _price_not_negative = models.Constraint(
        "CHECK (price_unit >= 0)", "The price of a proposal is not negative."
    )
    _signed_when_accepted = models.Constraint(
        "CHECK (state != 'accepted' OR signed_by IS NOT NULL)",
        "A proposal is accepted by a name.",
    )

    @api.depends("kind", "rma_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for proposal in self:
            name = proposal.rma_id.name or ""
            proposal.display_name = f"{name}: {labels.get(proposal.kind, '')}"

    @api.depends("state", "date_valid")
    def _compute_is_expired(self):
        for proposal in self:
            today = proposal.company_id._aftersales_today()
            proposal.is_expired = (
                proposal.state == "open"
                and bool(proposal.date_valid)
                and proposal.date_valid < today
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        if any(proposal.state in ("accepted", "declined") for proposal in self):
            raise UserError(
                self.env._("What the customer has answered stays on record.")
            )

    def action_withdraw(self):
        """Take back proposals that the customer has not answered."""
        self.rma_id.check_access("write")
        if any(proposal.state != "open" for proposal in self):
            raise UserError(self.env._("The customer has answered already."))
        self._withdraw()

    def _withdraw(self):
        if not self:
            return
        # sudo: whoever may change the return may take its proposal back.
        self.sudo().write({"state": "withdrawn"})
        self.sudo()._forget_reminders()

    def action_open_order(self):
        """Open the order that charges what was agreed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    # --- What the customer reads ---

    def _get_rows(self):
        """Return what is charged and credited, in words.

        :return: a list of ``(label, amount with taxes)``
        """
        self.ensure_one()
        goods = sum(self.line_ids.mapped("quantity"))
        # sudo: the name of a product that is offered to the customer.
        product = self.sudo().product_id
        if self.kind == "exchange":
            count = product.uom_id._aftersales_format(goods)
            label = f"{count} × {product.display_name}"
        elif self.kind == "fee":
            label = self.env._("Fee")
        else:
            label = product.display_name
        rows = [(label, self.price_total)]
        if self.credit_total:
            rows.append(
                (self.env._("Credit for the returned goods"), -self.credit_total)
            )
        return rows

    def _get_kind_label(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.model
    def _get_content(self, rma, lines):
        """Return what must not change between a proposal and its answer.

        :param rma: ``aftersales.rma``
        :param lines: ``aftersales.rma.line`` records
        """
        return [
            fields.Datetime.to_string(rma.date_requested) or "",
            *(
                [line.id, line.product_id.id, line.uom_id.id, f"{line.quantity:.6f}"]
                for line in lines.sorted("id")
            ),
        ]
