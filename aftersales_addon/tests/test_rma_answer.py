"""Ready texts: answers in the composer, and reasons of rejections."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaAnswer(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Template = cls.env["mail.template"]
        Template.search([("model", "=", "aftersales.rma")]).aftersales_is_answer = False
        cls.customer.email = "anna@example.com"
        cls.order = cls._sell([(cls.sensor, 5)])
        cls.rma = cls.env["aftersales.rma"].create(
            {
                "partner_id": cls.customer.id,
                "line_ids": [
                    Command.create(
                        {
                            "move_id": cls.order.picking_ids.move_ids.id,
                            "reason_id": cls.reason.id,
                        }
                    )
                ],
            }
        )
        cls.rma.action_request()

    def _answer(self, name, **vals):
        return self.env["mail.template"].create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id("aftersales.rma"),
                "subject": "About {{ object.name }}",
                "body_html": "<p>Good day</p>",
                "lang": "{{ object._get_customer_lang() }}",
                "partner_to": "{{ object.partner_id.id }}",
                "use_default_to": False,
                "aftersales_is_answer": True,
                **vals,
            }
        )

    def _compose(self, user=None):
        rma = self.rma.with_user(user or self.user_agent_all)
        action = rma.action_answer()
        composer = self.env["mail.compose.message"].with_user(rma.env.user)
        return Form(
            composer.with_context(**action["context"]), view=action["views"][0][0]
        )

    def test_what_fits_is_offered(self):
        other = self.env["aftersales.reason"].create({"name": "Other"})
        general = self._answer("General")
        by_reason = self._answer(
            "Z", aftersales_reason_ids=[Command.set(self.reason.ids)]
        )
        refund = self._answer(
            "Refund", aftersales_remedy="refund", aftersales_state="requested"
        )
        self._answer("Approved", aftersales_state="approved")
        self._answer("Repair", aftersales_remedy="repair")
        self._answer("Other", aftersales_reason_ids=[Command.set(other.ids)])
        self._answer("No answer", aftersales_is_answer=False)
        found = self.rma.with_user(self.user_agent)._find_answers()
        self.assertEqual(found, by_reason | general | refund)
        self.assertEqual(found[0], by_reason, "the nearest first")
        form = self._compose(self.user_agent)
        self.assertEqual(set(form.aftersales_answer_ids.ids), set(found.ids))

    def test_it_is_sent_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        answer = self._answer("General")
        answer.with_context(lang="de_DE").body_html = "<p>Guten Tag</p>"
        form = self._compose()
        self.assertNotIn("Guten Tag", form.body or "")
        form.template_id = answer
        self.assertIn("Guten Tag", form.body)
        self.assertEqual(form.subject, f"About {self.rma.name}")
        form.save().action_send_mail()
        message = self.rma.message_ids.filtered(lambda m: "Guten Tag" in m.body)
        self.assertIn(self.customer, message.partner_ids)

    def test_customers_write_on_their_page(self):
        portal = new_test_user(
            self.env,
            "answer_portal",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        with self.assertRaisesRegex(UserError, "on the page of the return"):
            self.rma.with_user(portal).action_answer()

    def test_ready_reasons_of_rejections(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        reason = self.env["aftersales.reject.reason"].create(
            {"name": "Late", "text": "It is too late."}
        )
        reason.with_context(lang="de_DE").text = "Es ist zu spät."
        action = self.rma.with_user(self.user_agent).action_open_reject()
        model = self.env["aftersales.rma.reject"].with_user(self.user_agent)
        form = Form(model.with_context(**action["context"]))
        form.reason_id = reason
        self.assertEqual(form.reason, "Es ist zu spät.")
        form.reason = f"{form.reason} Leider."
        form.save().action_reject()
        self.assertEqual(self.rma.reject_reason, "Es ist zu spät. Leider.")

    def test_a_rejection_needs_no_ready_reason(self):
        model = self.env["aftersales.rma.reject"].with_user(self.user_agent)
        wizard = model.create({"rma_ids": self.rma.ids, "reason": "Because."})
        wizard.action_reject()
        self.assertEqual(self.rma.reject_reason, "Because.")

    def test_managers_write_ready_reasons(self):
        Reason = self.env["aftersales.reject.reason"]
        Reason.with_user(self.user_manager).create({"name": "A", "text": "B"})
        with self.assertRaises(AccessError):
            Reason.with_user(self.user_agent_all).create({"name": "A", "text": "B"})
