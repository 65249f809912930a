from odoo import fields, models

from ..const import READ_GROUPS


class AftersalesRepairCaseMixin(models.AbstractModel):
    """A repair that a service case led to."""

    _name = "aftersales.repair.case.mixin"
    _description = "Repair of a Service Case"

    aftersales_case_id = fields.Many2one(
        "aftersales.case",
        string="Service Case",
        index="btree_not_null",
        copy=False,
        check_company=True,
        groups=READ_GROUPS,
    )

    def _aftersales_follow_state(self):
        result = super()._aftersales_follow_state()
        # sudo: whoever repairs need not have rights on cases.
        self.sudo().aftersales_case_id._follow_remedies()
        return result

    def _aftersales_get_remedy_state(self):
        """Return how far the repair is, in the words of a case."""
        self.ensure_one()
        return {"done": "done", "cancel": "cancelled"}.get(self.state, "open")

    def action_aftersales_view_case(self):
        """Open the case that led to the repair."""
        return self.aftersales_case_id._action_open()
