"""Answers that are kept, and goodwill that stands beside them."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestAssessment(RepairCommon):
    def _ask(self, asset, user=None, **values):
        model = self.env["aftersales.asset.assess"]
        model = model.with_user(user or self.user_agent)
        form = Form(model.with_context(**asset.action_assess()["context"]))
        for name, value in values.items():
            form[name] = value
        return form

    def _keep(self, form):
        action = form.save().action_save()
        return self.env[action["res_model"]].browse(action["res_id"])

    @freeze_time("2026-06-01")
    def test_the_answer_is_there_at_once_and_kept_as_given(self):
        policy = self._policy(lines={"parts": 100.0, "labour": 50.0})
        asset = self._unit("2025-03-15", policy=policy)
        form = self._ask(asset)
        self.assertEqual(form.state, "partial")
        self.assertIn("the warranty lasts until 15 Mar 2027", form.answer)
        form.date_reported = "2027-03-16"
        self.assertEqual(form.state, "none")
        form.date_reported = "2026-05-01"
        assessment = self._keep(form)
        self.assertEqual(
            assessment.line_ids.filtered("share").mapped(lambda n: (n.item, n.share)),
            [("parts", 100.0), ("labour", 50.0)],
        )
        self.assertEqual(assessment.state, "partial")
        self.assertIn("lasts until", assessment.explanation)
        self.assertEqual(assessment.user_id, self.user_agent)
        asset.warranty_ids.sudo()._set_closed("manual")
        self.assertEqual(assessment.state, "partial", "what was answered stays")
        self.assertEqual(asset.assessment_count, 1)

    @freeze_time("2026-06-01")
    def test_one_item_alone(self):
        form = self._ask(self._unit("2025-03-15"), item="parts")
        self.assertEqual(form.state, "full")
        form.item = "travel"
        self.assertEqual(form.state, "none")
        assessment = self._keep(form)
        self.assertEqual(assessment.line_ids.mapped("item"), ["travel"])

    @freeze_time("2026-06-01")
    def test_more_than_the_customer_has(self):
        asset = self._unit("2026-01-10", product=self.sensor, quantity=7)
        form = self._ask(asset, quantity=8)
        self.assertEqual(form.state, "partial")
        assessment = self._keep(form)
        self.assertEqual((assessment.quantity, assessment.quantity_covered), (8, 7))

    @freeze_time("2026-03-15")
    def test_a_usage_that_was_named_becomes_a_reading(self):
        asset = self._unit(
            "2025-03-15", policy=self._policy(usage_limit=1000, usage_unit="hour")
        )
        form = self._ask(asset)
        self.assertEqual(form.state, "question")
        form.usage = 1001
        self.assertEqual(form.state, "none")
        form.usage = 1000
        self.assertEqual(form.state, "partial")
        assessment = self._keep(form)
        self.assertEqual(assessment.usage, 1000)
        self.assertEqual(asset.reading_ids.mapped("value"), [1000])
        # What does not fit the readings is kept with the answer alone.
        self._keep(self._ask(asset, usage=900))
        self.assertEqual(asset.reading_ids.mapped("value"), [1000])

    @freeze_time("2026-06-01")
    def test_every_role_that_sees_units_may_ask(self):
        asset = self._unit("2025-03-15")
        for user in (self.user_technician, self.user_sale, self.user_stock):
            assessment = self._keep(self._ask(asset, user))
            self.assertTrue(assessment.with_user(user).explanation)
            self.assertEqual(assessment.user_id, user)

    # --- Goodwill ---

    def _expired_repair(self):
        repair = self._repair(self._unit("2024-03-15"), [(self.part, 1), (self.oil, 1)])
        repair.action_create_sale_order()
        self._add_service(repair)
        self.assertEqual(repair.aftersales_state, "none")
        return repair

    def _grant(self, assessment, user, reason, **shares):
        model = self.env["aftersales.assessment.goodwill"].with_user(user)
        action = assessment.with_user(user).action_goodwill()
        with Form(model.with_context(**action["context"])) as form:
            form.reason = reason
            for index, line in enumerate(assessment.line_ids):
                if line.item in shares:
                    with form.line_ids.edit(index) as row:
                        row.granted_share = shares[line.item]
        return form.record.action_grant()

    @freeze_time("2026-06-01")
    def test_goodwill_pays_and_the_answer_stays(self):
        repair = self._expired_repair()
        assessment = repair.aftersales_assessment_id
        result = dict(assessment.result)
        user = new_test_user(
            self.env,
            "generous",
            groups="aftersales_addon.aftersales_group_user,"
            "aftersales_addon.aftersales_group_goodwill",
        )
        self._grant(assessment, user, "Ended only last month", parts=50, labour=100)
        self.assertEqual(self._line(repair, self.part).price_subtotal, 100.0)
        self.assertEqual(self._line(repair, self.labour).price_subtotal, 0.0)
        self.assertEqual(self._line(repair, self.oil).price_subtotal, 30.0)
        self.assertIn("goodwill", self._line(repair, self.part).name)
        self.assertEqual(assessment.state, "none")
        self.assertEqual(assessment.result, result)
        self.assertTrue(assessment.has_goodwill)
        self.assertEqual(assessment.goodwill_user_id, user)
        self.assertIn("Ended only", str(assessment.message_ids[0].body))
        self.assertEqual(
            (
                assessment.amount_warranty,
                assessment.amount_goodwill,
                assessment.amount_customer,
            ),
            (0.0, 200.0, 130.0),
        )
        self._grant(assessment, user, "A mistake", parts=0, labour=0)
        self.assertEqual(repair.sale_order_id.amount_untaxed, 330.0)
        self.assertFalse(assessment.has_goodwill)

    @freeze_time("2026-06-01")
    def test_goodwill_on_top_of_a_share(self):
        policy = self._policy(lines={"parts": 50.0})
        repair = self._repair(self._unit("2026-01-10", policy=policy), [(self.part, 1)])
        repair.action_create_sale_order()
        assessment = repair.aftersales_assessment_id
        assessment.with_user(self.user_manager)._set_goodwill(
            {"parts": 80.0}, "A good customer"
        )
        line = self._line(repair, self.part)
        self.assertEqual((line.discount, line.price_subtotal), (80.0, 40.0))
        parts = assessment.line_ids.filtered(lambda part: part.item == "parts")
        self.assertEqual(parts.amount_warranty, 100.0)
        self.assertEqual(parts.amount_goodwill, 60.0)
        self.assertEqual(parts.amount_customer, 40.0)
        [[warranty, goodwill]] = self.env["aftersales.assessment.line"]._read_group(
            [("assessment_id", "=", assessment.id)],
            aggregates=["amount_warranty:sum", "amount_goodwill:sum"],
        )
        self.assertEqual((warranty, goodwill), (100.0, 60.0))
        repair.aftersales_date_reported = "2026-05-01"
        self.assertEqual(line.discount, 80.0, "goodwill outlasts a new answer")

    @freeze_time("2026-06-01")
    def test_goodwill_needs_the_group_and_a_reason(self):
        assessment = self._expired_repair().aftersales_assessment_id
        with self.assertRaises(AccessError):
            assessment.with_user(self.user_agent_all)._set_goodwill(
                {"parts": 100}, "Please"
            )
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            self.env["aftersales.assessment.goodwill"].with_user(
                self.user_agent_all
            ).create({"assessment_id": assessment.id})
        with self.assertRaisesRegex(UserError, "reason"):
            assessment.with_user(self.user_manager)._set_goodwill({"parts": 100}, " ")
        self.assertTrue(
            self.user_manager.has_group("aftersales_addon.aftersales_group_goodwill")
        )

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_answers_are_not_written_by_hand(self):
        assessment = self._keep(self._ask(self._unit("2025-03-15")))
        for user in (self.user_agent_all, self.user_manager):
            with self.assertRaises(AccessError):
                assessment.with_user(user).state = "full"
            with self.assertRaises(AccessError):
                assessment.line_ids.with_user(user).share = 100
