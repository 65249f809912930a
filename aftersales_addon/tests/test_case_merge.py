"""Cases that are one become one; what is two becomes two."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseMerge(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.promise.active = False
        cls.asset = cls._deliver_one()
        cls.target, cls.source = (
            cls._case(user_id=cls.user_agent.id, name=name) for name in ("One", "Two")
        )

    def _merge(self, cases, target=None, **vals):
        wizard = (
            self.env["aftersales.case.merge"]
            .with_user(self.user_agent)
            .create({"case_ids": [Command.set(cases.ids)], **vals})
        )
        if target:
            wizard.target_id = target
        return wizard.action_merge()

    def test_all_goes_along(self):
        asked = self._ask(self.source, "Hello again")
        attachment = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"a",
                "res_model": "aftersales.case",
                "res_id": self.source.id,
            }
        )
        helper = self.env["res.partner"].create({"name": "Helper"})
        self.source.message_subscribe(helper.ids)
        self.source.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user_agent.id
        )
        self.source.asset_id = self.asset
        self.source.action_repair()
        repair = self.source.repair_ids
        action = self._merge(self.target | self.source)
        self.assertEqual(action["res_id"], self.target.id)
        self.assertEqual(asked.res_id, self.target.id)
        self.assertEqual(attachment.res_id, self.target.id)
        self.assertIn(helper, self.target.message_partner_ids)
        self.assertTrue(self.target.activity_ids)
        self.assertEqual(repair.aftersales_case_id, self.target)
        self.assertEqual(self.target.remedy_state, "open")
        self.assertEqual(self.target.asset_id, self.asset)
        self.assertEqual(self.target.assessment_id.asset_id, self.asset)
        self.assertTrue(self.target.is_answer_awaited)
        self.assertEqual(self.source.state, "cancelled")
        self.assertEqual(self.source.duplicate_of_id, self.target)
        with self.assertRaisesRegex(UserError, "merged into"):
            self.source.action_reopen()

    def test_what_a_case_can_be_the_same_as_is_offered(self):
        """The only other one; of several, what is alike. Nobody else's."""
        self._case(name="A stranger", partner_id=self._stranger().id)
        self.assertEqual(self._offered(self.target), self.target | self.source)
        other = self._case(name="About the invoice")
        (self.target | self.source | other).asset_id = False
        self.assertEqual(self._offered(other), other)
        other.name = self.target.name
        self.assertEqual(self._offered(other), other | self.target)
        (other | self.source).asset_id = self.asset
        self.assertLessEqual(self.source, self._offered(other))

    def _stranger(self):
        return self.env["res.partner"].create({"name": "Somebody else"})

    def _offered(self, case):
        action = case.with_user(self.user_agent_all).action_merge()
        merge = self.env["aftersales.case.merge"].with_user(self.user_agent_all)
        return merge.with_context(**action["context"]).create({}).case_ids

    def test_a_merged_case_is_not_merged_again(self):
        third = self._case(user_id=self.user_agent.id)
        self._merge(self.target | self.source, self.target)
        with self.assertRaisesRegex(UserError, "merged into"):
            self._merge(third | self.source, third)
        self._merge(third | self.target, third)
        self.assertEqual(self.source.duplicate_of_id, third)

    def test_nothing_is_merged_into_itself(self):
        with self.assertRaisesRegex(UserError, "itself"):
            self._merge(self.target)

    def test_other_companies_are_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.env["aftersales.case"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        with self.assertRaisesRegex(UserError, "companies"):
            self.target._merge(other)

    def test_other_customers_are_confirmed(self):
        other = self._case(
            partner_id=self.other_customer.id, user_id=self.user_agent.id
        )
        with self.assertRaisesRegex(UserError, "different customers"):
            self._merge(self.target | other, self.target)
        self._merge(self.target | other, self.target, is_confirmed=True)
        self.assertEqual(other.duplicate_of_id, self.target)

    def test_what_is_over_takes_nothing_over(self):
        self.target.action_solve()
        with self.assertRaisesRegex(UserError, "Reopen"):
            self._merge(self.target | self.source, self.target)

    def test_somebody_elses_case_is_not_merged(self):
        self.source.user_id = self.user_manager
        with self.assertRaises(UserError):
            self.target.with_user(self.user_agent)._merge(self.source)

    def test_mail_to_a_merged_case_lands_on_the_target(self):
        self._merge(self.target | self.source, self.target)
        self.target.with_user(self.user_agent).action_wait_customer()
        mail = {
            "email_from": "Anna <anna@example.com>",
            "author_id": self.customer.id,
            "body": "One more thing",
            "cc": "",
        }
        self.source.message_update(dict(mail))
        message = self.source.message_post(
            body=mail["body"],
            message_type="email",
            author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(message.res_id, self.target.id)
        self.assertEqual(self.target.state, "open")
        self.assertEqual(self.source.state, "cancelled")

    def test_two_agents_at_once(self):
        self.env.flush_all()
        with self.env.registry.cursor() as other:
            # The cases of this test are not committed: nothing to hold for others.
            locked = self.target.with_env(self.env(cr=other)).exists()
            self.assertFalse(locked)
        self.target._lock_cases()

    # --- One becomes two, and links ---

    def test_a_message_becomes_a_case_of_its_own(self):
        self._ask(self.source, "First")
        second = self._ask(self.source, "Something else: the <b>hinge</b>")
        wizard = (
            self.env["aftersales.case.split"]
            .with_user(self.user_agent)
            .create({"case_id": self.source.id, "name": "The hinge"})
        )
        self.assertEqual(len(wizard.line_ids), 2)
        line = wizard.line_ids.filtered(lambda x: x.message_id == second)
        line.is_chosen = True
        action = wizard.action_split()
        case = self.env["aftersales.case"].browse(action["res_id"])
        self.assertEqual(second.res_id, case.id)
        self.assertEqual(case.name, "The hinge")
        self.assertIn("hinge", case.description)
        self.assertEqual(case.partner_id, self.customer)
        self.assertTrue(case.is_answer_awaited)
        self.assertIn(case, self.source.related_ids)
        self.assertIn(self.source, case.related_ids)

    def test_messages_of_others_are_not_split_off(self):
        foreign = self._ask(self.target)
        with self.assertRaises(UserError):
            self.source.with_user(self.user_agent)._split(foreign)
        self.assertEqual(foreign.res_id, self.target.id)

    def test_links_stand_on_both(self):
        self.source.with_user(self.user_agent).related_ids = self.target
        self.assertEqual(self.target.related_ids, self.source)
        self.target.related_ids = False
        self.assertFalse(self.source.related_ids)
        with self.assertRaisesRegex(UserError, "itself"):
            self.source.related_ids = self.source
