from odoo import fields, models


class AftersalesPlanService(models.Model):
    """A service that a plan promises."""

    _name = "aftersales.plan.service"
    _description = "Service of a Plan"
    _inherit = ["aftersales.service.mixin"]
    _order = "sequence, id"

    plan_id = fields.Many2one(
        "aftersales.plan", required=True, index=True, ondelete="cascade"
    )

    def _prepare_contract_service_vals(self):
        """Return the values of this service in a contract."""
        self.ensure_one()
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_service_fields()
        }
        return {**vals, "plan_service_id": self.id}
