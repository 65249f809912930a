"""The life of a service case: stages, conversation, who has it."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCase(CaseCommon):
    def test_a_serial_number_is_enough_on_the_phone(self):
        asset = self._deliver_one()
        form = Form(self.env["aftersales.case"].with_user(self.user_agent))
        form.serial_number = asset.serial_number
        self.assertEqual(form.asset_id, asset)
        self.assertEqual(form.partner_id, asset.partner_id)
        form.name = "It rattles"
        case = form.save()
        self.assertRegex(case.number, r"^CASE/\d{4}/\d{5}$")
        self.assertEqual(case.product_id, asset.product_id)
        self.assertEqual(case.coverage_label, asset.coverage_label)
        self.assertEqual(case.user_id, self.user_agent)

    def test_a_serial_number_in_the_text_finds_the_unit_of_the_sender(self):
        asset = self._deliver_one()
        text = f"My device with the number {asset.serial_number} is broken."
        case = self._case(partner_id=asset.partner_id.id, description=f"<p>{text}</p>")
        self.assertEqual(case.asset_id, asset)

    def test_a_number_of_somebody_else_leads_nowhere(self):
        asset = self._deliver_one()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        text = f"Number {asset.serial_number}"
        case = self._case(partner_id=stranger.id, description=text)
        self.assertFalse(case.asset_id)
        unknown = self._case(partner_id=False, description=text)
        self.assertFalse(unknown.asset_id)
        self.assertFalse(unknown.partner_id)

    def test_an_unknown_number_is_kept_as_it_was_said(self):
        case = self._case(serial_number="NO-SUCH-1")
        self.assertFalse(case.asset_id)
        self.assertEqual(case.serial_number, "NO-SUCH-1")

    def test_the_sender_is_found_by_the_address(self):
        self.customer.email = "anna@example.com"
        case = self._case(partner_id=False, email_from="Anna <ANNA@example.com>")
        self.assertEqual(case.partner_id, self.customer)
        self.assertIn(self.customer, case.message_partner_ids)

    def test_an_address_with_two_customers_is_left_to_a_person(self):
        self.customer.email = "shared@example.com"
        self.env["res.partner"].create({"name": "Other", "email": "shared@example.com"})
        case = self._case(partner_id=False, email_from="shared@example.com")
        self.assertFalse(case.partner_id)
        self.assertEqual(case.email_from, "shared@example.com")

    def test_stages_mean_something(self):
        case = self._case().with_user(self.user_agent)
        self.assertEqual(case.state, "new")
        self._answer(case)
        self.assertEqual(case.state, "open", "an answer is work")
        case.action_wait_customer()
        self.assertEqual(case.state, "waiting_customer")
        self._ask(case)
        self.assertEqual(case.state, "open", "the customer answered")
        case.action_solve()
        self.assertTrue(case.date_solved)
        self._ask(case, "It is broken again")
        self.assertEqual((case.state, case.reopen_count), ("open", 1))
        self.assertFalse(case.date_solved, "an open case is not solved")
        self.assertTrue(case.date_first_solved, "but it was once")
        case.action_solve()
        case.action_close()
        self.assertTrue(case.date_closed)

    def test_dragging_on_the_board_does_the_same(self):
        case = self._case().with_user(self.user_agent)
        case.stage_id = self.env.ref("aftersales_addon.aftersales_stage_solved")
        self.assertTrue(case.date_solved)
        self.assertEqual(self._clock(case.sudo(), "resolution").state, "done")
        case.stage_id = self.env.ref("aftersales_addon.aftersales_stage_open")
        self.assertEqual(case.reopen_count, 1)

    def test_a_step_that_does_not_follow_is_refused(self):
        case = self._case().with_user(self.user_agent)
        with self.assertRaisesRegex(UserError, "is new, so it cannot be closed"):
            case.action_close()
        with self.assertRaisesRegex(UserError, "cannot be typed in"):
            case.date_solved = "2026-01-01"

    def test_a_note_is_no_answer(self):
        case = self._case()
        case.with_user(self.user_agent).message_post(
            body="Call the supplier", subtype_xmlid="mail.mt_note"
        )
        self.assertEqual((case.reply_count, case.state), (0, "new"))
        case.message_post(
            body="We got your mail",
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(case.reply_count, 0)

    def test_whoever_comes_second_sees_who_has_it(self):
        case = self._case()
        case.with_user(self.user_agent).action_take()
        self.assertEqual((case.user_id, case.state), (self.user_agent, "open"))
        other = new_test_user(
            self.env, "as_other", groups="aftersales_addon.aftersales_group_user_all"
        )
        with self.assertRaisesRegex(UserError, "is with"):
            case.with_user(other).action_take()

    def test_spam_is_put_away(self):
        case = self._case().with_user(self.user_agent)
        case.action_spam()
        self.assertEqual((case.is_spam, case.state), (True, "cancelled"))
        self._ask(case)
        self.assertEqual(case.state, "cancelled", "spam wakes nobody")

    def test_an_answered_case_stays_on_record(self):
        case = self._case()
        self._answer(case)
        with self.assertRaisesRegex(UserError, "stays on record"):
            case.with_user(self.user_manager).unlink()

    def test_own_documents_only(self):
        own = self._case(user_id=self.user_agent.id)
        others = self._case(user_id=self.user_manager.id)
        user = new_test_user(
            self.env, "as_own", groups="aftersales_addon.aftersales_group_user"
        )
        found = self.env["aftersales.case"].with_user(user).search([])
        self.assertFalse(found & (own | others))
        mine = self.env["aftersales.case"].with_user(user).create({"name": "Mine"})
        self.assertEqual(mine.user_id, user)

    def test_teams_with_their_own_stages(self):
        stage = self.env["aftersales.stage"].create(
            [
                {"name": "Inbox", "kind": "new", "team_ids": self.team.ids},
                {"name": "Done", "kind": "solved", "team_ids": self.team.ids},
            ]
        )
        case = self._case()
        self.assertEqual(case.stage_id, stage[0])
        case.action_solve()
        self.assertEqual(case.stage_id, stage[1])
        case.action_reopen()
        self.assertEqual(case.stage_id, stage[0], "what stands in for in progress")

    def test_a_case_that_changes_its_team_changes_its_stage(self):
        other = self.env["aftersales.team"].create({"name": "Workshop"})
        stage = self.env["aftersales.stage"].create(
            {"name": "On the Bench", "kind": "new", "team_ids": other.ids}
        )
        case = self._case()
        case.team_id = other
        self.assertEqual(case.stage_id, stage)

    def test_a_promise_of_nothing_is_refused(self):
        with self.assertRaises(ValidationError):
            empty = self.env["resource.calendar"].create(
                {"name": "Nobody", "attendance_ids": [(5, 0, 0)]}
            )
            self.promise.calendar_id = empty

    @freeze_time("2026-06-15 07:00:00")
    def test_many_cases_cost_as_few_queries_as_one(self):
        self._case()
        self.env.flush_all()

        def make(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.case"].create(
                [
                    {"name": f"{n}", "team_id": self.team.id, "channel": "portal"}
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        one, fifty = make(1), make(50)
        self.assertLessEqual(fifty, one + 60, f"{one} for one, {fifty} for fifty")

    def test_symptoms_to_begin_with(self):
        """Offered for cases on every channel, and not as reasons to send back."""
        names = ("no_power", "no_connection", "noise", "leak")
        names += ("display", "battery", "heat", "part_missing")
        symptoms = self.env["aftersales.reason"].union(
            *(self.env.ref(f"aftersales_addon.aftersales_reason_{n}") for n in names)
        )
        Case = self.env["aftersales.case"]
        self.assertLessEqual(symptoms, Case._get_request_symptoms(self.env.company))
        self.assertFalse(any(symptoms.mapped("is_for_returns")))
        form = Form(Case.with_user(self.user_agent))
        form.reason_id = symptoms[0]
