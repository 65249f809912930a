from odoo import fields, models

from ..tools.billing import term
from ..tools.schedule import DAY, Rule, number_at, occurrence


class AftersalesServiceQuotaMixin(models.AbstractModel):
    """How many visits of a service the price still includes."""

    _name = "aftersales.service.quota.mixin"
    _description = "Quota of a Service"

    quota_used = fields.Integer(
        string="Used",
        compute="_compute_quota_used",
        help="Visits of this year of the contract, or of this term: done or planned.",
    )

    def _compute_quota_used(self):
        for service in self:
            today = (service.company_id or self.env.company)._aftersales_today()
            service.quota_used = len(service._get_quota_visits(today))

    def _get_quota_left(self, day, without=None):
        """Return how many visits the price still includes in the time of a day.

        Visits that were cancelled or could not be done do not count.

        :param date day: any day of the contract's year, or of its term
        :param without: ``aftersales.visit`` that are not counted: for instance the
            one that is asked about
        :return: a number, zero at least; None when all visits are included
        """
        self.ensure_one()
        if not self.quota:
            return None
        used = self._get_quota_visits(day)
        if without:
            used -= without
        return max(self.quota - len(used), 0)

    def _get_quota_visits(self, day):
        """Return the visits that count against the quota in the time of a day."""
        self.ensure_one()
        if not isinstance(self.id, int):
            return self.env["aftersales.visit"]
        first, last = self._get_quota_span(day)
        # sudo: what was used of a promise is counted whoever asks.
        return (
            self.env["aftersales.visit"]
            .sudo()
            .search(
                [
                    ("line_ids.service_id", "=", self.id),
                    ("state", "not in", ("not_done", "cancelled")),
                    ("date_planned", ">=", first),
                    ("date_planned", "<=", last),
                ]
            )
        )

    def _get_quota_span(self, day):
        """Return the first and the last day of the contract's year or term of a day."""
        self.ensure_one()
        contract = self.contract_id
        anchor = contract._get_plan_anchor()
        if self.quota_period == "year":
            number = max(number_at(anchor, Rule(1, "year"), day), 0)
            return term(anchor, 1, "year", number)
        first, last = term(anchor, contract.term_count, contract.term_unit, 0)
        if day <= last or contract.renewal == "none":
            return first, max(last, contract.date_end)
        rule = Rule(contract.renewal_count, contract.renewal_unit)
        start = last + DAY
        number = number_at(start, rule, day)
        return occurrence(start, rule, number), occurrence(
            start, rule, number + 1
        ) - DAY
