from odoo import models


class ResourceCalendarLeaves(models.Model):
    """Holidays of a calendar, or of all calendars of a company."""

    _name = "resource.calendar.leaves"
    _inherit = ["aftersales.calendar.part.mixin", "resource.calendar.leaves"]

    def _aftersales_get_calendars(self):
        """Return the calendars too that a holiday without a calendar holds for."""
        calendars = super()._aftersales_get_calendars()
        # sudo: as in the mixin. Somebody's own day off moves nothing.
        common = self.sudo().filtered(lambda h: not h.calendar_id and not h.resource_id)
        if not common:
            return calendars
        return calendars | calendars.search(
            [("company_id", "in", [False, *common.company_id.ids])]
        )
