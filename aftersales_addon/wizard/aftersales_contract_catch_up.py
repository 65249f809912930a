from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..tools.spans import DAY


class AftersalesContractCatchUp(models.TransientModel):
    """From when on a contract that began long ago is invoiced."""

    _name = "aftersales.contract.catch.up"
    _description = "Past Periods of a Contract"

    contract_id = fields.Many2one(
        "aftersales.contract",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    choice = fields.Selection(
        [
            ("all", "From the beginning"),
            ("current", "From the present period"),
            ("next", "From the next period"),
        ],
        string="Invoice",
        required=True,
        default="current",
    )
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("contract_id", "choice")
    def _compute_explanation(self):
        for wizard in self:
            wizard.explanation = wizard._explain()

    def _get_first_day(self):
        """Return the day that the choice means."""
        self.ensure_one()
        # sudo: who may see the contract may see its periods.
        contract = self.contract_id.sudo()
        if self.choice == "all":
            return contract.date_anchor
        today = contract.company_id._aftersales_today()
        today = max(today, contract.date_anchor)
        period = list(contract._iter_periods(contract.date_anchor, today))[-1]
        return period.first if self.choice == "current" else period.whole_last + DAY

    def _explain(self):
        """Return what would be invoiced, in words."""
        self.ensure_one()
        # sudo: as above.
        contract = self.contract_id.sudo()
        if not contract._is_billable():
            return False
        first, today = self._get_first_day(), contract.company_id._aftersales_today()
        charges = [
            charge
            for line in contract.line_ids
            for charge in contract._take_until(
                contract._iter_charges(line, (), since=first), today
            )
        ]
        return self.env._(
            "Invoiced from %(day)s. At once, on one invoice: %(total)s. Periods: "
            "%(count)s.",
            day=format_date(self.env, first),
            count=len({charge.period.number for charge in charges}),
            total=formatLang(
                self.env,
                sum(float(charge.amount) for charge in charges),
                currency_obj=contract.currency_id,
            ),
        )

    def action_apply(self):
        """Keep from when on the contract is invoiced."""
        self.ensure_one()
        contract = self.contract_id
        contract.check_access("write")
        if not contract.is_billing_undecided:
            raise UserError(
                self.env._("It is said already from when on this is invoiced.")
            )
        # sudo: what was agreed is kept from being typed over; this is the answer to a
        # question that the agreement left open.
        contract.sudo().billing_from = self._get_first_day()
        contract._message_log(body=self._explain())
        return {"type": "ir.actions.act_window_close"}
