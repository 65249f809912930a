from odoo import api, models
from odoo.exceptions import UserError


class AftersalesContractPartMixin(models.AbstractModel):
    """Lines and services of a contract.

    By hand they are changed while the contract is a draft; later its steps do so. What
    is changed is planned anew.
    """

    _name = "aftersales.contract.part.mixin"
    _description = "Planned Part of a Contract"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_by_hand()
        parts.contract_id._replan_soon()
        return parts

    def write(self, vals):
        if vals.keys() - self._get_free_fields():
            self._check_by_hand()
        result = super().write(vals)
        if self._get_planned_fields() & vals.keys():
            self.contract_id._replan_soon()
        return result

    def unlink(self):
        contracts = self.contract_id
        self._take_visits_back()
        result = super().unlink()
        contracts.exists()._replan_soon()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_by_hand()

    @api.model
    def _get_free_fields(self):
        """Return the names of the fields that are written by hand at any time.

        Must be overridden.
        """
        raise NotImplementedError

    @api.model
    def _explain_agreed(self, contract):
        """Return in words that this was agreed, and what to do instead.

        Must be overridden.

        :param contract: an ``aftersales.contract`` that is no draft
        """
        raise NotImplementedError

    def _check_by_hand(self):
        """Refuse to overwrite what was agreed.

        :raises UserError: for parts of a contract that is no draft
        """
        if self.env.su:
            return
        agreed = self.contract_id.filtered(lambda c: c.state != "draft")[:1]
        if agreed:
            raise UserError(self._explain_agreed(agreed))

    @api.model
    def _get_planned_fields(self):
        """Return the names of the fields that visits follow from. To be extended."""
        return {"asset_id", "date_from", "date_to"}

    @api.model
    def _get_visit_line_field(self):
        """Return the name of the field of a visit's line that points here."""
        return "contract_line_id"

    def _take_visits_back(self):
        """Take what nobody agreed on off the plan, before its promise is deleted."""
        # sudo: whoever may change the contract may have its plan follow.
        lines = (
            self.env["aftersales.visit.line"]
            .sudo()
            .search([(self._get_visit_line_field(), "in", self.ids)])
        )
        free = lines.filtered(lambda line: line.visit_id._is_free())
        if lines - free:
            raise UserError(
                self.env._(
                    "There are visits for it already (%s). Let it end on a day instead "
                    "of deleting it.",
                    ", ".join(
                        sorted(set((lines - free).visit_id.mapped("number")))[:5]
                    ),
                )
            )
        free._take_off_plan()
