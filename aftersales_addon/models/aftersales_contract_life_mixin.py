from datetime import timedelta

from odoo import api, models

from ..tools.periods import add_period


class AftersalesContractLifeMixin(models.AbstractModel):
    """The steps of a contract: start, pause, resume, cancel, end, new versions."""

    _name = "aftersales.contract.life.mixin"
    _description = "Life of a Contract"

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
