from odoo import models


class ResourceCalendar(models.Model):
    """Working hours decide when promised times run out."""

    _name = "resource.calendar"
    _inherit = ["aftersales.calendar.mixin", "resource.calendar"]
