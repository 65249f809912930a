from odoo import api, models


class AftersalesCalendarPartMixin(models.AbstractModel):
    """Hours and holidays: what is changed of them moves promised times."""

    _name = "aftersales.calendar.part.mixin"
    _description = "Promised Times by Hours and Holidays"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._aftersales_get_calendars()._aftersales_notice_change()
        return parts

    def write(self, vals):
        before = self._aftersales_get_calendars()
        result = super().write(vals)
        (before | self._aftersales_get_calendars())._aftersales_notice_change()
        return result

    def unlink(self):
        calendars = self._aftersales_get_calendars()
        result = super().unlink()
        calendars.exists()._aftersales_notice_change()
        return result

    def _aftersales_get_calendars(self):
        """Return the calendars that these belong to, those of a company included."""
        # sudo: whoever may change a holiday need not see every calendar.
        return self.sudo().calendar_id
