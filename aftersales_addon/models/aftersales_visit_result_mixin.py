from odoo import models

OPEN = ("planned", "scheduled", "on_way", "in_progress")
# So many things to come are named on the page of a visit.
MAX_STEPS = 10


class AftersalesVisitResultMixin(models.AbstractModel):
    """What the customer reads of a visit that is over."""

    _name = "aftersales.visit.result.mixin"
    _description = "Result of a Visit on the Portal"

    def _get_portal_next(self):
        """Return what comes next: visits and cases that this visit has led to.

        :return: a list of ``{"text", "when", "record"}``
        """
        self.ensure_one()
        if self.state not in ("done", "not_done"):
            return []
        # sudo: only the customer's own, and only what is told here.
        visit = self.sudo()
        visits = (visit.further_visit_ids | visit.again_ids).filtered(
            lambda v: v.state in OPEN
        )
        visits |= visit._get_next_of_contract(visits)
        own = visits.filtered(
            lambda v: v.commercial_partner_id == visit.commercial_partner_id
        )
        steps = [
            {
                "text": following._get_portal_title(),
                "when": following._get_portal_when(),
                "record": following,
            }
            for following in own.sorted(lambda v: (v.date_planned, v.id))
        ]
        # The subject of a case is the technician's word to the desk: it is not told.
        steps += [
            {
                "text": self.env._("We look into it: %s", case.number),
                "when": "",
                "record": case,
            }
            for case in visit.further_case_ids
            if not case.date_closed
            and case.partner_id.commercial_partner_id == visit.commercial_partner_id
        ]
        return steps[:MAX_STEPS]

    def _get_next_of_contract(self, known):
        """Return the next visit that the contract promises, if one is planned.

        :param known: visits that follow from this one, and are not meant
        """
        self.ensure_one()
        if not self.contract_id:
            return self.browse()
        return self.search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("state", "in", OPEN),
                ("date_planned", ">=", self.company_id._aftersales_today()),
                ("id", "not in", (self | known).ids),
            ],
            limit=1,
        )
