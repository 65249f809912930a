from odoo import models


class AftersalesServicePortalMixin(models.AbstractModel):
    """What the customer reads of a service of a contract."""

    _name = "aftersales.service.portal.mixin"
    _description = "Service of a Contract on the Portal"

    def _get_portal_text(self):
        """Return in words how often the service is done."""
        self.ensure_one()
        if self.schedule == "request":
            return self.env._("Whenever you ask for it")
        if self.schedule == "usage":
            units = dict(self._fields["usage_unit"]._description_selection(self.env))
            return self.env._(
                "Every %(count)s %(unit)s of use",
                count=f"{self.usage_interval:g}",
                unit=units.get(self.usage_unit, ""),
            )
        span = self.env["aftersales.warranty.policy"]._format_duration(
            self.interval_count, self.interval_unit
        )
        return self.env._("Every %s", span)
