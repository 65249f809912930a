"""The six steps of remarkable service in a case."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .case_common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseSteps(CaseCommon):
    def test_progress(self):
        """Six steps for the person responsible; what is done is counted."""
        case = self._case(user_id=self.user_agent.id).with_user(self.user_agent)
        self.assertEqual((case.step_count, case.step_progress), (0, 0))
        case.action_start_steps()
        steps = case.activity_ids
        self.assertEqual(len(steps), 6)
        self.assertEqual(steps.user_id, self.user_agent)
        self.assertEqual(
            steps.sorted("id").mapped("summary"),
            [
                "1. Connect",
                "2. Discover",
                "3. Know",
                "4. Do",
                "5. Follow Up",
                "6. Thank",
            ],
        )
        steps[:3].action_done()
        self._assert_steps(case, 3, 6, 50)
        case.activity_ids.unlink()
        self._assert_steps(case, 3, 3, 100)

    def _assert_steps(self, case, done, total, progress):
        case.invalidate_recordset()
        self.assertEqual(
            (case.step_done_count, case.step_count, case.step_progress),
            (done, total, progress),
        )

    def test_other_activities_do_not_count(self):
        case = self._case(user_id=self.user_agent.id)
        case.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.user_agent.id
        )
        self._assert_steps(case, 0, 0, 0)

    def test_only_once(self):
        case = self._case(user_id=self.user_agent.id)
        case.action_start_steps()
        case.invalidate_recordset()
        case.action_start_steps()
        self._assert_steps(case, 0, 6, 0)

    def test_rights(self):
        case = self._case()
        with self.assertRaises(AccessError):
            case.with_user(self.user_internal).action_start_steps()

    def test_query_count(self):
        """The progress of fifty cases takes as many queries as that of one."""
        cases = self._case()
        for number in range(49):
            cases |= self._case(name=f"Case {number}")
        cases[:2].action_start_steps()
        counts = []
        for part in (cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.mapped("step_progress")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
