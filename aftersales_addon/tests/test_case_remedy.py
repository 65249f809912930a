"""From the concern to its remedy, and to the end of the case."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseRemedy(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        # Promises are tested elsewhere.
        cls.promise.active = False

    def _covered_case(self, **vals):
        asset = self._deliver_one()
        vals = {"kind": "technical", "user_id": self.user_agent.id, **vals}
        return self._case(asset_id=asset.id, **vals)

    # --- Coverage ---

    def test_a_case_knows_who_pays_what_without_a_click(self):
        case = self._covered_case()
        assessment = case.assessment_id
        self.assertEqual(assessment.case_id, case)
        self.assertEqual(assessment.asset_id, case.asset_id)
        self.assertEqual(assessment._get_origin(), case)
        self.assertIn(case.assessment_state, ("full", "partial"))
        seen = case.with_user(self.user_agent)
        self.assertIn("100", seen.coverage_answer)
        self.assertEqual(seen.recommended_remedy, "repair")
        self.assertIn("at no cost", seen.remedy_hint)

    def test_the_day_of_the_report_decides(self):
        with freeze_time("2024-01-10 10:00"):
            asset = self._deliver_one()
        case = self._case(
            asset_id=asset.id, kind="technical", date_reported="2024-06-01 10:00:00"
        )
        self.assertIn(case.assessment_state, ("full", "partial"))
        first = case.assessment_id
        case.with_user(self.user_manager).date_reported = "2026-06-01 10:00:00"
        self.assertEqual(case.assessment_state, "none")
        self.assertEqual(case.assessment_id, first)
        self.assertIn("the customer pays", case.remedy_hint)

    def test_another_unit_is_assessed_anew(self):
        case = self._covered_case()
        first, other = case.assessment_id, self._deliver_one()
        case.with_user(self.user_agent).asset_id = other
        self.assertEqual(case.assessment_id.asset_id, other)
        self.assertNotEqual(case.assessment_id, first)
        self.assertFalse(first.active)
        case.asset_id = False
        self.assertFalse(case.assessment_id)

    def test_the_form_tells_before_it_is_saved(self):
        asset = self._deliver_one()
        form = Form(self.env["aftersales.case"].with_user(self.user_agent))
        form.kind = "technical"
        form.serial_number = asset.serial_number
        self.assertIn("100", form.coverage_answer)
        self.assertEqual(form.recommended_remedy, "repair")

    def test_a_question_wants_an_answer(self):
        case = self._covered_case(kind="question")
        self.assertEqual(case.recommended_remedy, "advice")

    def test_what_may_be_given_back_is_given_back(self):
        policy = self.env["aftersales.return.policy"].create(
            {"name": "Fourteen days", "window_days": 14}
        )
        self.category.aftersales_return_policy_id = policy
        case = self._covered_case(kind="complaint")
        self.assertEqual(case.recommended_remedy, "return")
        self.assertIn("Fourteen days", case.remedy_hint)

    # --- Making documents ---

    def test_a_repair_has_everything_filled_in(self):
        case = self._covered_case(description="<p>It rattles</p>")
        action = case.with_user(self.user_agent).action_repair()
        repair = case.repair_ids
        self.assertEqual(repair.aftersales_case_id, case)
        self.assertEqual(repair.aftersales_asset_id, case.asset_id)
        self.assertEqual(repair.lot_id, case.asset_id.lot_id)
        self.assertEqual(repair.partner_id, self.customer)
        self.assertIn("rattles", repair.internal_notes)
        self.assertTrue(repair.under_warranty)
        self.assertEqual(case.resolution, "repair")
        self.assertEqual((case.state, case.remedy_state), ("open", "open"))
        # The agent has no rights in the workshop, and is told so.
        self.assertEqual(action["tag"], "display_notification")
        case.with_user(self.user_agent).action_repair()
        self.assertEqual(case.repair_count, 1)

    def test_a_return_has_everything_filled_in(self):
        case = self._covered_case()
        case.reason_id = self.env["aftersales.reason"].create({"name": "Rattles"})
        case.with_user(self.user_agent).action_return()
        rma = case.rma_ids
        self.assertEqual(rma.origin, "case")
        self.assertEqual(rma.line_ids.asset_id, case.asset_id)
        self.assertEqual(rma.line_ids.move_id, case.asset_id.move_id)
        self.assertEqual(rma.line_ids.reason_id, case.reason_id)
        self.assertEqual(rma.line_ids.remedy, "repair")
        self.assertEqual(case.resolution, "return")
        rma.with_user(self.user_agent_all).action_approve()
        self.assertEqual(rma.state, "approved")

    def test_a_refund_is_a_return_with_money_back(self):
        case = self._covered_case()
        case.with_user(self.user_agent).action_refund()
        self.assertEqual(case.rma_ids.line_ids.remedy, "refund")
        self.assertEqual(case.resolution, "refund")

    def test_goods_that_came_back_do_not_come_back_again(self):
        case = self._covered_case()
        asset = case.asset_id
        self._return(asset.move_id, lots=asset.lot_id)
        with self.assertRaises(UserError):
            case.with_user(self.user_agent).action_return()

    def test_without_a_unit_the_order_tells_what_may_come_back(self):
        order = self._sell([(self.sensor, 2)])
        self._put_in_stock(self.sensor, 2)
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        case = self._case(sale_order_id=order.id, user_id=self.user_agent.id)
        case.asset_id = False
        action = case.with_user(self.user_agent).action_refund()
        start = self.env[action["res_model"]].browse(action["res_id"])
        start = start.with_user(self.user_agent)
        start.line_ids.quantity = 1
        start.action_draft()
        self.assertEqual(case.rma_ids.origin, "case")
        self.assertEqual(case.resolution, "refund")

    def test_nothing_known_is_asked_for(self):
        case = self._case(user_id=self.user_agent.id).with_user(self.user_agent)
        for name in ("repair", "return", "refund", "replace"):
            with self.assertRaises(UserError):
                getattr(case, f"action_{name}")()

    def test_what_is_over_has_no_more_remedies(self):
        case = self._covered_case()
        case.action_solve()
        with self.assertRaisesRegex(UserError, "Reopen"):
            case.with_user(self.user_agent).action_repair()

    def test_a_technician_makes_nothing(self):
        case = self._covered_case()
        with self.assertRaises(UserError):
            case.with_user(self.user_technician).action_repair()

    # --- The case knows when it is done ---

    def _finish(self, repair):
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()

    def _mails(self, case):
        return case.message_ids.filtered(lambda m: "it is done" in (m.subject or ""))

    def test_a_finished_repair_solves_the_case_and_tells_the_customer(self):
        repairer = new_test_user(
            self.env,
            "as_workshop",
            groups="stock.group_stock_user,stock.group_production_lot",
        )
        case = self._covered_case()
        case.with_user(self.user_agent).action_repair()
        case.with_user(self.user_agent).action_wait_parts()
        self._finish(case.repair_ids.with_user(repairer))
        self.assertEqual(case.repair_ids.state, "done")
        self.assertEqual((case.remedy_state, case.state), ("done", "solved"))
        self.assertEqual(len(self._mails(case)), 1)
        case._follow_remedies()
        self.assertEqual(len(self._mails(case)), 1)

    def test_the_team_may_solve_by_hand_and_tell_nobody(self):
        self.team.is_solved_by_remedies = False
        self.team.case_done_template_id = False
        case = self._covered_case()
        case.action_repair()
        case.action_wait_parts()
        self._finish(case.repair_ids)
        self.assertEqual((case.remedy_state, case.state), ("done", "open"))
        self.assertFalse(self._mails(case))

    def test_all_remedies_have_to_be_done(self):
        case = self._covered_case()
        case.action_repair()
        case.action_refund()
        self._finish(case.repair_ids)
        self.assertEqual((case.remedy_state, case.state), ("open", "open"))
        case.rma_ids.action_cancel()
        self.assertEqual((case.remedy_state, case.state), ("done", "solved"))

    def test_a_cancelled_repair_calls_a_person(self):
        case = self._covered_case()
        case.action_repair()
        case.action_wait_parts()
        case.repair_ids.action_repair_cancel()
        self.assertEqual((case.remedy_state, case.state), ("cancelled", "open"))
        self.assertEqual(case.activity_ids.user_id, self.user_agent)

    def test_a_broken_text_keeps_no_repair_from_its_end(self):
        self.team.case_done_template_id.body_html = "<t t-out='object.nothing.x()'/>"
        case = self._covered_case()
        case.action_repair()
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin",
            "odoo.addons.aftersales_addon.models.aftersales_case_followup_mixin",
        ):
            self._finish(case.repair_ids)
        self.assertEqual(case.state, "solved")

    def _open_replace(self, case, **vals):
        """Press "Replace" on the case; return the dialog."""
        action = case.with_user(self.user_agent).action_replace()
        Wizard = self.env["aftersales.asset.replace"].with_user(self.user_agent)
        return Wizard.with_context(**action["context"]).create(vals)

    def test_a_delivered_replacement_is_the_end(self):
        case = self._covered_case()
        self._open_replace(case, mode="order").action_replace()
        order = case.replacement_order_ids
        self.assertEqual(
            (order.aftersales_case_id, case.resolution), (case, "replacement")
        )
        order.action_confirm()
        self._put_in_stock(self.lock, 1, self._make_lots(self.lock, "NEW-1"))
        order.picking_ids.action_assign()
        self.assertEqual(case.remedy_state, "open")
        order.picking_ids.with_user(self.user_stock).button_validate()
        self.assertEqual((case.remedy_state, case.state), ("done", "solved"))

    def _replace_by_return(self, case, **policy_vals):
        """Press both buttons: "Replace" on the case, and that of the dialog."""
        self.company.aftersales_return_policy_id = self.env[
            "aftersales.return.policy"
        ].create({"name": "30 days", **policy_vals})
        return self._open_replace(case).action_replace()

    def test_two_clicks_take_the_old_one_back_and_send_a_new_one(self):
        case = self._covered_case()
        action = self._replace_by_return(case, allow_advance=True)
        rma = case.rma_ids
        self.assertEqual(action["res_id"], rma.id)
        self.assertEqual((rma.state, rma.origin), ("approved", "case"))
        self.assertEqual(rma.line_ids.asset_id, case.asset_id)
        self.assertEqual(rma.line_ids.remedy, "replacement")
        self.assertTrue(rma.picking_ids)
        order = rma._get_replacement_orders()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.aftersales_replaces_asset_id, case.asset_id)
        self.assertEqual((case.resolution, case.remedy_state), ("replacement", "open"))
        again = case.with_user(self.user_agent).action_replace()
        self.assertEqual(again["context"]["default_mode"], "order")

    def test_the_inspection_of_the_old_one_is_the_end(self):
        case = self._covered_case()
        self._replace_by_return(case, allow_advance=True)
        rma = case.rma_ids
        order = rma._get_replacement_orders()
        self._put_in_stock(self.lock, 1, self._make_lots(self.lock, "NEW-1"))
        order.picking_ids.action_assign()
        order.picking_ids.with_user(self.user_stock).button_validate()
        rma.picking_ids.with_user(self.user_stock).button_validate()
        self.assertEqual((case.remedy_state, case.state), ("open", "open"))
        wizard = self.env["aftersales.rma.inspection"].with_user(self.user_stock)
        action = rma.with_user(self.user_stock).action_inspect()
        wizard.browse(action["res_id"]).action_confirm()
        self.assertEqual((case.remedy_state, case.state), ("done", "solved"))

    def test_without_advance_the_new_one_waits_for_the_old_one(self):
        case = self._covered_case()
        self._replace_by_return(case)
        self.assertEqual(case.rma_ids.state, "approved")
        self.assertFalse(case.rma_ids._get_replacement_orders())

    def test_a_unit_is_taken_back_once(self):
        case = self._covered_case()
        self._replace_by_return(case)
        wizard = self.env["aftersales.asset.replace"].create(
            {"asset_id": case.asset_id.id, "case_id": case.id, "mode": "return"}
        )
        with self.assertRaises(UserError):
            wizard.action_replace()

    def test_a_replacement_of_another_unit_is_none_of_the_case(self):
        case, other = self._covered_case(), self._deliver_one()
        wizard = self.env["aftersales.asset.replace"].create(
            {"asset_id": other.id, "case_id": case.id}
        )
        with self.assertRaises(UserError):
            wizard.action_replace()

    # --- Silence ---

    def _close(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_addon.ir_cron_case_close").method_direct_trigger()
        self.env.invalidate_all()

    def test_silence_closes(self):
        self.team.close_days = 7
        with freeze_time("2026-03-02 10:00"):
            case, heard, never = self._covered_case(), self._case(), self._case()
            (case | heard | never).action_solve()
            never.team_id = self.env["aftersales.team"].create(
                {"name": "By Hand", "close_days": 0}
            )
        with freeze_time("2026-03-06 10:00"):
            self._answer(heard, user=self.user_manager)
        with freeze_time("2026-03-09 09:59"):
            self._close()
            self.assertEqual(case.state, "solved")
        with freeze_time("2026-03-09 10:01"):
            self._close()
            self.assertEqual(case.state, "closed")
            self.assertEqual(case.date_closed, datetime(2026, 3, 9, 10, 1))
            self.assertEqual(heard.state, "solved")
            self.assertEqual(never.state, "solved")
        with freeze_time("2026-03-13 10:01"):
            self._close()
            self.assertEqual(heard.state, "closed")

    # --- Many at once ---

    def test_queries_of_many_at_once(self):
        assets = self.env["aftersales.asset"].union(
            *(self._deliver_one() for _ in range(21))
        )
        cases = self.env["aftersales.case"].union(
            *(self._case(asset_id=asset.id, kind="technical") for asset in assets)
        )
        self.env.flush_all()
        costs = []
        for some in (cases[:1], cases[1:]):
            self.env.invalidate_all()
            some.assessment_id.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some._assess()
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(costs[1], costs[0] + 12, costs)

    def test_answers_by_kind_and_symptom(self):
        Template = self.env["mail.template"]
        reason = self.env["aftersales.reason"].create({"name": "Rattles"})
        model = self.env["ir.model"]._get_id("aftersales.case")
        base = {"model_id": model, "aftersales_is_answer": True}
        fits = Template.create(
            {
                **base,
                "name": "Oil it",
                "body_html": "<p>Oil it</p>",
                "aftersales_reason_ids": [Command.link(reason.id)],
            }
        )
        other = Template.create(
            {**base, "name": "Training", "aftersales_case_kind": "training"}
        )
        case = self._covered_case(reason_id=reason.id)
        found = case.with_user(self.user_agent)._find_answers()
        self.assertEqual(found[0], fits)
        self.assertNotIn(other, found)
        action = case.with_user(self.user_agent).action_advise()
        self.assertEqual(case.resolution, "advice")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user_agent)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn(fits, composer.aftersales_answer_ids)
        composer.template_id = fits
        composer._action_send_mail()
        self.assertIn("Oil it", case.message_ids[0].body)
        self.assertEqual(case.reply_count, 1)
