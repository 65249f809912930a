"""Links of questions and follow-ups: they end one day, and can be withdrawn."""

import re
import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.aftersales_followup_stop_mixin import STOP_LINK_DAYS
from ..models.aftersales_nps import QUESTION_DAYS
from .routes_common import RoutesCommon


@tagged("post_install", "-at_install")
class TestLetterLinks(RoutesCommon):
    def _say(self, path, data=None):
        """Return the status and the words of a page, without the form's own key."""
        if data:
            data = {**data, "csrf_token": self._csrf()}
        answer = self.opener.post if data else self.opener.get
        page = answer(self.base_url() + path, data=data, timeout=60)
        text = re.sub(r'csrf_token: "[^"]*"', "", page.text)
        return page.status_code, text.replace(path.rpartition("/")[2], "*")

    @mute_logger("odoo.http")
    def test_letters_that_are_old_or_withdrawn(self):
        """Wrong, too old and withdrawn look alike, and change nothing."""
        self._log_in_as(None)
        nps, followup = (self.foreign[f"aftersales.{n}"] for n in ("nps", "followup"))
        now = fields.Datetime.now()
        rows = [
            ("nps", nps, "date_asked", QUESTION_DAYS, {"score": "0"}),
            ("stop", followup, "date_done", STOP_LINK_DAYS, {"x": "y"}),
        ]
        for kind, record, field, days, form in rows:
            with self.subTest(kind=kind):
                followup._get_stop_url()  # the round before has taken the key
                path = f"/aftersales/{kind}/{record.access_token}"
                wrong = self._say(f"/aftersales/{kind}/{uuid.uuid4().hex}")
                self.assertEqual(wrong[0], 404)
                self.assertIn("This link does not work any more", wrong[1])
                record[field] = now - timedelta(days=days, hours=-1)
                self.assertEqual(self._say(path)[0], 200)
                record[field] = now - timedelta(days=days, hours=1)
                self.assertEqual(self._say(path), wrong)
                self.assertEqual(self._say(path, form)[0], 404)
                record[field] = now
                self.assertEqual(self._say(path)[0], 200)
                self.victim.with_user(
                    self.user_manager
                ).action_aftersales_withdraw_links()
                self.assertEqual(self._say(path), wrong)
                self.assertEqual(self._say(path, form)[0], 404)
        self.assertFalse(nps.is_answered)
        self.assertFalse(self.victim.aftersales_no_followups)
        fresh = followup._get_stop_url()
        self.assertEqual(self.opener.get(fresh).status_code, 200)
        self.assertEqual(self.opener.get(nps._get_answer_url()).status_code, 200)

    def test_who_withdraws_links_of_letters(self):
        """Who runs after-sales, for one contact and colleagues, in own companies."""
        nps, followup = (self.foreign[f"aftersales.{n}"] for n in ("nps", "followup"))
        others = [self.own[f"aftersales.{n}"] for n in ("nps", "followup")]
        keys = [record.access_token for record in others]
        before = nps.access_token, followup.access_token
        for user in (self.user_victim, self.user_agent_all, self.user_public):
            with self.assertRaises(AccessError):
                self.victim.with_user(user).action_aftersales_withdraw_links()
            with self.assertRaises(AccessError):
                nps.with_user(user).action_aftersales_withdraw_links()
        self.assertEqual((nps.access_token, followup.access_token), before)
        # What another company sent is its own business.
        company = self.env["res.company"].create({"name": "Elsewhere"})
        nps.company_id = followup.company_id = company
        self.victim.with_user(self.user_manager).action_aftersales_withdraw_links()
        self.assertEqual((nps.access_token, followup.access_token), before)
        nps.company_id = followup.company_id = self.company
        # An e-mail that has not left yet is not sent with a dead link.
        followup.mail_id = self.env["mail.mail"].create({"state": "outgoing"})
        question = self.env["mail.mail"].create(
            {"model": nps._name, "res_id": nps.id, "state": "outgoing"}
        )
        action = self.env.ref(
            "aftersales_addon.aftersales_partner_action_withdraw_links"
        )
        action = action.with_user(self.user_manager).with_context(
            active_model="res.partner", active_ids=self.victim.ids
        )
        action.run()
        self.assertEqual((nps.access_token, followup.access_token), before)
        (followup.mail_id | question).state = "sent"
        action.run()
        self.assertNotEqual(nps.access_token, before[0])
        self.assertFalse(followup.access_token)
        self.assertEqual([record.access_token for record in others], keys)
