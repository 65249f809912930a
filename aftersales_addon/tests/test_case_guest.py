"""People without an account ask for help; nobody learns whom we know."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models import aftersales_case_guest_mixin as guest_model
from .case_http_common import HELP, SCRIPT, CasePortalCase
from .portal_users_common import HTML, PNG

GUEST = "/aftersales/case"
THANKS = 'name="thanks"'


@tagged("post_install", "-at_install")
class TestCaseGuest(CasePortalCase):
    def _ask_as_guest(self, files=(), **post):
        who = {"partner_name": "Nora New", "email_from": "nora@example.org"}
        return self._ask(GUEST, files, **{**who, "asset_id": "", **post}).text

    def test_a_stranger_asks(self):
        self.assertIn(THANKS, self._ask_as_guest(files=[("crack.png", PNG)]))
        case = self._cases()
        self.assertEqual(len(case), 1)
        self.assertEqual((case.partner_name, case.partner_id.id), ("Nora New", False))
        self.assertEqual(case.email_from, "nora@example.org")
        self.assertEqual((case.channel, case.state), ("portal", "new"))
        self.assertIn("Since Monday", case.description)
        photo = case.message_ids.filtered("attachment_ids")
        self.assertEqual(photo.attachment_ids.mapped("mimetype"), ["image/png"])
        self.assertFalse(photo.author_id)
        self.assertFalse(case.date_first_response)

    def test_a_customer_who_did_not_log_in(self):
        page = self._ask_as_guest(
            email_from=" ANNA@example.com ", serial_number=self.unit_a.serial_number
        )
        case = self._cases()
        self.assertEqual((case.partner_id, case.asset_id), (self.anna, self.unit_a))
        # Who typed the address is not shown to be Anna: nothing of her is told.
        self.assertIn(THANKS, page)
        for secret in (case.number, case.access_token or "/my/cases/", "Weber"):
            self.assertNotIn(secret, page.split("<main")[-1])

    def test_the_number_of_somebody_elses_unit_leads_nowhere(self):
        self._ask_as_guest(serial_number=self.unit_b.serial_number)
        self._ask_as_guest(
            email_from="anna@example.com", serial_number=self.unit_b.serial_number
        )
        self.assertFalse(self._cases().asset_id)

    def test_a_unit_cannot_be_chosen(self):
        page = self._ask_as_guest(asset_id=self.unit_b.id)
        self.assertNotIn(THANKS, page)
        self.assertFalse(self._cases())

    def test_the_team_answers_to_the_mailbox(self):
        template = self.env["mail.template"].create(
            {
                "name": "Received",
                "model_id": self.env["ir.model"]._get_id("aftersales.case"),
                "subject": "Received",
                "use_default_to": True,
            }
        )
        self.team.case_template_id = template
        self._ask_as_guest()
        mail = self.env["mail.mail"].search(
            [("model", "=", "aftersales.case"), ("res_id", "=", self._cases().id)]
        )
        self.assertIn("nora@example.org", f"{mail.email_to} {mail.recipient_ids.email}")

    def test_pressed_twice(self):
        data = {
            **self._read_form(GUEST),
            "partner_name": "Nora New",
            "email_from": "nora@example.org",
            "name": "It is stuck",
            "description": "Since Monday",
        }
        for _time in range(2):
            self.assertIn(THANKS, self.url_open(GUEST, data=data).text)
        self.assertEqual(len(self._cases()), 1)
        # Who goes back to mend the address is not part of the case of the wrong one.
        mended = {**data, "email_from": "nora.new@example.org"}
        self.assertIn(THANKS, self.url_open(GUEST, data=mended).text)
        self.assertEqual(len(self._cases()), 2)

    def test_what_is_missing_is_said_and_what_was_typed_is_kept(self):
        for post, words in (
            ({"partner_name": " "}, "What is your name?"),
            ({"email_from": "nobody"}, "that we may answer to"),
            ({"email_from": "a@example.org, b@example.org"}, "that we may answer to"),
            ({"name": ""}, "Say in a few words"),
            ({"partner_name": "x" * 200}, "At most 128 letters"),
        ):
            page = self._ask_as_guest(**post)
            self.assertIn(words, page)
            self.assertIn("Since Monday", page)
        page = self._ask_as_guest(files=[("x.png", HTML)])
        self.assertIn("is no photo", page)
        self.assertFalse(self._cases())

    def test_machines_and_hostile_text(self):
        self.assertIn(THANKS, self._ask_as_guest(website="http://spam"))
        self.assertFalse(self._cases())
        self._ask_as_guest(partner_name=SCRIPT, description=SCRIPT)
        self.assertNotIn("<script", self._cases().description)

    def test_too_many(self):
        with patch.object(guest_model, "MAX_PER_MAILBOX", 1):
            self.assertIn(THANKS, self._ask_as_guest())
            self.assertIn("too many questions", self._ask_as_guest())
            self.assertIn(THANKS, self._ask_as_guest(email_from="other@example.org"))
        with patch.object(guest_model, "MAX_PER_VISITOR", 2):
            self.assertIn(
                "too many questions", self._ask_as_guest(email_from="new@example.org")
            )
        self.assertEqual(len(self._cases()), 2)

    def test_who_is_logged_in_or_where_it_is_switched_off(self):
        self.assertIn(f'href="{GUEST}"', self._get(HELP).text)
        self._login(self.user_a)
        self.assertTrue(self._get(GUEST).url.endswith("/my/cases/new"))
        self.authenticate(None, None)
        self.company.aftersales_guest_cases = False
        self.assertIn("/web/login", self._get(GUEST).url)
