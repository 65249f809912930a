from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.periods import add_period


class AftersalesContractLifeMixin(models.AbstractModel):
    """The steps of a contract: start, pause, resume, cancel, end, new versions."""

    _name = "aftersales.contract.life.mixin"
    _description = "Life of a Contract"

    billing_from = fields.Date(
        string="Invoiced From",
        copy=False,
        help="Days before this one are not invoiced, and no visits are planned for "
        "them: they were settled otherwise. Empty: from the first day.",
    )

    @api.depends("date_start", "term_count", "term_unit")
    def _compute_date_end(self):
        for contract in self:
            if contract.state != "draft" and contract.date_end:
                # A term that runs has the end that was agreed.
                contract.date_end = contract.date_end
                continue
            if not contract.date_start or contract.term_count <= 0:
                contract.date_end = contract.date_start
                continue
            after = add_period(
                contract.date_start, contract.term_count, contract.term_unit
            )
            contract.date_end = after - timedelta(days=1)

    def action_start(self):
        """Put drafts into force: visits are planned and invoices made from then on.

        :raises UserError: for a contract that is no draft, or that is not complete
        """
        self._check_state("draft")
        for contract in self:
            error = contract._get_start_error()
            if error:
                raise UserError(error)
        self._set_running()

    def _set_running(self):
        """Put contracts into force, from their first day on."""
        for day, contracts in self.grouped("date_start").items():
            contracts._write_state(state="running", date_anchor=day)
        self._follow_up()

    def _follow_up(self):
        """Bring coverage, invoices and visits in line with the contracts."""
        # sudo: whoever starts a contract may have no rights on what follows from it.
        contracts = self.sudo()
        contracts._sync_coverage()
        contracts._sync_billing()
        contracts._plan_visits()

    def _get_units(self, day):
        """Return the lines whose installed product is under the contract on a day.

        :param date day: a day of the company
        :return: ``aftersales.contract.line``
        """
        return self.line_ids.filtered(
            lambda line: line.asset_id and line._is_in_span(day)
        )
