from odoo import models


class AftersalesVisitCaseMixin(models.AbstractModel):
    """A visit as the remedy of a case."""

    _name = "aftersales.visit.case.mixin"
    _description = "Visit for a Service Case"

    def _get_remedy_state(self):
        """Return how far the visit is, in the words of a case; None: another counts."""
        self.ensure_one()
        if self.state == "not_done" and self.again_ids:
            return None
        return {
            "done": "done",
            "not_done": "cancelled",
            "cancelled": "cancelled",
        }.get(self.state, "open")

    def _follow_cases(self):
        # sudo: whoever visits need not have rights on cases.
        self.sudo().case_id._follow_remedies()

    def _after_done(self):
        result = super()._after_done()
        self._follow_cases()
        return result

    def _after_not_done(self):
        result = super()._after_not_done()
        self._follow_cases()
        return result

    def _after_cancelled(self, agreed):
        result = super()._after_cancelled(agreed)
        self._follow_cases()
        return result

    def _set_open(self):
        result = super()._set_open()
        self._follow_cases()
        return result

    def _plan_again(self, day):
        visits = super()._plan_again(day)
        # The case waits for the visit that makes up for it.
        visits._follow_cases()
        return visits

    def _note_price(self):
        """Keep that the customer has to agree to a price, if there is one.

        They are asked by a button: until then the office can change the visit.
        """
        for visit in self:
            price = visit._get_expected_price()
            if price["total"]:
                visit._keep_price(price)
