"""Tried steps where the next person looks: other cases, remedies, answers, figures."""

from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .troubleshoot_common import TroubleshootCommon


@tagged("post_install", "-at_install")
class TestCaseTroubleshootLinks(TroubleshootCommon):
    def test_merged_cases_bring_their_steps(self):
        other = self._stuck()
        self._try(1, "not_helped")
        self._try(2, "not_helped")
        for number in (2, 3):
            self._try(number, "helped", case=other)
        for row in other.tried_step_ids:
            row.date += timedelta(minutes=1)
        self.case.with_user(self.user_agent)._merge(other)
        (self.case | other).invalidate_recordset()
        # Of two results of a step the newer one stands; the older one is kept there.
        self.assertEqual(
            self._tried(), [(1, "not_helped"), (2, "helped"), (3, "helped")]
        )
        self.assertEqual(self._tried(other), [(2, "not_helped")])
        # What was merged does not count twice.
        self.assertEqual(self.steps.mapped("helped_count"), [0, 1, 1])
        self.assertEqual(self.steps.mapped("not_helped_count"), [1, 0, 0])

    def test_an_older_result_does_not_win(self):
        other = self._stuck()
        self._try(1, "not_helped", case=other)
        other.tried_step_ids.date -= timedelta(days=1)
        self._try(1, "helped")
        self.case.with_user(self.user_agent)._merge(other)
        self.assertEqual(self._tried(), [(1, "helped")])

    def test_split_leaves_them_where_they_are(self):
        asked = self._ask(self.case)
        self._try(1, "helped")
        new = self.case.with_user(self.user_agent)._split(asked)
        self.assertEqual(self._tried(), [(1, "helped")])
        self.assertFalse(new.tried_step_ids)

    def test_tried_before_on_the_same_unit(self):
        self._try(1, "not_helped")
        strange = self._stuck()
        strange.asset_id = self._deliver_one()
        self._try(2, "helped", case=strange)
        again = self._stuck().with_user(self.user_agent)
        self.assertEqual(again.tried_before_ids, self.case.tried_step_ids)
        self.assertFalse(self.case.with_user(self.user_agent).tried_before_ids)
        steps = again.get_troubleshooting()["article"]["steps"]
        self.assertEqual(steps[0]["before"]["case"], self.case.number)
        self.assertEqual(steps[0]["before"]["result"], "Did Not Help")
        self.assertFalse(steps[1]["before"])

    def test_the_workshop_reads_it(self):
        self._try(1, "not_helped", remark="Too stiff")
        self.case.with_user(self.user_agent).action_repair()
        notes = self.case.repair_ids.internal_notes
        for text in ("Turn it 1.", "Did Not Help", "Too stiff"):
            self.assertIn(text, notes)

    def test_the_technician_reads_it_and_the_customer_does_not(self):
        self._try(1, "not_helped", remark="Too stiff")
        self.case.with_user(self.user_agent).action_visit()
        visit = self.case.visit_ids
        self.assertIn("Too stiff", visit.note)
        self.assertNotIn("Turn it", visit.description)

    def test_an_answer_with_what_was_tried(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        words = {"de_DE": {"Turn it 1.": "Drehen."}}
        self.steps[0].update_field_translations("text", words)
        secret = self._article("Ours", audience="internal", step_ids=self._steps(1, 9))
        case = self.case.with_user(self.user_agent)
        case.set_tried_step(secret.step_ids.id, "not_helped")
        self._try(2, "skipped")
        with self.assertRaisesRegex(UserError, "customers may read"):
            case.action_answer_tried()
        self._try(1, "not_helped", remark="The customer is angry")
        body = case.action_answer_tried()["context"]["default_body"]
        self.assertIn("Drehen.", body)
        for text in ("Turn it 9", "Turn it 2", "angry"):
            self.assertNotIn(text, body)

    def test_shortcuts_of_the_form_are_its_own(self):
        """The bare digits open the menus on top of the page, which come first."""
        form = etree.fromstring(self.case.get_view(view_type="form")["arch"])
        keys = {node.get("data-hotkey") for node in form.iter("button")} - {None}
        self.assertIn("shift+7", keys)
        self.assertFalse([key for key in keys if key.isdigit()])

    def test_articles_count_what_helped(self):
        for result in ("helped", "not_helped", "not_helped", "skipped"):
            self._try(1, result, case=self._stuck())
        spam = self._stuck()
        self._try(1, "helped", case=spam)
        spam.is_spam = True
        steps = self.steps.with_user(self.user_agent)
        self.assertEqual(steps.mapped("helped_count"), [1, 0, 0])
        self.assertEqual(steps.mapped("not_helped_count"), [2, 0, 0])
        self.assertEqual(self.article.tried_count, 4)
        action = self.article.with_user(self.colleague).action_view_tried_steps()
        rows = self.env[action["res_model"]].with_user(self.colleague)
        self.assertEqual(rows.search_count(action["domain"]), 4)

    def _count(self, records, *names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        for name in names:
            records.mapped(name)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow(self):
        """One case or fifty, one article or fifty."""
        cases = self.case
        articles = self.article
        for number in range(49):
            cases |= self._stuck(name=f"Case {number}")
            articles |= self._article(f"Article {number}", step_ids=self._steps(1))
        for case in cases:
            self._try(1, "not_helped", case=case)
        cases = cases.with_user(self.user_agent)
        articles = articles.with_user(self.user_agent)
        names = ("tried_step_ids.summary", "tried_before_ids")
        self._count(cases, *names)
        self.assertLessEqual(
            self._count(cases, *names), self._count(cases[0], *names) + 1
        )
        names = ("tried_count", "step_ids.helped_count")
        self._count(articles, *names)
        self.assertLessEqual(
            self._count(articles, *names), self._count(articles[0], *names)
        )


@tagged("post_install", "-at_install")
class TestToursTroubleshoot(TroubleshootCommon, HttpCase):
    """An agent goes through the steps in a real browser."""

    def test_steps_are_ticked_and_the_case_is_solved(self):
        before = self._stuck()
        self._try(1, "not_helped", case=before)
        self._finish(case=before)
        self.case.user_id = self.colleague
        self._try(1, "not_helped", user=self.colleague)
        self._finish(user=self.colleague)
        self.start_tour(
            f"/odoo/service-cases/{self.case.id}",
            "aftersales_case_troubleshoot",
            login=self.colleague.login,
        )
        self.assertEqual(
            self._tried(), [(1, "not_helped"), (2, "skipped"), (3, "helped")]
        )
        rows = self.case.tried_step_ids
        self.assertEqual(rows[1].remark, "No ladder")
        self.assertEqual(self.case.state, "solved")
        self.assertEqual(self.case.resolution_note, "Turn it 3.")
        # One of the colleague's before, one of this dialog.
        self.assertEqual(len(self._notes()), 2)
