"""Each action does what it says."""

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .followup_common import LATER, NOW, FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupActions(FollowupCommon):
    def test_activity(self):
        """The person responsible gets it, in their own time, with its text."""
        unit = self._unit("2026-03-02", user_id=self.user_agent.id)
        kind = self.env.ref("mail.mail_activity_data_call")
        followup = self._done(
            self._rule(activity_type_id=kind.id, summary="Call Anna", note="<p>Hi</p>")
        )
        activity = unit.activity_ids
        self.assertEqual(activity.user_id, self.user_agent)
        self.assertEqual(activity.activity_type_id, kind)
        self.assertEqual(activity.summary, "Call Anna")
        self.assertEqual(str(activity.date_deadline), "2026-03-09")
        self.assertEqual(followup.made_name, activity.display_name)
        self.assertFalse(followup.is_message)
        # A rule may make hundreds: the list of activities tells, not an e-mail each.
        self.assertFalse(self._mails_to(self.user_agent.partner_id))

    def test_activity_for_the_leader(self):
        with freeze_time(NOW):
            case = self._case(user_id=self.user_agent.id)
        self._done(self._rule("case_opened", audience="team"))
        self.assertEqual(case.activity_ids.user_id, self.user_manager)

    def test_activity_without_anybody(self):
        """Nobody is named on the unit: the person of the rule gets it."""
        unit = self._unit("2026-03-02")
        self._done(self._rule())
        self.assertEqual(unit.activity_ids.user_id, self.user_manager)

    def test_activity_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user_manager.lang = "de_DE"
        unit = self._unit("2026-03-02")
        rule = self._rule(summary="Call")
        rule.with_context(lang="de_DE").summary = "Anrufen"
        self._done(rule)
        self.assertEqual(unit.activity_ids.summary, "Anrufen")

    def test_plan(self):
        unit = self._unit("2026-03-02")
        plan = self._plan_of_activities("aftersales.asset")
        self._done(
            self._rule(
                action="plan",
                activity_plan_id=plan.id,
                company_id=self.company.id,
            )
        )
        self.assertEqual(set(unit.activity_ids.mapped("summary")), {"Call 1", "Call 2"})
        self.assertEqual(unit.activity_ids.user_id, self.user_manager)

    def test_mail(self):
        """In the customer's language, in the company's look, with a way out."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        template = self._template("aftersales.asset")
        template.with_context(lang="de_DE").subject = "Ist alles gut?"
        unit = self._unit("2026-03-02")
        followup = self._done(self._mail_rule(template=template))
        mail = self._mails_to()
        self.assertEqual(len(mail), 1)
        self.assertEqual((mail.state, mail.subject), ("outgoing", "Ist alles gut?"))
        self.assertFalse(mail.email_to)
        url = followup.sudo()._get_stop_url()
        self.assertIn(url, mail.body_html)
        self.assertIn(self.sensor.name, mail.body_html)
        self.assertIn("<p>Is all well?</p>", mail.body_html)
        self.assertNotIn("&lt;", mail.body_html)
        self.assertIn("One-Click", mail.headers)
        self.assertIn(url, mail.headers)
        self.assertTrue(followup.is_message)
        self.assertIn("Is all well?", unit.message_ids[0].body)
        self.assertTrue(self.customer.aftersales_last_message)

    def test_mail_to_a_person_of_ours(self):
        """No stop link for colleagues, and no quiet hours."""
        self._unit("2026-03-02", user_id=self.user_agent.id)
        self.user_agent.email = "agent@example.com"
        template = self._template("aftersales.asset")
        rule = self._rule(
            action="mail", template_id=template.id, audience="responsible"
        )
        followup = self._done(rule)
        mail = self._mails_to(self.user_agent.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertNotIn("/aftersales/stop/", mail.body_html)
        self.assertFalse(followup.is_message)
        self.assertFalse(self._mails_to())

    def test_mail_to_the_company_of_the_customer(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Clara",
                "email": "clara@example.com",
                "parent_id": self.customer.id,
            }
        )
        self._unit("2026-03-02", contact)
        rule = self._mail_rule()
        rule.audience = "customer"
        self._done(rule)
        self.assertEqual(len(self._mails_to()), 1)
        self.assertFalse(self._mails_to(contact))

    def test_rating(self):
        with freeze_time(NOW):
            case = self._case()
            case.action_solve()
        rule = self._rule("case_solved", action="rating", audience="contact")
        followup = self._done(rule)
        self.assertTrue(case.date_rating_asked)
        self.assertTrue(followup.is_message)
        self.assertEqual(len(self._mails_to()), 1)

    def test_rating_asked_already(self):
        with freeze_time(NOW):
            case = self._case()
            case.action_solve()
            case.action_ask_rating()
        before = self._mails_to()
        rule = self._rule("case_solved", action="rating", audience="contact")
        followup = self._done(rule, "skipped")
        self.assertIn("already", followup.reason)
        self.assertEqual(self._mails_to(), before)

    def test_nps(self):
        self._unit("2026-03-02")
        followup = self._done(self._rule(action="nps", audience="contact"))
        question = self.env["aftersales.nps"].browse(followup.made_id)
        self.assertEqual(question.partner_id, self.customer)

    def test_nps_not_twice_in_a_quarter(self):
        self._unit("2026-03-02")
        with freeze_time(NOW):
            self.env["aftersales.nps"]._ask(self.customer, self.company)
        followup = self._done(self._rule(action="nps", audience="contact"), "skipped")
        self.assertTrue(followup.reason)
        self.assertFalse(self.customer.aftersales_last_message)

    def test_thank_you(self):
        self._sell([(self.sensor, 1)], day="2026-03-02")
        self._done(self._rule("first_order", action="thank", audience="contact"))
        mail = self._mails_to().filtered(lambda m: "Thank" in (m.subject or ""))
        self.assertIn("/aftersales/stop/", mail.body_html)

    def test_thank_you_in_general(self):
        """What has no thank-you of its own gets the general one."""
        self._unit("2026-03-02")
        self._done(self._rule("delivered", action="thank", audience="contact"))
        self.assertIn("/aftersales/stop/", self._mails_to()[:1].body_html)

    def test_case(self):
        unit = self._unit("2026-03-02")
        rule = self._rule(
            action="case",
            summary="Maintenance is due",
            case_team_id=self.team.id,
            company_id=self.company.id,
        )
        followup = self._done(rule)
        case = self.env["aftersales.case"].browse(followup.made_id)
        self.assertEqual(case.asset_id, unit)
        self.assertEqual(case.name, "Maintenance is due")
        self.assertEqual((case.partner_id, case.team_id), (self.customer, self.team))
        self.assertFalse(self._mails_to())

    def test_note(self):
        unit = self._unit("2026-03-02")
        self._done(self._rule(action="note", note="<p>A week old</p>"))
        message = unit.message_ids[0]
        self.assertIn("A week old", message.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(self._mails_to())

    def test_no_double_activity(self):
        """What somebody does already, or has done, is not asked for again."""
        kind = self.env.ref("mail.mail_activity_data_call")
        with freeze_time(NOW):
            unit = self._unit("2026-03-02")
            activity = unit.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.user_agent.id
            )
            activity.action_done()
        self._done(self._rule(activity_type_id=kind.id), "skipped")
        self.assertFalse(unit.activity_ids)

    def test_what_is_missing_is_said(self):
        template = self._template("aftersales.case")
        plan = self._plan_of_activities("aftersales.case")
        for vals in (
            {"action": "mail"},
            {"action": "mail", "template_id": template.id},
            {"action": "plan"},
            {"action": "plan", "activity_plan_id": plan.id},
            {"action": "rating", "audience": "contact"},
            {"action": "nps", "audience": "responsible"},
            {"action": "thank", "audience": "team"},
            {"action": "offer", "event": "case_opened"},
            {"offset_count": 11, "offset_unit": "year"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._rule(on=False, **vals)

    def test_query_count_of_running(self):
        """Each follow-up costs the same, whether one is due or fifty."""
        with freeze_time(NOW):
            rule = self._mail_rule()
            partners = self.env["res.partner"].create(
                [
                    {"name": f"P{number}", "email": f"p{number}@example.com"}
                    for number in range(51)
                ]
            )
            for partner in partners:
                self._unit("2026-03-02", partner)
            followups = self._plan_rule(rule)
        costs = []
        with freeze_time(LATER):
            for part in (followups[:1], followups[1:]):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                part._run(fields.Datetime.now())
                self.env.flush_all()
                costs.append((self.env.cr.sql_log_count - before) / len(part))
        self.assertEqual(set(followups.mapped("state")), {"done"})
        self.assertLess(costs[1], costs[0])
        self.assertLess(costs[1], 60)
