"""Readers of help articles who are not helped are led to the live chat."""

from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestHelpChat(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "help_chat_agent", groups="im_livechat.im_livechat_group_user"
        )
        cls.env["im_livechat.channel"].search([]).aftersales_on_help = False
        cls.chat = cls.env["im_livechat.channel"].create(
            {"name": "Help", "user_ids": cls.agent.ids, "aftersales_on_help": True}
        )
        cls.article = cls.env["aftersales.article"].create(
            {
                "name": "No connection",
                "body": "<p>Restart it.</p>",
                "audience": "everybody",
            }
        )
        cls.article.action_publish()

    def _answer(self):
        """Say that the article did not help; return the page that follows."""
        page = self.url_open(self.article.url)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, "answer": "no"}
        return self.url_open(f"{self.article.url}/answer", data=data).text

    def _with_agent(self, present=True):
        return patch.object(
            type(self.chat), "_is_livechat_available", lambda channel: present
        )

    def test_while_somebody_is_there(self):
        with self._with_agent():
            self.assertIn('href="/aftersales/chat"', self._answer())
            self.assertIn(
                'href="/aftersales/chat"', self.url_open("/aftersales/help").text
            )
            page = self.url_open("/aftersales/chat")
        self.assertIn(f"/im_livechat/loader/{self.chat.id}", page.text)

    def test_while_nobody_is_there(self):
        self.assertNotIn("/aftersales/chat", self._answer())
        page = self.url_open("/aftersales/chat", allow_redirects=False)
        self.assertIn("/aftersales/case", page.headers["Location"])

    def test_only_a_channel_that_was_chosen(self):
        self.chat.aftersales_on_help = False
        with self._with_agent():
            self.assertNotIn("/aftersales/chat", self._answer())
