from odoo import api, models
from odoo.exceptions import UserError


class AftersalesContractPartMixin(models.AbstractModel):
    """Lines and services of a contract: what is changed of them is planned anew."""

    _name = "aftersales.contract.part.mixin"
    _description = "Planned Part of a Contract"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.contract_id._replan_soon()
        return parts

    def write(self, vals):
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
