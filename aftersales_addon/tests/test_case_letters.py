"""What customers are written: in their language, once, and with what helps them."""

from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .case_common import CaseCommon

CAREFUL = "odoo.addons.aftersales_addon.models.aftersales_case_followup_mixin"


@tagged("post_install", "-at_install")
class TestCaseLetters(MailCommon, CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.customer.write({"email": "anna@example.com", "lang": "de_DE"})
        # Promises are tested elsewhere.
        cls.promise.active = False
        cls.received = cls.env.ref("aftersales_addon.mail_template_data_case_received")
        cls.team.case_template_id = cls.received

    @classmethod
    def _article(cls, name, german, **vals):
        article = cls.env["aftersales.article"].create(
            {"name": name, "body": "<p>Advice.</p>", "is_published": True, **vals}
        )
        article.with_context(lang="de_DE").name = german
        return article

    def _template(self, name, **vals):
        template = self.env["mail.template"].create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id("aftersales.case"),
                "subject": name,
                "body_html": f"<p>{name}</p>",
                "use_default_to": True,
                "lang": "{{ object.partner_id.lang }}",
                **vals,
            }
        )
        return template

    def _letters(self, case):
        """The e-mails to the customer, the first one first."""
        return self.env["mail.mail"].search(
            [("model", "=", case._name), ("res_id", "in", case.ids)], order="id"
        )

    def _stage_mail(self, kind, **vals):
        stage = self.env["aftersales.case"]._get_stage(self.team, kind)
        stage.mail_template_id = self._template(f"Stage {kind}", **vals)

    # --- The confirmation ---

    def test_the_confirmation_names_articles_in_the_customers_language(self):
        offered = self._article("A rattling lock", "Ein klapperndes Schloss")
        self._article("Rattling, for us", "Klappern, intern", audience="internal")
        self._article("Rattling, members", "Klappern, Kunden", audience="customers")
        case = self._case(name="Mein Schloss klappert", description="klapperndes")
        case._confirm_receipt()
        body = self._letters(case).body_html
        self.assertIn("Ein klapperndes Schloss", body)
        self.assertIn(f"{case.get_base_url()}/aftersales/help/", body)
        self.assertIn(f"-{offered.id}", body)
        self.assertNotIn("rattling", body)
        self.assertNotIn("intern", body)
        self.assertNotIn("Klappern, Kunden", body)

    def test_customers_with_a_log_in_are_offered_their_articles(self):
        self._article("Rattling, members", "Klappern, Kunden", audience="customers")
        self._create_portal_user()
        self.partner_portal.lang = "de_DE"
        case = self._case(name="Klappern", partner_id=self.partner_portal.id)
        case._confirm_receipt()
        self.assertIn("Klappern, Kunden", self._letters(case).body_html)

    def test_without_articles_nothing_is_offered(self):
        case = self._case(name="Mein Schloss klappert")
        case._confirm_receipt()
        self.assertNotIn("/aftersales/help", self._letters(case).body_html)

    def test_a_broken_confirmation_keeps_no_case_out(self):
        self.received.body_html = "<t t-out='object.nothing.x()'/>"
        with mute_logger("odoo.addons.mail.models.mail_render_mixin", CAREFUL):
            case = self._case()
            case._confirm_receipt()
        self.assertFalse(self._letters(case))
        self.assertIn("could not be told", case.message_ids[0].body)

    def test_the_stage_of_new_cases_speaks_for_itself(self):
        self._stage_mail("new")
        case = self._case()
        case._confirm_receipt()
        self.assertEqual(self._letters(case).mapped("subject"), ["Stage new"])

    # --- It is done ---

    def _done(self):
        case = self._case(asset_id=self._deliver_one().id, kind="technical")
        case.action_repair()
        case.action_wait_parts()
        before = self._letters(case)
        case.repair_ids.action_validate()
        case.repair_ids.action_repair_start()
        case.repair_ids.action_repair_end()
        self.assertEqual(case.remedy_state, "done")
        return case, (self._letters(case) - before).mapped("subject")

    def test_done_is_told_once(self):
        case, subjects = self._done()
        self.assertEqual(len(subjects), 1)
        self.assertIn("it is done", subjects[0])

    def test_the_stage_that_follows_speaks_for_itself(self):
        self._stage_mail("solved")
        case, subjects = self._done()
        self.assertEqual((case.state, subjects), ("solved", ["Stage solved"]))

    def test_a_case_that_is_checked_first_is_told_once_too(self):
        self.team.is_solved_by_remedies = False
        case, subjects = self._done()
        self.assertEqual((case.state, len(subjects)), ("open", 1))
        self._stage_mail("open")
        case, subjects = self._done()
        self.assertEqual((case.state, subjects), ("open", ["Stage open"]))

    def test_a_broken_stage_mail_keeps_no_repair_from_its_end(self):
        self._stage_mail("solved", body_html="<t t-out='object.nothing.x()'/>")
        with mute_logger("odoo.addons.mail.models.mail_render_mixin", CAREFUL):
            case, subjects = self._done()
        self.assertEqual((case.state, subjects), ("solved", []))

    # --- Ready answers ---

    def test_answers_are_in_the_customers_language(self):
        """In the list of texts they have the agent's, in the answer the customer's."""
        reason = self.env["aftersales.reason"].create({"name": "Rattles"})
        template = self._template(
            "Oil it",
            aftersales_is_answer=True,
            aftersales_reason_ids=[Command.set(reason.ids)],
        )
        german = template.with_context(lang="de_DE")
        german.write({"subject": "Zum Klappern", "body_html": "<p>Ölen Sie es.</p>"})
        case = self._case(reason_id=reason.id, user_id=self.user_agent.id)
        action = case.with_user(self.user_agent).action_answer()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.user_agent)
            .with_context(**action["context"]),
            view="aftersales_addon.mail_compose_message_view_form_answer",
        )
        self.assertEqual(composer.aftersales_answer_ids[:][0].display_name, "Oil it")
        composer.template_id = template
        self.assertIn("Ölen Sie es.", composer.body)
        self.assertEqual(composer.subject, "Zum Klappern")
        composer.save().action_send_mail()
        self.assertIn("Ölen Sie es.", case.message_ids[0].body)
        self.assertEqual(case.reply_count, 1)
        english = self._case(
            reason_id=reason.id,
            partner_id=self.env["res.partner"]
            .create({"name": "Ben", "email": "ben@example.com", "lang": "en_US"})
            .id,
        )
        action = english.with_user(self.user_agent).action_answer()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.user_agent)
            .with_context(**action["context"]),
            view="aftersales_addon.mail_compose_message_view_form_answer",
        )
        composer.template_id = template
        self.assertIn("Oil it", composer.body)
