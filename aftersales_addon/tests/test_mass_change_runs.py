"""Runs over many units: in the background, resumed, with the right people only."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .mass_change_common import MassChangeCommon

RUN = "odoo.addons.aftersales_addon.models.aftersales_mass_change_run_mixin"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestMassChangeRuns(MassChangeCommon):
    """Many units, units that fail, rights and query counts."""

    def test_many_units_are_left_to_the_scheduled_action(self):
        assets = self._deliver_locks(*(f"SN{n}" for n in range(1, 31)))
        change = self._range("SN1", "SN30")
        with patch(f"{RUN}.AT_ONCE", 10), patch(f"{RUN}.BATCH", 10):
            change.action_apply()
            self.assertEqual(change.state, "applying")
            self.assertEqual(change.progress, 0)
            self._run_cron()
            change.invalidate_recordset()
            self.assertEqual((change.state, change.done_count), ("applied", 30))
            self.assertEqual(set(self._ends(assets)), {date(2027, 7, 10)})
            change.action_undo()
            self._run_cron()
            self.assertEqual(change.state, "undone")
        self.assertEqual(set(self._ends(assets)), {date(2027, 1, 10)})

    def test_a_unit_that_fails_stops_no_other(self):
        assets = self._deliver_locks("SN1", "SN2", "SN3")
        change = self._range("SN1", "SN3")
        Change = self.registry["aftersales.mass.change"]
        apply = Change._apply

        def failing(self, lines):
            if assets[1] in lines.asset_id:
                raise ValueError("No.")
            return apply(self, lines)

        with patch.object(Change, "_apply", failing), mute_logger(RUN):
            change.action_apply()
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.line_ids.mapped("state"), ["done", "failed", "done"])
        self.assertEqual(change.line_ids[1].error, "No.")
        self.assertTrue(change.activity_ids)
        self.assertEqual(self._ends(assets[1]), [date(2027, 1, 10)])
        change.action_retry()
        self.assertEqual(set(self._ends(assets)), {date(2027, 7, 10)})
        self.assertEqual(change.failed_count, 0)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rights(self):
        self._deliver_locks("SN1")
        change = self._range("SN1", "SN1", kind="recall")
        change.action_preview()
        agent = change.with_user(self.user_agent)
        self.assertTrue(agent.read(["name"]))
        for method in ("action_preview", "action_apply", "action_undo", "action_retry"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                getattr(agent, method)()
        portal = new_test_user(self.env, "mass_portal", groups="base.group_portal")
        for user in (self.user_technician, self.user_sale, self.user_internal, portal):
            with self.assertRaises(AccessError), self.cr.savepoint():
                change.with_user(user).read(["name"])
            with self.assertRaises(AccessError), self.cr.savepoint():
                change.with_user(user).action_apply()
        line = change.line_ids.with_user(self.user_manager)
        with self.assertRaises(AccessError), self.cr.savepoint():
            line.write({"state": "done"})
        for method in ("action_tell", "action_view_asset"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                getattr(line.with_user(portal), method)()

    def test_units_of_others_stay_out_of_an_agents_list(self):
        assets = self._deliver_locks("SN1", "SN2")
        assets[0].user_id = self.user_manager
        change = self._range("SN1", "SN2", kind="recall", count=0)
        change.action_apply()
        Line = self.env["aftersales.mass.change.line"].with_user(self.user_agent)
        found = Line.search([("mass_change_id", "=", change.id)])
        self.assertEqual(found.asset_id, assets[1])

    def test_nothing_of_another_company(self):
        self._deliver_locks("SN1")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "mass_stranger",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        Change = self.env["aftersales.mass.change"].with_user(stranger)
        change = Change.create(
            {
                "name": "Theirs",
                "kind": "recall",
                "selection": "list",
                "numbers": "SN1",
            }
        )
        change.action_preview()
        self.assertFalse(change.line_ids)
        self.assertEqual(change.missing_count, 1)
        self.assertFalse(Change.search([("id", "=", self._range("A", "B").id)]))

    def test_query_counts(self):
        """Of 1 and of 50 units: the same, apply and undo."""

        def count(function):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        counts = []
        for start, number in ((100, 1), (1000, 1), (2000, 50)):
            self._deliver_locks(*(f"SN{start + n}" for n in range(number)))
            change = self._range(f"SN{start}", f"SN{start + number - 1}")
            found = [
                count(getattr(change, f"action_{name}"))
                for name in ("preview", "apply", "undo")
            ]
            self.assertEqual(len(change.line_ids), number)
            counts.append(found)
        self.assertEqual(counts[2], counts[1])

    def test_a_day_later_nothing_is_due_again(self):
        asset = self._deliver_locks("SN1")
        self._range("SN1", "SN1").action_apply()
        with freeze_time("2026-06-16 10:00:00"):
            self._run_cron()
            self._run_cron()
        self.assertEqual(self._ends(asset), [date(2027, 7, 10)])
