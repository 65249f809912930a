"""Measures of service: each counted by hand."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseMeasures(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.reason = cls.env["aftersales.reason"].create({"name": "Rattles"})

    def _figures(self, cases):
        self.env.flush_all()
        return self.env["aftersales.case.report"].search([("case_id", "in", cases.ids)])

    def _mean(self, cases, name):
        self.env.flush_all()
        [(value,)] = self.env["aftersales.case.report"]._read_group(
            [("case_id", "in", cases.ids)], [], [f"{name}:avg"]
        )
        return value

    def test_s8_how_long_it_took(self):
        with freeze_time("2026-06-19 16:00:00"):
            case = self._case()
        with freeze_time("2026-06-22 07:30:00"):
            self._answer(case)
            case.action_wait_customer()
        with freeze_time("2026-06-23 07:30:00"):
            case.action_start()
        with freeze_time("2026-06-23 08:30:00"):
            case.action_solve()
        row = self._figures(case)
        self.assertEqual(row.hours_first_response, 0.5)
        self.assertEqual(row.hours_first_response_clock, 63.5)
        self.assertEqual(row.hours_resolution, 1.5, "without the wait")
        self.assertEqual(row.hours_resolution_clock, 88.5)

    def test_s6_satisfaction(self):
        cases = self.env["aftersales.case"]
        for value in (5, 5, 4, 3, 1, None, None):
            case = self._case()
            case._ask_rating()
            if value:
                case.rating_apply(value, token=case._rating_get_access_token())
            cases |= case
        self.assertEqual(self._mean(cases, "csat_rate"), 60)
        self.assertAlmostEqual(self._mean(cases, "rating"), 3.6)
        self.assertAlmostEqual(self._mean(cases, "response_rate"), 71.43, 2)

    def test_a_bad_rating_calls_a_manager_at_once(self):
        case = self._case()
        case.action_solve()
        case.rating_apply(
            1, token=case._rating_get_access_token(), feedback="Never again"
        )
        self.assertEqual(case.activity_ids.user_id, self.user_manager)
        self.assertIn("Never again", case.activity_ids.note)
        self.assertEqual(case.state, "solved", "blame is no question")
        good = self._case()
        good.rating_apply(5, token=good._rating_get_access_token())
        self.assertFalse(good.activity_ids)

    def test_asked_once_when_closed(self):
        case = self._case()
        Mail = self.env["mail.mail"]
        mine = [("model", "=", case._name), ("res_id", "=", case.id)]
        case.action_solve()
        self.assertFalse(Mail.search_count(mine))
        case.action_close()
        self.assertEqual(Mail.search_count(mine), 1)
        case.action_reopen()
        case.action_solve()
        case.action_close()
        self.assertEqual(Mail.search_count(mine), 1)
        self.team.ask_rating = False
        other = self._case()
        other.action_solve()
        other.action_close()
        self.assertFalse(other.date_rating_asked)

    def test_s9_solved_at_first_contact(self):
        asset = self._deliver_one()
        other = self._deliver_one()
        about = {"asset_id": asset.id, "reason_id": self.reason.id}
        with freeze_time("2026-06-15 08:00:00"):
            once = self._case(**about)
            again = self._case(asset_id=other.id, reason_id=self.reason.id)
            twice = self._case()
            reopened = self._case()
            spam = self._case()
            for case in (once, again, twice, twice, reopened):
                self._answer(case)
            for case in (once, again, twice, reopened):
                case.action_solve()
            reopened.action_reopen()
            reopened.action_solve()
            spam.action_spam()
        with freeze_time("2026-06-20 08:00:00"):
            self._case(asset_id=other.id, reason_id=self.reason.id)
        with freeze_time("2026-06-24 08:00:00"):
            self._case(**about)  # after more than 7 days
            young = self._case()
            young.action_solve()
        with freeze_time("2026-06-25 08:00:00"):
            rate = {
                case: row.fcr_rate
                for case in once | again | twice | reopened
                for row in self._figures(case)
            }
            self.assertEqual(
                [rate[case] for case in (once, again, twice, reopened)],
                [100, 0, 0, 0],
            )
            self.assertFalse(self._figures(spam))
            everyone = once | again | twice | reopened | spam | young
            self.assertEqual(self._mean(everyone, "fcr_rate"), 25, "without the young")
            self.assertEqual(self._mean(everyone, "reopen_rate"), 20)

    def test_promises_kept(self):
        with freeze_time("2026-06-15 08:00:00"):
            kept, broken, running = self._case(), self._case(), self._case()
            kept.action_solve()
        with freeze_time("2026-06-17 08:00:00"):
            broken.action_solve()
        self.assertEqual(self._mean(kept | broken | running, "sla_rate"), 50)

    def test_how_old_the_backlog_is(self):
        old = self._case(date_reported=fields.Datetime.now() - timedelta(days=3))
        done = self._case()
        done.action_solve()
        self.assertAlmostEqual(self._mean(old | done, "backlog_days"), 3, 1)

    def test_what_a_case_costs(self):
        self.team.cost_hour = 40
        case = self._case()
        case.hours_worked = 1.5
        self.assertEqual(self._figures(case).cost, 60)
        self.env["aftersales.rma"].create(
            {
                "partner_id": self.customer.id,
                "case_id": case.id,
                "cost_shipping": 7.5,
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self._figures(case).cost, 67.5)

    def test_companies_apart(self):
        case = self._case()
        other = self.env["res.company"].create({"name": "Other"})
        user = self.user_agent_all
        user.write({"company_ids": [(4, other.id)], "company_id": other.id})
        found = (
            self.env["aftersales.case.report"]
            .with_user(user)
            .with_context(allowed_company_ids=other.ids)
            .search([])
        )
        self.assertNotIn(case, found.sudo().case_id)

    # --- Recommendations ---

    def _ask_nps(self, partner=None):
        return self.env["aftersales.nps"]._ask(
            partner or self.customer, self.company, self._case()
        )

    def test_s7_the_score(self):
        answers = [9, 10, 10, 8, 7, 6, 5, 9, 0, 10]
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(10)]
        )
        questions = self._ask_nps(partners)
        for question, score in zip(questions, answers, strict=True):
            question._answer(score)
        [(points,)] = self.env["aftersales.nps"]._read_group(
            [("id", "in", questions.ids), ("is_latest", "=", True)], [], ["points:avg"]
        )
        self.assertEqual(points, 20)

    def test_one_answer_counts_in_a_quarter(self):
        with freeze_time("2026-01-10"):
            first = self._ask_nps()
            first._answer(2)
        with freeze_time("2026-03-20"):
            second = self.env["aftersales.nps"].create(
                {"partner_id": self.customer.id, "company_id": self.company.id}
            )
            second._answer(9)
        self.assertEqual((first.is_latest, second.is_latest), (False, True))
        with freeze_time("2026-07-01"):
            third = self._ask_nps()
            third._answer(10)
        self.assertTrue(second.is_latest and third.is_latest)

    def test_nobody_is_asked_twice_in_90_days(self):
        with freeze_time("2026-01-10"):
            self.assertTrue(self._ask_nps())
        with freeze_time("2026-03-20"):
            self.assertFalse(self._ask_nps())
        with freeze_time("2026-04-20"):
            self.assertTrue(self._ask_nps())
        self.assertFalse(self._ask_nps(self.other_customer), "no address")

    def test_a_detractor_is_called(self):
        question = self._ask_nps()
        question._answer(6, "Too slow")
        self.assertEqual(question.activity_ids.user_id, self.user_manager)
        question._answer(5)
        self.assertEqual(len(question.activity_ids), 1)

    def test_answers_are_within_the_scale(self):
        question = self._ask_nps()
        for score in (-1, 11, "7", None):
            with self.assertRaises(UserError):
                question._answer(score)

    def test_fixed_at_the_first_repair(self):
        def repair(asset, day):
            order = self.env["repair.order"].create(
                {
                    "product_id": asset.product_id.id,
                    "lot_id": asset.lot_id.id,
                    "partner_id": asset.partner_id.id,
                    "aftersales_asset_id": asset.id,
                    "aftersales_date_reported": day,
                }
            )
            order.write({"state": "done", "aftersales_date_done": day})
            return order

        once, twice = self._deliver_one(), self._deliver_one()
        orders = repair(once, "2026-01-10") | repair(twice, "2026-01-10")
        orders |= repair(twice, "2026-02-05")
        self.env.flush_all()
        rates = {
            row.repair_id: row.fix_rate
            for row in self.env["aftersales.fix.report"].search(
                [("repair_id", "in", orders.ids)]
            )
        }
        self.assertEqual([rates[order] for order in orders], [100, 0, 100])


@tagged("post_install", "-at_install")
class TestNpsPage(HttpCase, CaseCommon):
    def test_a_link_alone_answers_nothing(self):
        self.customer.email = "anna@example.com"
        question = self.env["aftersales.nps"]._ask(self.customer, self.company)
        url = f"/aftersales/nps/{question.access_token}"
        page = self.url_open(f"{url}?score=9")
        self.assertEqual(page.status_code, 200)
        self.assertIn('value="9" checked="checked"', page.text)
        self.assertFalse(question.is_answered)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        page = self.url_open(
            url,
            data={"csrf_token": token, "score": "9", "comment": "<b>Quick</b>"},
        )
        self.assertIn("Thank you!", page.text)
        self.assertEqual((question.score, question.comment), (9, "<b>Quick</b>"))
        self.assertNotIn("<b>Quick</b>", page.text)

    def test_strange_input_is_no_error(self):
        self.assertEqual(self.url_open("/aftersales/nps/none").status_code, 404)
        self.customer.email = "anna@example.com"
        question = self.env["aftersales.nps"]._ask(self.customer, self.company)
        url = f"/aftersales/nps/{question.access_token}"
        for score in ("11", "-1", "x", "9e9", "٣", ""):
            self.assertEqual(self.url_open(f"{url}?score={score}").status_code, 200)
        page = self.url_open(url)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        page = self.url_open(url, data={"csrf_token": token, "score": "11"})
        self.assertIn("Choose a number", page.text)
        self.assertFalse(question.is_answered)
