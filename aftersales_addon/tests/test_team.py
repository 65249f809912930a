"""Teams, the rules that give them documents, and who becomes responsible."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestTeam(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.team"].search([]).active = False
        group = "aftersales_addon.aftersales_group_user"
        cls.first, cls.second, cls.third = (
            new_test_user(cls.env, login, groups=group)
            for login in ("team_1", "team_2", "team_3")
        )
        cls.order = cls._sell([(cls.sensor, 60)])
        cls.move = cls.order.picking_ids.move_ids

    def _team(self, name="Desk", members=None, rules=None, **vals):
        members = self.first | self.second | self.third if members is None else members
        return self.env["aftersales.team"].create(
            {
                "name": name,
                "member_ids": [Command.set(members.ids)],
                "rule_ids": [Command.create(rule) for rule in rules or []],
                **vals,
            }
        )

    def _ask(self, count=1, **vals):
        """Ask for returns of one unit as the customer's page does, all at once."""
        rmas = self.env["aftersales.rma"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "move_id": self.move.id,
                                "quantity": 1,
                                "reason_id": self.reason.id,
                            }
                        )
                    ],
                    **vals,
                }
                for _number in range(count)
            ]
        )
        rmas.action_request()
        return rmas

    def test_without_teams_nothing_changes(self):
        rma = self._ask()
        self.assertFalse(rma.team_id)
        self.assertFalse(rma.user_id)

    def test_the_first_rule_that_fits_decides(self):
        lang = self.env["res.lang"]._activate_lang("de_DE")
        self.customer.country_id = self.env.ref("base.de")
        parent = self.env["product.category"].create({"name": "Electronics"})
        self.category.parent_id = parent
        rules = {
            "category": {"category_ids": [Command.set(parent.ids)]},
            "reason": {"reason_ids": [Command.set(self.reason.ids)]},
            "country": {"country_ids": [Command.set(self.env.ref("base.de").ids)]},
            "language": {"lang_ids": [Command.set(lang.ids)]},
            "warehouse": {"warehouse_ids": [Command.set(self.warehouse.ids)]},
            "amount": {"amount_min": 100},
        }
        rest = self._team("Rest", sequence=1)
        for name, rule in rules.items():
            team = self._team(name, rules=[rule], sequence=5)
            expected = rest if name == "language" else team
            self.assertEqual(self._ask().team_id, expected, name)
            team.active = False
        team = self._team("All of it", rules=[rules["reason"] | {"amount_min": 101}])
        self.assertEqual(self._ask().team_id, rest, "100 is less than 101")
        self.customer.lang = "de_DE"
        team.rule_ids = [Command.clear(), Command.create(rules["language"])]
        self.assertEqual(self._ask().team_id, team)
        first = self._team("First", rules=[rules["reason"]], sequence=0)
        self.assertEqual(self._ask().team_id, first)

    def test_other_teams_and_companies_get_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._team("Cases", handles_returns=False, sequence=0)
        self._team("Elsewhere", self.env["res.users"], company_id=other.id, sequence=1)
        self.assertFalse(self._ask().team_id)
        team = self._team("Ours", company_id=self.company.id, sequence=2)
        self.assertEqual(self._ask().team_id, team)
        with self.assertRaisesRegex(ValidationError, "hold in Elsewhere only"):
            self._team(
                "Wrong",
                self.env["res.users"],
                [{"warehouse_ids": [Command.set(self.warehouse.ids)]}],
                company_id=other.id,
            )

    def test_a_team_chosen_by_hand_stays(self):
        self._team("Desk")
        other = self._team("Other", sequence=20)
        self.assertEqual(self._ask(team_id=other.id).team_id, other)

    def test_by_hand(self):
        self._team()
        self.assertFalse(self._ask().user_id)

    def test_in_turn(self):
        self._team(assignment="turn")
        users = [rma.user_id for rma in self._ask(4)]
        self.assertEqual(users, [self.first, self.second, self.third, self.first])
        self.assertEqual(self._ask().user_id, self.second, "goes on")

    def test_fewest_open(self):
        self._team(assignment="load")
        busy = self._ask(2, user_id=self.first.id)
        self._ask(user_id=self.second.id)
        users = [rma.user_id for rma in self._ask(3)]
        self.assertEqual(users, [self.third, self.second, self.third])
        busy.action_cancel()
        self.assertEqual(self._ask().user_id, self.first)

    def test_who_is_away_is_passed_over(self):
        team = self._team(assignment="turn", away_ids=[Command.set(self.first.ids)])
        resource = self.env["resource.resource"].create(
            {"name": "Two", "user_id": self.second.id, "resource_type": "user"}
        )
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holidays",
                "resource_id": resource.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-11 00:00:00",
            }
        )
        self.assertEqual(self._ask(2).user_id, self.third)
        self.third.active = False
        self.assertFalse(self._ask().user_id, "nobody is there")
        leave.date_to = "2026-03-10 11:00:00"
        self.assertEqual(self._ask().user_id, self.second)
        team.away_ids = False
        self.assertEqual(self._ask().user_id, self.first)

    def test_members_of_another_company_are_passed_over(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._team(assignment="turn")
        self.first.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertEqual(self._ask().user_id, self.second)

    def test_who_is_responsible_already_stays(self):
        self._team(assignment="turn")
        rma = self._ask(user_id=self.user_manager.id)
        self.assertEqual(rma.user_id, self.user_manager)

    def test_each_assignment_marks_its_team(self):
        """Two at the same moment meet on the row of the team."""
        team = self._team(assignment="load")
        before = team.assignment_number
        self._ask(3)
        self.assertEqual(team.assignment_number, before + 1)

    def test_agents_see_their_own_and_what_is_free_in_their_teams(self):
        team = self._team(members=self.first)
        rma = self._ask()
        self.assertEqual(rma.team_id, team)
        Rma, Line = self.env["aftersales.rma"], self.env["aftersales.rma.line"]
        for user, seen in ((self.first, True), (self.second, False)):
            self.assertEqual(rma in Rma.with_user(user).search([]), seen)
            lines = Line.with_user(user).search([])
            self.assertEqual(rma.line_ids in lines, seen)
        rma.user_id = self.second
        self.assertIn(rma, Rma.with_user(self.second).search([]))
        self.assertNotIn(rma, Rma.with_user(self.first).search([]))

    def test_who_sees_their_own_only_keeps_what_they_took_in(self):
        self._team(assignment="turn", members=self.third)
        rma = self._rma((self.move, 1), user=self.first)
        rma.action_approve()
        self.assertEqual((rma.state, rma.user_id), ("approved", self.first))
        rma = self._rma((self.move, 1), user=self.user_agent_all)
        rma.action_approve()
        self.assertEqual(rma.user_id, self.third)

    def test_managers_only_set_teams_up(self):
        team = self._team()
        team.with_user(self.user_manager).name = "New name"
        with self.assertRaises(UserError):
            team.with_user(self.user_agent_all).name = "Mine"

    def test_many_cost_as_many_queries_as_one(self):
        self._team(assignment="load", rules=[{"amount_min": 1}])
        counts = []
        for count in (1, 25):
            rmas = self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [Command.create({"move_id": self.move.id})],
                    }
                    for _number in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rmas.with_context(tracking_disable=True)._assign()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(rmas.filtered("user_id")), count)
        # One more write for each member that gets something.
        self.assertLessEqual(counts[1] - counts[0], 8, counts)
