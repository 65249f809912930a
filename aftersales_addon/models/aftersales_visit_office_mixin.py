from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_time

OVER = ("done", "not_done", "cancelled")


class AftersalesVisitOfficeMixin(models.AbstractModel):
    """What lists, cards and the day sheet show of a visit."""

    _name = "aftersales.visit.office.mixin"
    _description = "Visit in the Office"

    is_over = fields.Boolean(compute="_compute_is_over")
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="The planned day, or the appointment, has passed and nothing happened.",
    )
    asset_count = fields.Integer(string="Number of Units", compute="_compute_units")
    unit_names = fields.Char(string="Which Units", compute="_compute_units")
    place_address = fields.Text(string="Full Address", compute="_compute_place")
    place_city = fields.Char(string="City", compute="_compute_place")
    place_phone = fields.Char(string="Phone There", compute="_compute_place")
    place_map_url = fields.Char(string="Way There", compute="_compute_place")

    calendar_label = fields.Char(compute="_compute_calendar_label")
    calendar_day_label = fields.Char(
        compute="_compute_calendar_label",
        help="For calendars of days, which tell no time.",
    )

    @api.depends("partner_id", "partner_shipping_id", "date_start")
    @api.depends_context("tz", "lang")
    def _compute_calendar_label(self):
        for visit in self:
            # sudo: as in _compute_place.
            place = visit.sudo()
            names = [place.commercial_partner_id.name or place.partner_id.display_name]
            names.append((place.partner_shipping_id or place.partner_id).city)
            label = ", ".join(name for name in names if name)
            visit.calendar_label = visit.calendar_day_label = label
            if visit.date_start:
                time = format_time(self.env, visit.date_start, time_format="short")
                visit.calendar_day_label = f"{time} {label}"

    @api.depends("state")
    def _compute_is_over(self):
        for visit in self:
            visit.is_over = visit.state in OVER

    @api.depends("state", "date_planned", "date_start")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        today = self.company_id._aftersales_today_by_company()
        for visit in self:
            if visit.date_start:
                passed = visit.date_start < now
            else:
                day = today.get(visit.company_id) or fields.Date.today()
                passed = bool(visit.date_planned) and visit.date_planned < day
            visit.is_late = passed and visit.state in ("planned", "scheduled")

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", ("planned", "scheduled")) & (
            Domain("date_start", "<", fields.Datetime.now())
            | Domain("date_start", "=", False)
            & self.env["res.company"]._aftersales_by_day_domain(
                lambda today: Domain("date_planned", "<", today)
            )
        )
        return late if True in value else ~late

    @api.depends("line_ids.asset_id")
    def _compute_units(self):
        for visit in self:
            assets = visit.line_ids.asset_id
            visit.asset_count = len(assets)
            names = [asset.display_name for asset in assets[:3]]
            if len(assets) > 3:
                names.append(self.env._("and %s more", len(assets) - 3))
            visit.unit_names = ", ".join(names)

    @api.depends("partner_id", "partner_shipping_id")
    def _compute_place(self):
        for visit in self:
            # sudo: who sees the visit may see where it is, and whom to call there.
            own = visit.sudo().partner_id
            place = visit.sudo().partner_shipping_id or own
            lines = (place._display_address() or "").split("\n")
            visit.place_address = "\n".join(line for line in lines if line.strip())
            visit.place_city = place.city
            visit.place_phone = place.phone or own.phone
            visit.place_map_url = visit.sudo()._get_map_url()

    def action_view_contract(self):
        """Show the contract that promises the visit."""
        return self._open_document(self.contract_id)

    def action_view_case(self):
        """Show the case that the visit is for."""
        return self._open_document(self.case_id)

    def action_view_assets(self):
        """Show the units of the visit."""
        assets = self.line_ids.asset_id
        if len(assets) == 1:
            return self._open_document(assets)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_asset_action"
        )
        return {**action, "domain": [("id", "in", assets.ids)], "context": {}}

    def _open_document(self, document):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # --- The day sheet ---

    def action_print_day_sheet(self):
        """Print where each technician goes, a page for each day."""
        report = self.env.ref("aftersales_addon.aftersales_visit_day_sheet_report")
        return report.report_action(self)

    def _get_day_sheets(self):
        """Return the pages of the day sheet.

        :return: a list of ``{"company", "day", "user", "tz", "visits"}``: by technician
            and day, the visits in the order of their times. A further technician has
            the visit, too.
        """
        sheets = {}
        nobody = self.env["res.users"]
        for visit in self:
            for user in visit._get_technicians() or [nobody]:
                key = (visit.company_id, user, visit.date_planned)
                sheets[key] = sheets.get(key, self.browse()) | visit
        order = sorted(sheets, key=lambda key: (key[2], key[1].name or "", key[0].id))
        return [
            {
                "company": key[0],
                "user": key[1],
                "day": key[2],
                "tz": key[0]._aftersales_tz(),
                "visits": sheets[key].sorted(
                    lambda v: (not v.date_start, str(v.date_start), v.id)
                ),
            }
            for key in order
        ]

    def _get_technicians(self):
        """Return everybody who goes to the visit."""
        self.ensure_one()
        return self.user_id | self.helper_ids
