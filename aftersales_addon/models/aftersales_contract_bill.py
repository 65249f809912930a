from odoo import api, fields, models

from ..tools.billing import Period, prorate
from .aftersales_contract_line_billing_mixin import exact

# The database itself refuses to invoice a day of a line twice. Days that were
# credited can be invoiced again: that is a further turn.
NO_OVERLAP = (
    "EXCLUDE USING gist (int4range(line_id, line_id, '[]') WITH =, "
    "int4range(turn, turn, '[]') WITH =, "
    "daterange(date_first, date_last, '[]') WITH &&) "
    "WHERE (kind = '{kind}' AND is_void IS NOT TRUE)"
)


class AftersalesContractBill(models.Model):
    """Days of a contract line that were invoiced, or credited again.

    Made by the invoices of contracts only. It goes with its invoice line: what is not
    invoiced any more becomes due again.
    """

    _name = "aftersales.contract.bill"
    _description = "Invoiced Days of a Contract"
    _order = "date_first desc, id desc"
    _rec_name = "contract_id"

    line_id = fields.Many2one(
        "aftersales.contract.line",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    contract_id = fields.Many2one(
        "aftersales.contract",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    kind = fields.Selection(
        [("charge", "Invoiced"), ("credit", "Credited")],
        default="charge",
        required=True,
        readonly=True,
    )
    number = fields.Integer(
        string="Period",
        readonly=True,
        aggregator=None,
        help="Which period it is, counted from the first day; the first is 0.",
    )
    turn = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the days were invoiced and credited before.",
    )
    date_first = fields.Date(string="From", required=True, readonly=True)
    date_last = fields.Date(
        string="To", required=True, readonly=True, help="The last day, included."
    )
    amount = fields.Monetary(
        readonly=True,
        help="In the price of the line: without taxes unless the price includes them.",
    )
    charge_id = fields.Many2one(
        "aftersales.contract.bill",
        string="Credits",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    move_state = fields.Selection(related="move_id.state", string="Status")
    invoice_date = fields.Date(related="move_id.invoice_date")
    is_void = fields.Boolean(
        string="Cancelled",
        compute="_compute_is_void",
        store=True,
        help="The invoice was cancelled: the days are due again.",
    )

    _charged_once = models.Constraint(
        NO_OVERLAP.format(kind="charge"),
        "These days of the contract are on another invoice already.",
    )
    _credited_once = models.Constraint(
        NO_OVERLAP.format(kind="credit"),
        "These days of the contract are on another credit note already.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_last >= date_first)", "What is invoiced has a day at least."
    )
    _order_index = models.Index("(date_first DESC, id DESC)")

    @api.depends("move_line_id.parent_state")
    def _compute_is_void(self):
        for bill in self:
            bill.is_void = bill.move_line_id.parent_state == "cancel"

    def action_view_move(self):
        """Open the invoice or credit note."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "views": [(False, "form")],
            "res_id": self.move_id.id,
        }

    def _get_share(self, first, last):
        """Return what days of the charge cost; all shares add up to its amount.

        :param date first: the first day
        :param date last: the last day, included
        """
        self.ensure_one()
        whole = exact(self._get_invoiced_amount())
        part = Period(0, first, last, self.date_first, self.date_last)
        return float(prorate(whole, part, self.currency_id.decimal_places))

    def _get_invoiced_amount(self):
        """Return what stands on the invoice, in the price of its line.

        Somebody may have changed the invoice before it was sent.
        """
        self.ensure_one()
        line = self.move_line_id
        amount = line.price_unit * line.quantity * (100.0 - line.discount) / 100.0
        return line.currency_id.round(amount)

    def _take_off_invoices(self):
        """Delete the lines from invoices that were never posted.

        Invoices that hold nothing else are deleted with them.
        """
        lines = self.move_line_id
        moves = lines.move_id
        empty = moves.filtered(
            lambda m: (
                not (
                    m.invoice_line_ids.filtered(lambda x: x.display_type == "product")
                    - lines
                )
            )
        )
        (lines - empty.line_ids).unlink()
        empty.unlink()
