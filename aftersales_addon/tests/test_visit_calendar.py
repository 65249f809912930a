"""What calendars of visits show, and what they write when a visit is moved."""

from datetime import date, datetime

from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestVisitCalendar(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.city = "Gent"
        cls.user_agent.tz = "Europe/Brussels"

    def _read(self, visit, **context):
        visit = visit.with_user(self.user_agent)
        return visit.with_context(tz="Europe/Brussels", **context)

    def test_what_matters_comes_first(self):
        visit = self._read(self._visit(date_planned="2026-03-12"))
        self.assertEqual(visit.calendar_day_label, f"{self.customer.name}, Gent")
        visit._set_scheduled(datetime(2026, 3, 12, 13, 30))
        label = visit.calendar_day_label.replace("\u202f", " ")
        self.assertEqual(label, f"2:30 PM {self.customer.name}, Gent")
        self.assertEqual(visit.calendar_label, f"{self.customer.name}, Gent")

    def test_company_and_the_place_of_the_visit(self):
        partner = self.env["res.partner"]
        firm = partner.create({"name": "Bakery", "is_company": True, "city": "Gent"})
        contact = partner.create({"name": "Cas", "parent_id": firm.id})
        shop = partner.create(
            {"name": "Shop", "parent_id": firm.id, "type": "delivery", "city": "Aalst"}
        )
        visit = self._visit(partner_id=contact.id, partner_shipping_id=shop.id)
        self.assertEqual(self._read(visit).calendar_day_label, "Bakery, Aalst")

    def test_the_calendars_show_it(self):
        for name, field in (
            ("calendar", "calendar_day_label"),
            ("calendar_appointment", "calendar_label"),
        ):
            view = self.env.ref(f"aftersales_addon.aftersales_visit_view_{name}")
            arch = etree.fromstring(
                self.env["aftersales.visit"].get_view(view.id, "calendar")["arch"]
            )
            self.assertEqual(arch.get("create_name_field"), field)

    def test_moved_in_the_calendar(self):
        """The calendar writes the words back: they change nothing."""
        visit = self._visit(date_planned="2026-03-12").with_user(self.user_agent)
        visit.write({"calendar_day_label": "Else", "date_planned": "2026-03-16"})
        visit.invalidate_recordset()
        self.assertEqual(visit.date_planned, date(2026, 3, 16))
        self.assertEqual(visit.calendar_day_label, f"{self.customer.name}, Gent")
