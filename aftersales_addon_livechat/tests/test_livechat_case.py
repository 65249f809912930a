"""A conversation in the live chat becomes a service case."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestLivechatCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env,
            "chat_agent",
            groups="im_livechat.im_livechat_group_user,"
            "aftersales_addon.aftersales_group_user",
        )
        cls.operator = new_test_user(
            cls.env, "chat_operator", groups="im_livechat.im_livechat_group_user"
        )
        cls.portal = new_test_user(
            cls.env, "chat_portal", groups="base.group_portal", email="p@example.com"
        )

    def _chat(self, partners=(), guest=None, user=None):
        user = user or self.agent
        members = [Command.create({"partner_id": user.partner_id.id})]
        members += [Command.create({"partner_id": p.id}) for p in partners]
        if guest:
            members.append(Command.create({"guest_id": guest.id}))
        return self.env["discuss.channel"].create(
            {
                "name": "Visitor",
                "channel_type": "livechat",
                "livechat_operator_id": user.partner_id.id,
                "channel_member_ids": members,
            }
        )

    def test_a_visitor_with_an_account(self):
        chat = self._chat(self.portal.partner_id)
        chat.message_post(
            body="My lock does not start",
            author_id=self.portal.partner_id.id,
            message_type="comment",
        )
        chat.with_user(self.agent).execute_command_case(body="/case The lock")
        case = chat.aftersales_case_ids
        self.assertEqual(case.name, "The lock")
        self.assertEqual(case.channel, "chat")
        self.assertEqual(case.partner_id, self.portal.partner_id)
        self.assertEqual(case.user_id, self.agent)
        self.assertIn("does not start", case.description)
        action = case.with_user(self.agent).action_view_conversation()
        self.assertEqual(action["context"]["active_id"], chat.id)

    def test_an_anonymous_visitor(self):
        guest = self.env["mail.guest"].create({"name": "Somebody"})
        chat = self._chat(self.portal.partner_id, guest)
        chat.with_user(self.agent).execute_command_case(body="/case")
        case = chat.aftersales_case_ids
        self.assertFalse(case.partner_id)
        self.assertEqual(case.partner_name, "Somebody")
        self.assertEqual(case.name, "Question: Somebody")

    def test_only_agents_and_only_live_chats(self):
        chat = self._chat(user=self.operator)
        with self.assertRaises(AccessError):
            chat.with_user(self.operator).execute_command_case(body="/case x")
        with self.assertRaises(AccessError):
            chat.with_user(self.portal).execute_command_case(body="/case x")
        group = self.env["discuss.channel"].create(
            {
                "name": "Us",
                "channel_type": "group",
                "channel_member_ids": [
                    Command.create({"partner_id": self.agent.partner_id.id})
                ],
            }
        )
        with self.assertRaises(UserError):
            group.with_user(self.agent).execute_command_case(body="/case x")
