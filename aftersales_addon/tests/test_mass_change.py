"""Recalls and prolongations for many units at once."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mass_change_common import MassChangeCommon

RUN = "odoo.addons.aftersales_addon.models.aftersales_mass_change_run_mixin"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestMassChange(MassChangeCommon):
    def test_a_range_is_read_as_people_do(self):
        assets = self._deliver_locks("SN8", "SN9", "SN10", "SN11")
        change = self._range("SN9", "SN10")
        change.action_preview()
        self.assertEqual(change.line_ids.asset_id, assets[1:3])
        self.assertEqual(change.pending_count, 2)
        self.assertEqual(set(self._ends(assets)), {date(2027, 1, 10)}, "only a preview")
        change.action_apply()
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            [self._ends(asset) for asset in assets],
            [
                [date(2027, 1, 10)],
                [date(2027, 7, 10)],
                [date(2027, 7, 10)],
                [date(2027, 1, 10)],
            ],
        )
        self.assertEqual(assets.mapped("warranty_end")[1], date(2027, 7, 10))

    def test_one_line_of_history_for_each_unit(self):
        assets = self._deliver_locks("SN1", "SN2")
        before = {asset: len(asset.message_ids) for asset in assets}
        self._range("SN1", "SN2", note="Call first.").action_apply()
        for asset in assets:
            self.assertEqual(len(asset.message_ids), before[asset] + 1)
            body = asset.message_ids[0].body
            for part in ("Batteries", "6 months", "Call first."):
                self.assertIn(part, body)

    def test_lots_of_several_customers(self):
        self.cable.aftersales_policy_ids = self.policy_12
        [lot] = self._make_lots(self.cable, "L7")
        with freeze_time("2026-01-10 10:00:00"):
            moves = self._deliver(self.cable, 5, lots=lot)
            moves |= self._deliver(self.cable, 3, lots=lot, partner=self.other_customer)
        change = self._range("L7", "L7", product_ids=[Command.set(self.cable.ids)])
        change.action_apply()
        self.assertEqual(change.line_ids.asset_id, self._assets(moves))
        self.assertEqual(set(self._ends(self._assets(moves))), {date(2027, 7, 10)})

    def test_a_pasted_list_names_what_was_not_found(self):
        assets = self._deliver_locks("SN1", "SN2")
        change = self._make(selection="list", numbers="sn1, SN2;SN99\nSN100\nSN1")
        change.action_preview()
        self.assertEqual(change.line_ids.asset_id, assets)
        self.assertEqual(change.missing_count, 2)
        self.assertEqual(change.missing_numbers, "SN99\nSN100")

    def test_a_number_of_two_products_asks_which(self):
        self.cable.write({"tracking": "serial"})
        self.cable.aftersales_policy_ids = self.policy_12
        lock = self._deliver_locks("A1")
        self._deliver_locks("A1", product=self.cable)
        change = self._make(selection="list", numbers="A1", product_ids=False)
        change.action_preview()
        self.assertEqual(change.line_ids.mapped("skip_reason"), ["ambiguous"] * 2)
        with self.assertRaisesRegex(UserError, "no unit to change"):
            change.action_apply()
        change.product_ids = self.lock
        self.assertFalse(change.preview_date, "looked up for another choice")
        change.action_apply()
        self.assertEqual(change.line_ids.asset_id, lock)

    def test_days_of_delivery(self):
        early = self._deliver_locks("SN1", day="2026-01-10")
        late = self._deliver_locks("SN2", day="2026-02-10")
        change = self._make(selection="dates", date_from="2026-02-01")
        change.action_apply()
        self.assertEqual(change.line_ids.asset_id, late)
        self.assertEqual(self._ends(early), [date(2027, 1, 10)])

    def test_a_filter(self):
        assets = self._deliver_locks("SN1", "SN2", partner=self.other_customer)
        self._deliver_locks("SN3")
        domain = f"[('partner_id', '=', {self.other_customer.id})]"
        change = self._make(selection="domain", domain=domain, product_ids=False)
        change.action_apply()
        self.assertEqual(change.line_ids.asset_id, assets)
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self._make(selection="domain", domain="[('nothing', '=', 1)]")

    def test_from_the_list_of_units(self):
        assets = self._deliver_locks("SN1", "SN2")
        Change = self.env["aftersales.mass.change"].with_user(self.user_manager)
        action = self.env.ref("aftersales_addon.aftersales_asset_action_mass_change")
        chosen = {"active_model": assets._name, "active_ids": assets.ids}
        context = action.with_user(self.user_manager).with_context(**chosen).run()
        change = Change.with_context(**context["context"]).create(
            {"name": "Chosen", "kind": "goodwill", "count": 1}
        )
        change.action_apply()
        self.assertEqual(change.line_ids.asset_id, assets)

    def test_what_cannot_be_changed_is_left_out_with_a_reason(self):
        closed, over, bare, good = self._deliver_locks("SN1", "SN2", "SN3", "SN4")
        closed.action_retire()
        bare.warranty_ids.unlink()
        with freeze_time("2028-01-10 10:00:00"):
            change = self._range("SN1", "SN4", include_expired=False)
            change.action_preview()
        reasons = {line.asset_id: line.skip_reason for line in change.line_ids}
        self.assertEqual(
            reasons,
            {
                closed: "closed",
                over: "no_warranty",
                bare: "no_warranty",
                good: "no_warranty",
            },
        )
        change.include_expired = True
        with freeze_time("2028-01-10 10:00:00"):
            change.action_apply()
        self.assertEqual(change.skipped_count, 2)
        self.assertEqual(self._ends(over), [date(2027, 7, 10)])

    def test_only_warranties_of_a_kind(self):
        self.lock.aftersales_policy_ids |= self._make_policy(
            "Law", 24, kind="statutory"
        )
        asset = self._deliver_locks("SN1")
        law = asset.warranty_ids.filtered(lambda w: w.kind == "statutory")
        self._range("SN1", "SN1", warranty_kind="manufacturer").action_apply()
        self.assertEqual(law.date_end, date(2028, 1, 10))
        self.assertEqual((asset.warranty_ids - law).date_end, date(2027, 7, 10))

    def test_a_recall_may_leave_the_dates_and_ask_for_action(self):
        assets = self._deliver_locks("SN1", "SN2")
        assets[0].user_id = self.user_agent
        change = self._range(
            "SN1",
            "SN2",
            kind="recall",
            count=0,
            todo_type_id=self.env.ref("mail.mail_activity_data_call").id,
            todo_deadline="2026-07-01",
        )
        # What was chosen is kept, not only shown.
        self.env.flush_all()
        change.invalidate_recordset()
        change.action_apply()
        self.assertEqual(set(self._ends(assets)), {date(2027, 1, 10)})
        self.assertFalse(assets.warranty_ids.change_ids)
        assets.invalidate_recordset()
        self.assertEqual(
            assets.activity_ids.mapped("date_deadline"), [date(2026, 7, 1)] * 2
        )
        self.assertEqual(assets[0].activity_ids.user_id, self.user_agent)
        self.assertEqual(assets[1].activity_ids.user_id, self.user_manager)
        change.action_undo()
        assets.invalidate_recordset()
        self.assertFalse(assets.activity_ids)

    def test_who_was_told(self):
        self._deliver_locks("SN1", "SN2")
        change = self._range("SN1", "SN2", kind="recall", count=0)
        change.action_apply()
        line = change.line_ids[0].with_user(self.user_agent)
        line.action_tell()
        self.assertEqual(line.date_told, date(2026, 6, 15))
        change.invalidate_recordset()
        self.assertEqual(change.told_count, 1)
        line.is_told = False
        self.assertFalse(line.date_told)

    def test_undo_restores_exactly(self):
        assets = self._deliver_locks("SN1", "SN2")
        before = assets.warranty_ids.read(["date_end", "coverage", "state"])
        change = self._range("SN1", "SN2")
        change.action_apply()
        change.action_undo()
        self.assertEqual(change.state, "undone")
        self.assertEqual(
            assets.warranty_ids.read(["date_end", "coverage", "state"]), before
        )
        self.assertEqual(set(assets.mapped("warranty_end")), {date(2027, 1, 10)})
        self.assertIn("was undone", assets[0].message_ids[0].body)
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            change.action_undo()

    def test_undo_when_something_else_has_changed_since(self):
        asset = self._deliver_locks("SN1")
        first = self._range("SN1", "SN1", count=6)
        first.action_apply()
        second = self._range("SN1", "SN1", count=30, unit="day")
        second.action_apply()
        asset.warranty_ids._add_change("prolongation", 12, "month", "Repair")
        # 2026-01-10 + 12 + 6 + 12 months + 30 days
        self.assertEqual(self._ends(asset), [date(2028, 8, 9)])
        first.action_undo()
        self.assertEqual(self._ends(asset), [date(2028, 2, 9)])
        second.action_undo()
        self.assertEqual(self._ends(asset), [date(2028, 1, 10)])

    def test_two_runs_at_one_change_nothing_twice(self):
        asset = self._deliver_locks("SN1")
        change = self._range("SN1", "SN1")
        change.action_apply()
        with self.assertRaisesRegex(UserError, "applied already"):
            change.action_apply()
        self._run_cron()
        self.assertEqual(self._ends(asset), [date(2027, 7, 10)])
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            change.count = 12
        with self.assertRaisesRegex(UserError, "Undo the change"):
            change.unlink()

    def test_layers_that_follow_are_prolonged_once(self):
        asset = self._deliver_locks("SN1")
        extension = self._make_policy("Plus", 12, kind="extended", stacking="after")
        version = extension._get_current_versions()[extension]
        asset._create_layer(version, date(2026, 6, 15))
        self.assertEqual(asset.warranty_end, date(2028, 1, 10))
        self._range("SN1", "SN1").action_apply()
        self.assertEqual(asset.warranty_end, date(2028, 7, 10))

    def test_bad_input(self):
        for vals, message in (
            ({"number_from": "SN10", "number_to": "SN9"}, "ends before it starts"),
            ({"number_to": False}, "first and the last"),
            ({"product_ids": False}, "Choose the products"),
            ({"count": 0}, "by how much"),
            ({"count": 1201}, "century"),
            ({"count": 101, "unit": "year"}, "century"),
        ):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, message):
                self._make(**{"number_from": "SN1", "number_to": "SN2", **vals})
        with mute_logger("odoo.sql_db"):
            for vals in (
                {"count": -1, "kind": "recall"},
                {"date_from": "2026-02-01", "date_to": "2026-01-01"},
            ):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self._range("SN1", "SN2", **vals)

    def test_a_choice_that_would_take_everything_is_refused(self):
        self._deliver_locks("SN1")
        for vals in (
            {"selection": "list"},
            {"selection": "list", "numbers": " ,;\n"},
            {"selection": "dates"},
            {"selection": "domain", "product_ids": False},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                self._make(**vals).action_apply()
