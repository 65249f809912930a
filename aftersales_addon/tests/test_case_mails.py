"""Real e-mails, as programs write them, through the platform's gateway."""

from pathlib import Path

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .case_common import CaseCommon

MAILS = Path(__file__).parent / "mails"


@tagged("post_install", "-at_install")
class TestCaseMails(MailCommon, CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.mail_alias_domain
        cls.team.write({"alias_name": "desk", "alias_domain_id": domain.id})
        cls.customer.email = "anna@example.com"

    def _process(self, name, case=None, **parts):
        """A file arrives, as an answer to what we wrote on a case last, or not."""
        text = (MAILS / f"{name}.eml").read_text()
        reply = (
            case
            and case.message_ids.filtered(
                lambda m: m.message_id and m.author_id == self.user_agent.partner_id
            )[:1].message_id
        )
        values = {"to": self.team.alias_email, "id": name, "reply": reply, **parts}
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            found = self.env["mail.thread"].message_process(
                False, text.format(**values)
            )
        return self.env["aftersales.case"].browse(found or ())

    def _answered(self):
        case = self._case(name="My lock", user_id=self.user_agent.id)
        self._answer(case, "Please try the key.")
        case.action_wait_customer()
        return case

    def test_html_is_cleaned(self):
        case = self._process("html")
        self.assertEqual(case.name, "Tür klemmt")
        self.assertIn("<b>Tür</b>", case.description)
        for word in ("script", "onload", "onerror", "javascript"):
            self.assertNotIn(word, case.description)

    def test_attachments_are_kept(self):
        case = self._process("multipart")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual(files.mapped("name"), ["lock.png"])
        self.assertIn("photo", case.description)

    def test_answers_of_two_programs(self):
        for name in ("gmail_reply", "outlook_reply"):
            case = self._answered()
            self.assertEqual(self._process(name, case), case, name)
            self.assertEqual(case.state, "open", name)
            self.assertTrue(case.date_last_customer_message, name)

    def test_an_automatic_answer_is_no_answer(self):
        case = self._answered()
        reply = case.message_ids.filtered("message_id")[:1].message_id
        found = self._process("auto_reply", headers=f"In-Reply-To: {reply}\n")
        self.assertEqual(found, case)
        self.assertEqual(case.state, "waiting_customer")
        self.assertFalse(case.date_last_customer_message)
        self.assertIn("holiday", case.message_ids[0].body)

    def test_an_automatic_answer_makes_no_case(self):
        count = self.env["aftersales.case"].search_count([])
        self.assertFalse(self._process("auto_reply", headers=""))
        self.assertEqual(self.env["aftersales.case"].search_count([]), count)

    def test_our_confirmation_asks_machines_to_be_silent(self):
        self.team.case_template_id = self.env.ref(
            "aftersales_addon.mail_template_data_case_received"
        )
        case = self._process("multipart")
        mail = self.env["mail.mail"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertIn("auto-replied", mail.headers)

    def test_a_mail_that_comes_back(self):
        case = self._answered()
        bounce = self.env.company.bounce_email
        self._process("bounce", case, to=bounce)
        self.assertEqual(case.state, "waiting_customer", "nobody has answered")
        self.assertIn("anna@example.com", case.message_ids[0].body)
        self.assertEqual(case.activity_ids.user_id, self.user_agent)

    def test_a_large_mail_is_taken(self):
        text = (MAILS / "multipart.eml").read_text()
        line = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB"
        )
        self.assertIn(line, text)
        big = "\n".join(["QUJD" * 19] * 340_000)
        start = text.index(line)
        large = text[:start] + big + "\n--outer--\n"
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            found = self.env["mail.thread"].message_process(
                False, large.format(to=self.team.alias_email, id="large", reply="")
            )
        case = self.env["aftersales.case"].browse(found)
        [size] = (
            self.env["ir.attachment"]
            .search([("res_model", "=", case._name), ("res_id", "=", case.id)])
            .mapped("file_size")
        )
        self.assertGreater(size, 19_000_000)
