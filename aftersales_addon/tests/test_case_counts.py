"""What a new service case costs in queries, by form and by e-mail."""

from collections import Counter
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .case_common import CaseCommon
from .test_case_gateway import MAIL

# What a case may cost when the team, its stages and its promises are known already.
LIMIT_FORM = 15
LIMIT_MAIL = 43


@tagged("post_install", "-at_install")
class TestCaseCounts(MailCommon, CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write(
            {"alias_name": "desk", "alias_domain_id": cls.mail_alias_domain.id}
        )
        cls.people = cls.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "email": f"c{number}@example.com"}
                for number in range(60)
            ]
        )

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before, execute = self.env.cr.sql_log_count, Cursor.execute
        self.seen = Counter()

        def note(cursor, query, *args, **kwargs):
            text = query.code if isinstance(query, SQL) else str(query)
            self.seen[text[:100]] += 1
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            function()
            self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def _what(self):
        """Say which queries there were most of."""
        return "\n".join(f"{n}: {text}" for text, n in self.seen.most_common(15))

    def _vals(self, first, count):
        # No number in the words: one that may be a serial number is looked for.
        return [
            {
                "name": "It does not start",
                "team_id": self.team.id,
                "channel": "portal",
                "partner_id": partner.id,
                "description": "<p>It does not start any more.</p>",
            }
            for partner in self.people[first : first + count]
        ]

    def _create(self, vals_list):
        return self.env["aftersales.case"].create(vals_list)

    def _receive(self, first, count):
        for partner in self.people[first : first + count]:
            text = MAIL.format(
                sender=partner.email_formatted,
                to=self.team.alias_email,
                cc="",
                subject="It does not start",
                number=f"count-{partner.id}",
                headers="",
                body="It does not start any more since yesterday.",
            )
            self.env["mail.thread"].message_process(False, text)
            self.env.cr.flush()

    def test_many_at_once(self):
        """Of 1 and of 50 cases: the same."""
        self._create(self._vals(0, 1))
        one, many = self._vals(1, 1), self._vals(2, 50)
        first = self._count(lambda: self._create(one))
        second = self._count(lambda: self._create(many))
        self.assertLessEqual(second, first, self._what())

    def test_one_after_the_other_by_form(self):
        self._create(self._vals(0, 1))
        first = self._count(lambda: self._create(self._vals(1, 1)))

        def fifty():
            for vals in self._vals(2, 50):
                self._create([vals])
                self.env.cr.flush()

        count = self._count(fifty)
        self.assertLessEqual(count, first + 50 * LIMIT_FORM, self._what())

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_one_after_the_other_by_mail(self):
        self._receive(0, 1)
        first = self._count(lambda: self._receive(1, 1))
        fifty = self._count(lambda: self._receive(2, 50))
        self.assertLessEqual(fifty, first + 50 * LIMIT_MAIL, self._what())
        found = self.env["aftersales.case"].search([("team_id", "=", self.team.id)])
        self.assertEqual(len(found), 52)
        self.assertEqual(len(found.clock_ids), 104)

    def test_what_is_kept_follows_a_change(self):
        """Stages and promises are kept between cases, until somebody changes them."""
        before = self._create(self._vals(0, 1))
        self.assertEqual(before.sla_policy_id, self.promise)
        own = self.env["aftersales.stage"].create(
            {"name": "Arrived", "kind": "new", "team_ids": self.team.ids}
        )
        first = self.promise.copy({"name": "First", "sequence": 1})
        after = self._create(self._vals(1, 1))
        self.assertEqual((after.stage_id, after.sla_policy_id), (own, first))
        own.active = False
        first.priority = "2"
        again = self._create(self._vals(2, 1))
        self.assertEqual(again.stage_id, before.stage_id)
        self.assertEqual(again.sla_policy_id, self.promise)
        own.active = True
        unused = self.promise.copy({"name": "Unused", "sequence": 0, "kind": "claim"})
        claim = {**self._vals(3, 1)[0], "kind": "claim"}
        unused._find(before)
        unused.unlink()
        last = self._create([claim])
        self.assertEqual((last.stage_id, last.sla_policy_id), (own, self.promise))

    def test_a_promise_for_an_archived_team_is_for_no_other(self):
        other = self.team.copy({"name": "Other"})
        self.promise.team_ids = other
        other.active = False
        self.assertFalse(self._create(self._vals(0, 1)).sla_policy_id)

    def test_a_stage_of_a_team_that_is_gone_is_for_all(self):
        other = self.env["aftersales.team"].create({"name": "Other"})
        own = self.env["aftersales.stage"].create(
            {"name": "Arrived", "kind": "new", "team_ids": other.ids, "sequence": -1}
        )
        self.assertNotEqual(self._create(self._vals(0, 1)).stage_id, own)
        other.unlink()
        self.assertEqual(self._create(self._vals(1, 1)).stage_id, own)
