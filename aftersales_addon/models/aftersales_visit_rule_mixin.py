from odoo import models


class AftersalesVisitRuleMixin(models.AbstractModel):
    """What holds for a visit: its contracts say so, else the company."""

    _name = "aftersales.visit.rule.mixin"
    _description = "Rules of a Visit"

    def _get_rule_contracts(self):
        """Return the contracts that promise what is done on this visit."""
        self.ensure_one()
        # sudo: only the rules of the contracts, whoever asks.
        visit = self.sudo()
        return visit.contract_id | visit.line_ids.contract_line_id.contract_id

    def _get_change_hours(self):
        """Return until how long before the customer may change the visit.

        Of several contracts on one visit the strictest one counts.

        :return: hours, or ``None`` when it is not changed by the customer
        """
        self.ensure_one()
        # sudo: the rules of the company, for its customers.
        company = self.sudo().company_id
        hours = []
        for contract in self._get_rule_contracts():
            if contract.visit_change == "hours":
                hours.append(contract.visit_change_hours)
            elif contract.visit_change or not company.aftersales_visit_self_service:
                return None
            else:
                hours.append(company.aftersales_visit_change_hours)
        if hours:
            return max(hours)
        if not company.aftersales_visit_self_service:
            return None
        return company.aftersales_visit_change_hours

    def _get_needed_signatures(self):
        """Return who has to sign before the visit is done.

        :return: a set of ``customer`` and ``technician``, may be empty
        """
        self.ensure_one()
        # sudo: as in _get_change_hours.
        usual = self.sudo().company_id.aftersales_visit_signature
        rules = [c.visit_signature or usual for c in self._get_rule_contracts()]
        needed = set()
        for rule in rules or [usual]:
            needed |= {"customer", "technician"} if rule == "both" else {rule}
        return needed - {"none", False}
