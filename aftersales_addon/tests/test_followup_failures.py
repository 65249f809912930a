"""What fails, who may do what, and the test of a rule."""

from datetime import datetime
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MockEmail

from ..models import aftersales_followup as engine
from .followup_common import LATER, NOW, FollowupCommon

ENGINE = engine.__name__


@tagged("post_install", "-at_install")
class TestFollowupFailures(FollowupCommon, MockEmail):
    @mute_logger(ENGINE, "odoo.addons.mail.models.mail_render_mixin")
    def test_template_that_does_not_render(self):
        """It fails by itself, is tried again, and a person hears of it once."""
        template = self._template(
            "aftersales.asset",
            body='<p t-out="object.no_such_field"/>',
        )
        with freeze_time(NOW):
            self._unit("2026-03-02")
            bad = self._plan_rule(self._mail_rule(template=template))
            good = self._plan_rule(self._rule())
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual((bad.state, bad.tries), ("planned", 1))
        self.assertEqual(bad.date_planned, datetime(2026, 3, 9, 12, 10))
        self.assertEqual(good.state, "done")
        for moment in ("2026-03-09 12:30", "2026-03-09 14:00", "2026-03-09 22:00"):
            with freeze_time(moment):
                self._run_due()
        with freeze_time("2026-03-10 09:00"):
            self._run_due()
        self.assertEqual(bad.state, "failed")
        self.assertIn("no_such_field", bad.error)
        self.assertEqual(bad.activity_ids.user_id, self.user_manager)
        self.assertFalse(self._mails_to())
        template.body_html = "<p>Well?</p>"
        with freeze_time("2026-03-10 10:00"):
            bad.with_user(self.user_manager).action_retry()
            self._run_due()
        self.assertEqual((bad.state, bad.error), ("done", False))
        self.assertEqual(len(self._mails_to()), 1)

    def test_mail_server_down(self):
        """What no server takes stays in the queue, and is sent once."""
        self._planned()
        with freeze_time(LATER):
            self._run_due()
        mail = self._mails_to()

        def refuse(*args, **kwargs):
            raise ConnectionRefusedError("nobody there")

        with patch.object(IrMail_Server, "_connect__", refuse):
            mail.send()
        self.assertEqual(mail.state, "exception")
        with freeze_time("2026-03-09 12:30"):
            self.env["aftersales.followup"]._requeue_mails(fields.Datetime.now())
        self.assertEqual(mail.state, "outgoing")
        with self.mock_mail_gateway():
            mail.send()
            self.assertEqual(len(self._mails), 1)
        self.assertEqual(mail.state, "sent")
        with freeze_time("2026-03-09 13:00"):
            self.env["aftersales.followup"]._requeue_mails(fields.Datetime.now())
            self._run_due()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self._mails_to(), mail)

    @mute_logger(ENGINE)
    def test_nobody_to_tell(self):
        """Nobody can be told of a failure: it is kept, and the others go on."""
        template = self._template(
            "aftersales.asset", body='<p t-out="object.no_such_field"/>'
        )
        followup = self._planned(self._mail_rule(template=template))
        with patch.object(
            type(followup.rule_id),
            "_get_fallback_user",
            lambda rule: rule.env["res.users"],
        ):
            for _try in range(4):
                followup._note_failure(datetime(2026, 3, 9), UserError("No"))
        self.assertEqual(followup.state, "failed")
        self.assertFalse(followup.activity_ids)

    def test_conflict_is_raised(self):
        """What the database wants again is not noted as a failure."""
        followup = self._planned()

        def conflict(*args):
            raise psycopg2.errors.SerializationFailure()

        with (
            patch.object(type(followup), "_act", conflict),
            freeze_time(LATER),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            followup._run(fields.Datetime.now())

    # --- Rights ---

    def test_rights(self):
        followup = self._planned()
        Followup = self.env["aftersales.followup"]
        portal = new_test_user(self.env, "fu_portal", groups="base.group_portal")
        for user in (portal, self.user_internal, self.env.ref("base.public_user")):
            for method in ("action_skip", "action_retry", "action_open_document"):
                with self.subTest(user=user.login, method=method):
                    with mute_logger("odoo.addons.base.models.ir_model"):
                        with self.assertRaises(AccessError):
                            getattr(followup.with_user(user), method)()
            for method in ("action_switch_on", "action_switch_off", "action_preview"):
                with mute_logger("odoo.addons.base.models.ir_model"):
                    with self.assertRaises(AccessError):
                        getattr(followup.rule_id.with_user(user), method)()
        reader = followup.with_user(self.user_agent_all)
        self.assertEqual(reader.state, "planned")
        with self.assertRaises(AccessError):
            reader.action_skip()
        with self.assertRaises(AccessError):
            reader.rule_id.action_switch_off()
        with self.assertRaises(AccessError):
            Followup.with_user(self.user_manager).create({"rule_id": 1})
        with self.assertRaises(AccessError):
            followup.with_user(self.user_manager).write({"state": "done"})
        with self.assertRaises(AccessError):
            followup.with_user(self.user_manager).read(["access_token"])
        manager = followup.with_user(self.user_manager)
        manager.action_skip()
        self.assertEqual(followup.state, "skipped")
        self.assertIn(self.user_manager.name, followup.reason)

    def test_matrix(self):
        """Which role may do what with which model."""
        rule, row = "aftersales.followup.rule", "aftersales.followup"
        preview = "aftersales.followup.preview"
        allowed = {
            self.env.ref("base.public_user"): {},
            self.user_portal: {},
            self.user_internal: {},
            self.user_stock: {},
            self.user_sale: {},
            self.user_technician: {},
            self.user_agent: {rule: "r"},
            self.user_agent_all: {rule: "r", row: "r"},
            self.user_manager: {rule: "rwcu", row: "r", preview: "rwcu"},
        }
        operations = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        for user, models in allowed.items():
            for model in (rule, row, preview, f"{preview}.line"):
                expected = models.get(model.removesuffix(".line"), "")
                for letter, operation in operations.items():
                    with self.subTest(user=user.login, model=model, to=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            letter in expected,
                        )

    def test_done_is_not_done_again(self):
        followup = self._planned()
        with freeze_time(LATER):
            self._run_due()
            with self.assertRaises(UserError):
                followup.with_user(self.user_manager).action_retry()

    def test_other_companies_are_not_seen(self):
        followup = self._planned()
        other = self.env["res.company"].create({"name": "Other"})
        foreign = new_test_user(
            self.env,
            "fu_foreign",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        Followup = self.env["aftersales.followup"].with_user(foreign)
        self.assertFalse(Followup.search([("id", "=", followup.id)]))
        with self.assertRaises(AccessError):
            followup.with_user(foreign).action_skip()

    # --- The question before many, and the test of a rule ---

    def test_asks_before_many(self):
        with freeze_time(NOW):
            self._unit("2026-03-02")
            self._unit("2026-03-02", name="B")
            rule = self._mail_rule(on=False).with_user(self.user_manager)
            with patch(
                "odoo.addons.aftersales_addon.models.aftersales_followup_switch_mixin"
                ".ASK_FROM",
                1,
            ):
                action = rule.action_switch_on()
            self.assertFalse(rule.is_on)
            self.assertEqual(action["res_model"], "aftersales.followup.preview")
            preview = (
                self.env["aftersales.followup.preview"]
                .with_user(self.user_manager)
                .with_context(**action["context"])
                .create({})
            )
            self.assertTrue(preview.asks)
            self.assertEqual(preview.count, 2)
            preview.action_switch_on()
            self.assertTrue(rule.is_on)

    def test_preview(self):
        """What would happen, and what would be left out; nothing is done."""
        with freeze_time(NOW):
            self._unit("2026-03-02")
            self._unit("2026-03-02", self.other_customer)
            self.other_customer.aftersales_no_followups = True
            rule = self._mail_rule(on=False)
            preview = (
                self.env["aftersales.followup.preview"]
                .with_user(self.user_manager)
                .create({"rule_id": rule.id})
            )
            lines = preview.line_ids
        self.assertEqual(lines.partner_id, self.customer | self.other_customer)
        reasons = {line.partner_id: line.reason for line in lines}
        self.assertFalse(reasons[self.customer])
        self.assertIn("no such messages", reasons[self.other_customer])
        self.assertEqual(lines[0].date_planned, datetime(2026, 3, 9, 9))
        self.assertFalse(self._followups(rule))
        self.assertFalse(self._mails_to())

    def test_counts(self):
        followup = self._planned()
        rule = followup.rule_id
        self.assertEqual((rule.planned_count, rule.done_count), (1, 0))
        with freeze_time(LATER):
            self._run_due()
        rule.invalidate_recordset()
        self.assertEqual((rule.planned_count, rule.done_count), (0, 1))
        unit = self.unit.with_user(self.user_agent_all)
        self.assertEqual(unit.aftersales_followup_count, 1)
        self.assertEqual(
            self.customer.with_user(self.user_agent_all).aftersales_followup_count, 1
        )
        action = unit.action_aftersales_view_followups()
        found = self.env["aftersales.followup"].search(action["domain"])
        self.assertEqual(found, followup)
