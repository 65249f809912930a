"""What an agent starts the day with, and cases from the phone."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseDesk(CaseCommon):
    def _desk(self, user=None):
        desk = self.env["aftersales.case"].with_user(user or self.user_agent).get_desk()
        return desk, {tile["name"]: tile for tile in desk["tiles"]}

    def test_each_number_leads_to_its_cases(self):
        mine = self._case(user_id=self.user_agent.id)
        free = self._case(user_id=False)
        free.sudo().user_id = False
        theirs = self._case(user_id=self.user_manager.id)
        desk, tiles = self._desk()
        Case = self.env["aftersales.case"].with_user(self.user_agent)
        for tile in desk["tiles"]:
            domain = [
                tuple(leaf) if isinstance(leaf, list) else leaf
                for leaf in tile["domain"]
            ]
            self.assertEqual(Case.search_count(domain), tile["count"], tile["name"])
        self.assertEqual(tiles["mine"]["count"], 1)
        self.assertEqual(
            tiles["unassigned"]["count"],
            Case.search_count([("user_id", "=", False), ("state", "=", "new")]),
        )
        self.assertIn(mine.id, [row["id"] for row in desk["next"]])
        self.assertIn(free.id, [row["id"] for row in desk["unassigned"]])
        shown = [row["id"] for row in desk["next"] + desk["unassigned"]]
        self.assertNotIn(theirs.id, shown)

    def test_who_wrote_last(self):
        case = self._case(user_id=self.user_agent.id)
        self.assertTrue(case.is_answer_awaited)
        self._answer(case)
        self.assertFalse(case.is_answer_awaited)
        self.assertEqual(self._desk()[1]["awaited"]["count"], 0)
        self._ask(case)
        self.assertEqual(self._desk()[1]["awaited"]["count"], 1)
        phoned = self._case(channel="phone", user_id=self.user_agent.id)
        self.assertFalse(phoned.is_answer_awaited)
        with self.assertRaises(UserError):
            case.with_user(self.user_agent).is_answer_awaited = False

    def test_satisfaction_of_the_week(self):
        case = self._case(user_id=self.user_agent.id)
        self.assertIs(self._desk()[0]["satisfaction"], False)
        case.rating_apply(5, token=case._rating_get_access_token())
        desk, tiles = self._desk()
        self.assertEqual((desk["satisfaction"], tiles["rated"]["count"]), (100, 1))

    def test_the_desk_is_for_those_who_see_cases(self):
        with self.assertRaises(AccessError):
            self._desk(self.user_internal)

    def test_a_number_or_a_name_is_enough(self):
        asset = self._deliver_one()
        form = Form(self.env["aftersales.case"].with_user(self.user_agent))
        form.serial_number = asset.serial_number
        case = form.save()
        self.assertIn("Door lock", case.name)
        self.assertEqual(case.partner_id, self.customer)
        form = Form(self.env["aftersales.case"].with_user(self.user_agent))
        form.partner_id = self.other_customer
        form.kind = "technical"
        case = form.save()
        self.assertEqual(case.name, "Technical Problem: Ben")
        case.name = "  "
        self.assertEqual(case.name, "Technical Problem: Ben")

    def test_callers_are_found(self):
        asset = self._deliver_one()
        Case = self.env["aftersales.case"].with_user(self.user_agent)
        found = Case.get_callers(asset.serial_number)
        self.assertEqual([unit["id"] for unit in found["units"]], asset.ids)
        self.assertIn(
            self.other_customer.id,
            [row["id"] for row in Case.get_callers("Ben")["customers"]],
        )
        with self.assertRaises(AccessError):
            Case.with_user(self.user_technician).get_callers("Ben")
