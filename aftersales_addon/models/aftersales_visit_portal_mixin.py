from urllib.parse import quote

from odoo import api, models

VISITS_URL = "/my/visits"
OPEN = ("planned", "scheduled", "on_way", "in_progress")
REPORT = "aftersales_addon.aftersales_visit_report"
MAP_URL = "https://www.openstreetmap.org/search?query="


class AftersalesVisitPortalMixin(models.AbstractModel):
    """What the customer reads of a visit."""

    _name = "aftersales.visit.portal.mixin"
    _inherit = ["aftersales.customer.document.mixin"]
    _description = "Visit on the Portal"

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a customer finds on the portal.

        :param partner: ``res.partner`` who looks
        """
        return partner._aftersales_get_portal_domain()

    def _get_portal_label(self):
        """Return where the visit stands, in the customer's words."""
        self.ensure_one()
        if self.state in ("planned", "scheduled") and self.agreement == "asked":
            return self.env._("Waiting for your agreement")
        return {
            "planned": self.env._("Planned"),
            "scheduled": self.env._("Appointment"),
            "on_way": self.env._("We are on our way"),
            "in_progress": self.env._("We are working on it"),
            "done": self.env._("Done"),
            "not_done": self.env._("Did not take place"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _get_portal_title(self):
        """Return what is done, in a few words."""
        self.ensure_one()
        names = self.line_ids.service_id.mapped("name")
        if names:
            return ", ".join(dict.fromkeys(names))
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_portal_goods(self):
        """Return the units in a line."""
        self.ensure_one()
        units = self.line_ids.asset_id
        # Not units[:3]: that would read the units of each visit by themselves.
        names = [unit.product_id.display_name for unit in list(units)[:3]]
        more = len(units) - len(names)
        if more:
            names.append(self.env._("%s more", more))
        return ", ".join(names)

    def _get_told_users(self):
        return super()._get_told_users() | self.contract_id.user_id

    def _get_page_tz(self):
        # As in the e-mails about the appointment.
        return self._get_customer_tz()

    def _get_portal_when(self):
        """Return when it takes place, in words."""
        self.ensure_one()
        if self.state == "done" and self.date_done:
            return self._format_weekday(self.company_id._aftersales_day(self.date_done))
        if self.date_start:
            return self._format_appointment(self.date_start, self.date_end)
        return self._format_weekday(self.date_planned)

    def _is_time_open(self):
        """Tell whether the day is planned, and no time is agreed on yet."""
        self.ensure_one()
        return self.state == "planned" and not self.date_start

    def _get_portal_technician(self):
        """Return the first name of who comes, empty while nobody is chosen."""
        self.ensure_one()
        if self.state in ("planned", "not_done", "cancelled"):
            # Who comes is settled with the time; nobody has come to some visits.
            return ""
        # sudo: the first name of the technician is for the customer; no more of it.
        return (self.sudo().user_id.name or "").split(" ")[0]

    def _get_place(self):
        """Return the address where it takes place."""
        self.ensure_one()
        return self.partner_shipping_id or self.partner_id

    def _get_place_lines(self):
        """Return the lines of the address that say something."""
        self.ensure_one()
        text = self._get_place()._display_address()
        return [line.strip() for line in text.split("\n") if line.strip()]

    def _get_map_url(self):
        """Return the address of a map of the place, empty when it is not known."""
        self.ensure_one()
        place = self._get_place()
        parts = [place.street, place.zip, place.city, place.country_id.name]
        text = ", ".join(part for part in parts if part)
        known = place.street or place.city or place.zip
        return MAP_URL + quote(text) if known else ""

    # --- Files ---

    def _has_ics(self):
        """Tell whether there is an appointment for a calendar."""
        self.ensure_one()
        return self.state == "scheduled" and bool(self.date_start)

    def _has_report(self):
        """Tell whether there is a report to download."""
        self.ensure_one()
        if self.state != "done":
            return False
        # sudo: whether the report was kept; remembered, however many visits are shown.
        Data = self.env["ir.model.data"].sudo()
        return bool(Data._xmlid_to_res_id(REPORT, raise_if_not_found=False))
