"""Steps of help articles that agents go through with customers, and record."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .troubleshoot_common import TroubleshootCommon


@tagged("post_install", "-at_install")
class TestCaseTroubleshoot(TroubleshootCommon):
    def _open(self, **more):
        return self.case.with_user(self.user_agent).get_troubleshooting(**more)

    def test_the_steps_that_fit_are_offered(self):
        self._article("About jammed locks", reason_ids=[Command.set(self.jammed.ids)])
        action = self.case.with_user(self.user_agent).action_troubleshoot()
        self.assertEqual(action["tag"], "aftersales_troubleshoot")
        self.assertEqual(action["params"], {"case_id": self.case.id})
        shown = self._open()
        # An article without steps is none to go through.
        self.assertEqual(
            shown["articles"],
            [
                {
                    "id": self.article.id,
                    "name": "The lock does not open",
                    "tried": 0,
                    "total": 3,
                }
            ],
        )
        steps = shown["article"]["steps"]
        self.assertEqual([step["number"] for step in steps], [1, 2, 3])
        self.assertEqual(steps[0]["text"], "<p>Turn it 1.</p>")
        self.assertFalse(any(step["result"] or step["before"] for step in steps))
        self.assertFalse(shown["has_helped"])

    def test_another_article_may_be_chosen(self):
        other = self._article("Quite another thing", step_ids=self._steps(2, 7))
        shown = self._open(article_id=other.id)
        self.assertEqual(shown["article"]["name"], "Quite another thing")
        self.assertEqual(len(shown["articles"]), 2)
        self.case.with_user(self.user_agent).set_tried_step(
            other.step_ids[1].id, "skipped"
        )
        # Who goes on later finds the article that was in use.
        self.assertEqual(self._open()["article"]["id"], other.id)
        self.assertEqual(self._tried(), [(2, "skipped")])

    def test_a_case_that_nothing_fits(self):
        self.env["aftersales.article"].search([]).is_published = False
        shown = self._open()
        self.assertEqual((shown["articles"], shown["article"]), ([], False))

    def test_one_click_records_a_step(self):
        shown = self._try(1, "not_helped", remark="  Twice ")
        self.assertFalse(shown["notice"])
        row = self.case.tried_step_ids
        self.assertEqual((row.result, row.remark), ("not_helped", "Twice"))
        self.assertEqual((row.user_id, row.revision), (self.user_agent, 1))
        self.assertEqual(row.company_id, self.case.company_id)
        self.assertEqual((row.article_id, row.number), (self.article, 1))
        step = shown["article"]["steps"][0]
        self.assertEqual(step["result"], "not_helped")
        self.assertEqual(step["user"], self.user_agent.name)
        self.assertEqual(shown["articles"][0]["tried"], 1)
        # Another result, and another remark, of the same step: the same row.
        shown = self._try(1, "helped", remark="At last", revision=1)
        self.assertTrue(shown["has_helped"])
        self.assertEqual(self._tried(), [(1, "helped")])
        self.assertEqual((row.remark, row.revision), ("At last", 2))

    def test_what_was_tried_stays_when_the_article_changes(self):
        self.env["res.lang"]._activate_lang("de_DE")
        words = {"de_DE": {"Turn it 1.": "Bitte drehen."}}
        self.steps[0].update_field_translations("text", words)
        self._try(1, "not_helped")
        self._try(2, "not_helped")
        row = self.case.tried_step_ids[0]
        self.assertEqual(row.with_context(lang="de_DE").text, "<p>Bitte drehen.</p>")
        self.steps[0].text = "<p>Something new.</p>"
        self.steps[1].unlink()
        self.case.invalidate_recordset()
        self.assertEqual(
            self.case.tried_step_ids.mapped("summary"), ["Turn it 1.", "Turn it 2."]
        )
        self.article.unlink()
        self.assertEqual(len(self.case.tried_step_ids.exists()), 2)

    def test_two_agents_at_once(self):
        """The second one sees what the first one chose, and nothing is overwritten."""
        self._try(1, "helped", user=self.colleague, remark="With oil")
        shown = self._try(1, "not_helped")
        self.assertIn(self.colleague.name, shown["notice"])
        self.assertEqual(self._tried(), [(1, "helped")])
        self.assertEqual(shown["article"]["steps"][0]["remark"], "With oil")
        # Who has seen it may change it; the same result needs no word.
        revision = shown["article"]["steps"][0]["revision"]
        self.assertFalse(self._try(1, "helped", remark="With oil")["notice"])
        self.assertFalse(self._try(1, "not_helped", revision=revision)["notice"])
        self.assertEqual(self._tried(), [(1, "not_helped")])

    @mute_logger("odoo.sql_db")
    def test_once_for_each_case(self):
        self._try(1, "helped")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.case.tried_step_ids.copy({"date": self.case.date_reported})

    def test_a_slip_is_taken_back(self):
        self._try(1, "helped")
        self._try(1, False, revision=1)
        self.assertFalse(self._tried())
        self._try(1, "helped")
        with self.assertRaisesRegex(UserError, "Choose another one"):
            self._try(1, False, user=self.colleague, revision=1)
        self._finish()
        with self.assertRaisesRegex(UserError, "Choose another one"):
            self._try(1, False, revision=1)
        self.assertEqual(self._tried(), [(1, "helped")])

    def test_one_note_when_the_dialog_is_closed(self):
        case = self.case.with_user(self.user_agent)
        before = len(case.message_ids)
        self._try(1, "not_helped", remark="Too stiff")
        self._try(2, "skipped")
        self._try(3, "helped", user=self.colleague)
        self.assertEqual(len(case.message_ids), before)
        self._finish()
        note = self._notes()
        self.assertEqual(len(note), 1)
        self.assertEqual(note.author_id, self.user_agent.partner_id)
        for text in ("Turn it 1.", "Too stiff", "Did Not Help", "Not Possible"):
            self.assertIn(text, note.body)
        # The colleague's step is noted when they close theirs.
        self.assertNotIn("Turn it 3.", note.body)
        self._finish()
        self.assertEqual(len(self._notes()), 1)
        self.assertEqual(self.case.state, "open")
        self.assertFalse(self.case.reply_count)

    def test_customers_read_nothing_of_it(self):
        portal = new_test_user(
            self.env,
            "portal_anna",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        self._try(1, "not_helped")
        self._finish()
        note = self._notes()
        self.assertTrue(note)
        Message = self.env["mail.message"].with_user(portal)
        self.assertFalse(Message.search([("id", "in", note.ids)]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.case.tried_step_ids.with_user(portal).read(["result"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.case.with_user(portal).set_tried_step(self.steps[0].id, "helped")

    def test_a_step_that_helps_solves_the_case(self):
        self._try(1, "not_helped")
        self._try(2, "helped")
        self._finish(solve=True)
        self.assertEqual(self.case.state, "solved")
        self.assertEqual(self.case.resolution, "advice")
        self.assertEqual(self.case.resolution_note, "Turn it 2.")
        with self.assertRaisesRegex(UserError, "Reopen"):
            self._try(3, "helped")
        # A second dialog that is still open is closed without a fault.
        self._finish(user=self.colleague, solve=True)

    def test_what_agents_wrote_stays(self):
        self.case.write({"resolution": "repair", "resolution_note": "A new spring"})
        self._try(1, "helped")
        self._finish(solve=True)
        self.assertEqual(self.case.resolution, "repair")
        self.assertEqual(self.case.resolution_note, "A new spring")

    def test_wrong_values_are_refused(self):
        with self.assertRaisesRegex(UserError, "gone"):
            self._try(1, "wonderful")
        self.steps[2].unlink()
        with self.assertRaisesRegex(UserError, "gone"):
            self._try(3, "helped")
        self.assertFalse(self._tried())

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_steps_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.article.write({"product_tmpl_ids": False, "reason_ids": False})
        self.article.company_id = company
        with self.assertRaises(AccessError):
            self._try(1, "helped")
        self.colleague.company_ids |= company
        case = self.case.with_user(self.colleague).with_context(
            allowed_company_ids=[self.env.company.id, company.id]
        )
        with self.assertRaisesRegex(UserError, "another company"):
            case.set_tried_step(self.steps[0].id, "helped")

    def test_a_colleague_with_own_documents_only(self):
        self._try(1, "helped")
        self.case.user_id = self.colleague
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self._try(2, "helped")
        rows = self.env["aftersales.case.step"].with_user(self.user_agent).search([])
        self.assertFalse(rows)

    def test_queries_do_not_grow_with_steps(self):
        self.article.step_ids = self._steps(50, 10)
        case = self.case.with_user(self.user_agent)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            case.get_troubleshooting()
            return self.env.cr.sql_log_count - before

        self._try(1, "not_helped")
        count()
        one = count()
        for step in self.article.step_ids[3:]:
            case.set_tried_step(step.id, "not_helped")
        self.assertLessEqual(count(), one)
