"""Service cases by real e-mails through the platform's gateway."""

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .case_common import CaseCommon

MAIL = """From: {sender}
To: {to}
Cc: {cc}
Subject: {subject}
Message-Id: <{number}@example.com>
{headers}Date: Mon, 15 Jun 2026 09:00:00 +0200
Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestCaseGateway(MailCommon, CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write(
            {"alias_name": "desk", "alias_domain_id": cls.mail_alias_domain.id}
        )
        cls.customer.email = "anna@example.com"
        cls.mails = 0

    def _mail(self, body="It rattles", sender="Anna <anna@example.com>", **parts):
        """An e-mail arrives; returns the case that it is on."""
        type(self).mails += 1
        parts = {
            "to": self.team.alias_email,
            "cc": "",
            "subject": "My lock",
            "number": f"mail-{self.mails}",
            "headers": "",
            **parts,
        }
        text = MAIL.format(sender=sender, body=body, **parts)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            found = self.env["mail.thread"].message_process(False, text)
        return self.env["aftersales.case"].browse(found or ())

    def _reply_headers(self, case):
        message = case.message_ids.filtered("message_id")[:1]
        return f"In-Reply-To: {message.message_id}\n"

    def test_a_mail_makes_a_case(self):
        asset = self._deliver_one()
        case = self._mail(f"The unit {asset.serial_number} rattles")
        self.assertEqual(case.name, "My lock")
        self.assertEqual((case.channel, case.team_id), ("email", self.team))
        self.assertEqual((case.partner_id, case.asset_id), (self.customer, asset))
        self.assertIn("rattles", case.description)
        self.assertEqual(case.state, "new")
        self.assertEqual(case.reply_count, 0)

    def test_the_only_unit_of_a_customer_is_meant(self):
        asset = self._deliver_one()
        self.assertEqual(self._mail("It rattles").asset_id, asset)
        self._deliver_one()
        case = self._mail("It rattles", subject="Another lock")
        self.assertFalse(case.asset_id, "which of the two, a person finds out")
        self.assertEqual(len(case.candidate_ids), 2)
        stranger = self._mail("It rattles", sender="Ben <ben@example.com>")
        self.assertFalse(stranger.asset_id)

    def test_an_order_in_the_text_is_found(self):
        self.lock.product_tmpl_id.aftersales_policy_ids = self.policy_12
        self._deliver_one()
        order = self._sell([(self.lock, 1)])
        self._put_in_stock(self.lock, 1, self._make_lots(self.lock, "BY-ORDER"))
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        case = self._mail(f"The lock of order {order.name} rattles")
        self.assertEqual(case.sale_order_id, order)
        self.assertEqual(case.asset_id.serial_number, "BY-ORDER")
        other = self._mail(
            f"Where is {order.name}?",
            sender="Ben <ben@example.com>",
            subject="An order of somebody else",
        )
        self.assertFalse(other.sale_order_id)

    def test_an_answer_comes_to_its_case(self):
        case = self._mail()
        self._answer(case)
        case.action_wait_customer()
        found = self._mail(
            "Thank you", subject="Re: My lock", headers=self._reply_headers(case)
        )
        self.assertEqual(found, case)
        self.assertEqual(case.state, "open")

    def test_answers_go_to_the_address_of_the_team(self):
        case = self._mail()
        message = self._answer(case)
        self.assertIn(self.team.alias_email, message.reply_to)
        found = self._mail(
            "Thank you", to=message.reply_to, headers=self._reply_headers(case)
        )
        self.assertEqual(found, case)
        other = self._case(team_id=self.team.copy({"name": "Other"}).id)
        self.assertIn(self.env.company.catchall_email, self._answer(other).reply_to)

    def test_the_same_mail_twice_is_one_concern(self):
        case = self._mail()
        self.assertEqual(self._mail("Once more", subject="AW: My lock"), case)
        other = self._mail("Something else", subject="My second lock")
        self.assertNotEqual(other, case)
        self.assertNotEqual(self._mail(sender="Ben <ben@example.com>"), case)

    def test_a_stranger_neither_changes_nor_learns_anything(self):
        case = self._mail()
        self._answer(case)
        case.user_id = self.user_agent
        case.action_wait_customer()
        found = self._mail(
            "Send it to my address",
            sender="Eve <eve@evil.example>",
            cc="mallory@evil.example",
            headers=self._reply_headers(case),
        )
        self.assertEqual(found, case)
        self.assertEqual(case.state, "waiting_customer")
        message = case.message_ids[0]
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertNotIn("evil", case.email_cc or "")
        self.assertFalse(
            case.message_partner_ids.filtered(lambda p: "evil" in (p.email or ""))
        )
        self.assertEqual(case.activity_ids.user_id, self.user_agent)

    def test_a_colleague_in_copy_may_answer(self):
        case = self._mail(cc="Carl <carl@example.com>")
        found = self._mail(
            "I can help",
            sender="Carl <carl@example.com>",
            headers=self._reply_headers(case),
        )
        self.assertEqual(found, case)
        self.assertEqual(case.message_ids[0].subtype_id.id, self.ref("mail.mt_comment"))

    def test_scripts_in_a_mail_do_nothing(self):
        case = self._mail("<script>alert(1)</script><img src=x onerror=alert(1)>Hello")
        self.assertNotIn("<script", case.description)
        self.assertNotIn("<img", case.description)

    def test_a_mail_without_a_subject(self):
        self.assertEqual(self._mail(subject="").name, "(no subject)")

    def test_a_colleague_who_forwards_is_not_the_customer(self):
        self.user_agent.partner_id.email = "agent@example.com"
        case = self._mail(sender="Agent <agent@example.com>", subject="Fwd: A lock")
        self.assertFalse(case.partner_id)
        self.assertEqual(case.name, "A lock")

    def test_long_closed_cases_go_on_in_new_ones(self):
        with freeze_time("2026-01-05 09:00:00"):
            case = self._mail()
            self._answer(case)
            case.action_solve()
            case.action_close()
        with freeze_time("2026-06-15 09:00:00"):
            self._mail("Again", headers=self._reply_headers(case))
        self.assertEqual(case.state, "closed")
        self.assertEqual(len(case.related_ids), 1)
        self.assertIn("Again", case.related_ids.description)

    def test_a_confirmation_answers_nothing(self):
        self.team.case_template_id = self.env["mail.template"].create(
            {
                "name": "Confirmation",
                "model_id": self.env["ir.model"]._get_id("aftersales.case"),
                "subject": "We have your case {{ object.number }}",
                "partner_to": "{{ object.partner_id.id }}",
                "body_html": "<p>Thank you.</p>",
            }
        )
        case = self._mail()
        self.assertFalse(case.date_first_response)
        self.assertEqual(case.state, "new")
        sent = self.env["mail.mail"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual(len(sent), 1)
        self.assertIn(case.number, sent.subject)
