"""What customers read on the page of a visit that is over."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .contract_http_common import ContractPortalCase

NOW = "2026-06-15 08:00:00"


@tagged("post_install", "-at_install")
class TestVisitResult(ContractPortalCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        self.checklist = self.env["aftersales.checklist"].create(
            {
                "name": "Yearly check",
                "item_ids": [
                    Command.create({"name": "Cleaned", "kind": "tick"}),
                    Command.create(
                        {
                            "name": "Pressure",
                            "kind": "value",
                            "value_unit": "bar",
                            "has_limits": True,
                            "value_min": 1.5,
                            "value_max": 2.5,
                        }
                    ),
                ],
            }
        )
        self.visit = self._visit(
            self.unit_a,
            partner_id=self.anna.id,
            user_id=self.user_technician.id,
            checklist_id=self.checklist.id,
        )
        self.user_technician.name = "Tina Turner"

    def _finish(self, **vals):
        visit = self.visit.with_user(self.user_technician)
        visit.action_begin()
        tick, value = visit.check_ids
        tick.is_ticked = True
        value.write({"value": 3.0, "note": "Refilled"})
        part = self.env["aftersales.visit.part"].with_user(self.user_technician)
        part.create(
            {
                "visit_id": visit.id,
                "product_id": self.fee.id,
                "quantity": 2,
                **vals.pop("part", {}),
            }
        )
        visit.write({"findings": "<p>Valve was stuck</p>", **vals})
        visit.action_finish()

    def _page(self, user=None):
        self._login(user or self.user_a)
        return self._get(self.visit.access_url).text

    def test_before_nothing_is_told(self):
        page = self._page()
        for name in ("findings", "checks", "parts", "next"):
            self.assertNotIn(f'<section class="mb-4" name="{name}"', page)

    def test_what_was_found_and_done(self):
        self.fee.write({"type": "consu", "is_storable": False})
        self._finish(is_fixed="no", not_fixed_reason="Pump is ordered")
        page = self._page()
        for text in (
            "Who came",
            "Tina",
            "Valve was stuck",
            "Not fixed yet",
            "Pump is ordered",
            "Cleaned",
            "3 bar",
            "(outside)",
            "1.5 to 2.5 bar",
            "Refilled",
            "Maintenance Fee",
        ):
            self.assertIn(text, page)
        for text in ("Turner", "Who comes"):
            self.assertNotIn(text, page)

    def test_hostile_findings(self):
        self.fee.write({"type": "consu", "is_storable": False})
        self._finish(
            findings='<p onclick="steal()">Seen<script>steal()</script>'
            '<img src="x" onerror="steal()"><a href="javascript:steal()">y</a>'
            '<iframe src="https://example.com"></iframe></p>'
        )
        page = self._page()
        self.assertIn("Seen", page)
        self.assertNotIn("steal()", page)
        self.assertNotIn("<iframe src", page)

    def test_what_comes_next(self):
        self.fee.write({"type": "consu", "is_storable": False})
        self.visit.contract_id = self.contract_a
        following = self._visit(
            contract_id=self.contract_a.id, date_planned="2026-12-01"
        )
        self._finish()
        further = self.visit._make_further("visit", "Change the pump")
        case = self.visit._make_further("case", "Ask for a price")
        page = self._page()
        self.assertIn("What comes next", page)
        for record in (following, further):
            self.assertIn(record.access_url, page)
        self.assertIn(case.number, page)
        # The technician's words to the desk stay inside.
        self.assertNotIn("Ask for a price", page)
        # The key to a visit is no key to the others.
        self.authenticate(None, None)
        page = self._get(self.visit.access_url + self._token(self.visit)).text
        self.assertIn("What comes next", page)
        self.assertNotIn(f'href="{further.access_url}', page)

    def test_why_it_did_not_take_place(self):
        reason = self.env["aftersales.visit.reason"].create({"name": "Nobody there"})
        self.visit._set_not_done(reason, "They shouted at me")
        again = self.visit._plan_again("2026-06-22")
        page = self._page()
        self.assertIn("Nobody there", page)
        self.assertIn(again.access_url, page)
        for text in ("They shouted", "Who came", "Who comes"):
            self.assertNotIn(text, page)
