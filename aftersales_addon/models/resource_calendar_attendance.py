from odoo import models


class ResourceCalendarAttendance(models.Model):
    """The hours of a working day."""

    _name = "resource.calendar.attendance"
    _inherit = ["aftersales.calendar.part.mixin", "resource.calendar.attendance"]
