"""An article with three steps, and a case that it fits."""

from odoo.fields import Command
from odoo.tests import new_test_user

from .test_article import ArticleCommon


class TroubleshootCommon(ArticleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise.active = False
        cls.customer.email = "anna@example.com"
        cls.article.write({"kind": "steps", "step_ids": cls._steps(3)})
        cls.steps = cls.article.step_ids
        cls.asset = cls._deliver_one()
        cls.case = cls._stuck()
        cls.colleague = new_test_user(
            cls.env, "as_col", groups="aftersales_addon.aftersales_group_user_all"
        )

    @classmethod
    def _steps(cls, count, first=1):
        return [
            Command.create({"sequence": number, "text": f"<p>Turn it {number}.</p>"})
            for number in range(first, first + count)
        ]

    @classmethod
    def _stuck(cls, **vals):
        return cls._case(
            asset_id=cls.asset.id,
            reason_id=cls.jammed.id,
            user_id=cls.user_agent.id,
            **{"name": "The lock is stuck", **vals},
        )

    def _try(self, number, result, case=None, user=None, **more):
        """Click what came of a step; return what the dialog gets."""
        case = (case or self.case).with_user(user or self.user_agent)
        step = self.steps[number - 1]
        return case.set_tried_step(step.id, result, **more)

    def _finish(self, case=None, user=None, solve=False):
        case = (case or self.case).with_user(user or self.user_agent)
        return case.finish_troubleshooting(solve)

    def _tried(self, case=None):
        rows = (case or self.case).tried_step_ids.sorted("number")
        return [(row.number, row.result) for row in rows]

    def _notes(self):
        note = self.env.ref("mail.mt_note")
        return self.case.message_ids.filtered(
            lambda m: m.subtype_id == note and "Troubleshooting" in m.body
        )
