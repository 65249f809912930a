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

    def _get_summary(self):
        """Return in words what is promised, for a quotation."""
        self.ensure_one()
        if self.schedule != "calendar":
            return self.name
        return self.env._(
            "%(service)s every %(time)s",
            service=self.name,
            time=self.env["aftersales.warranty.policy"]._format_duration(
                self.interval_count, self.interval_unit
            ),
        )

    def _prepare_contract_service_vals(self):
        """Return the values of this service in a contract."""
        self.ensure_one()
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_service_fields()
        }
        return {**vals, "plan_service_id": self.id}
