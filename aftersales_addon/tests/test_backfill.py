from contextlib import contextmanager, suppress
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

MODULE = "odoo.addons.aftersales_addon.models.aftersales_backfill"


class Killed(BaseException):
    """Stands for a process that ends in the middle, with nothing cleaned up."""


@tagged("post_install", "-at_install")
class TestBackfill(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Backfill = cls.env["aftersales.backfill"]
        cls.cron = cls.env.ref("aftersales_addon.aftersales_backfill_ir_cron")
        cls.env["ir.cron"].search([("id", "!=", cls.cron.id)]).active = False

    @contextmanager
    def _before_installation(self):
        """Deliveries in this block are done as if the addon was not there."""
        with patch.object(
            self.registry["stock.move"],
            "_aftersales_process_done",
            lambda moves, asset_vals=None: moves.env["aftersales.asset"],
        ):
            yield

    def _deliver_past(self, product, quantity=1.0, day="2025-03-10", **kwargs):
        with self._before_installation(), freeze_time(f"{day} 10:00:00"):
            move = self._deliver(product, quantity, **kwargs)
        self._set_date(move, f"{day} 10:00:00")
        return move

    def _return_past(self, move, quantity=1.0, day="2025-04-10", **kwargs):
        with self._before_installation(), freeze_time(f"{day} 10:00:00"):
            back = self._return(move, quantity, **kwargs)
        self._set_date(back, f"{day} 10:00:00")
        return back

    def _set_date(self, move, moment):
        move.date = datetime.fromisoformat(moment)
        move.flush_recordset()

    def _make_run(self, **vals):
        return self.Backfill.with_user(self.user_manager).create(
            {"date_from": "2025-01-01", **vals}
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _run(self, **vals):
        run = self._make_run(**vals)
        run.action_start()
        self._run_cron()
        return run

    def test_run_creates_units_with_the_day_of_the_delivery(self):
        self.lock.aftersales_policy_ids = self.policy_12
        lots = self._make_lots(self.lock, "A1", "A2")
        move = self._deliver_past(self.lock, lots=lots)
        run = self._run()
        assets = self._assets(move)
        self.assertEqual(assets.mapped("serial_number"), ["A1", "A2"])
        self.assertEqual(
            set(assets.mapped(lambda a: str(a.delivery_date))), {"2025-03-10"}
        )
        self.assertEqual(
            set(assets.warranty_ids.mapped(lambda w: str(w.date_end))), {"2026-03-10"}
        )
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "progress": 100.0,
                    "total_count": 1,
                    "processed_count": 1,
                    "created_count": 2,
                    "asset_count": 2,
                    "failed_count": 0,
                    "user_id": self.user_manager.id,
                }
            ],
        )
        self.assertTrue(run.date_finished)
        self.assertEqual(
            self.env["aftersales.asset"].search(run.action_view_assets()["domain"]),
            assets.sorted("id", reverse=True),
        )

    def test_second_run_creates_nothing(self):
        self.lock.aftersales_policy_ids = self.policy_12
        move = self._deliver_past(self.lock, lots=self._make_lots(self.lock, "A1"))
        run = self._run()
        again = self._run()
        self.assertEqual((run.created_count, again.created_count), (1, 0))
        run.action_run_again()
        self._run_cron()
        self.assertRecordValues(run, [{"state": "done", "processed_count": 1}])
        self.assertEqual(len(self._assets(move)), 1)
        self.assertEqual(len(self._assets(move).warranty_ids), 1)

    def test_preview_counts(self):
        self.lock.aftersales_policy_ids = self.policy_12
        self.cable.aftersales_serviced = True
        self._deliver_past(self.lock, lots=self._make_lots(self.lock, "A1", "A2"))
        self._deliver_past(self.cable, 5.0, lots=self._make_lots(self.cable, "L1"))
        self._deliver_past(self.sensor, 7.0)
        self._deliver_past(
            self.lock, day="2024-12-31", lots=self._make_lots(self.lock, "OLD")
        )
        self._deliver(self.lock, lots=self._make_lots(self.lock, "LIVE"))
        run = self._make_run()
        run.action_preview()
        self.assertRecordValues(
            run,
            [
                {
                    "preview_delivery_count": 4,
                    "preview_move_count": 4,
                    "preview_new_count": 3,
                    "preview_known_count": 1,
                    "preview_unfollowed_count": 1,
                    "state": "draft",
                }
            ],
        )
        self.assertFalse(
            self.env["aftersales.asset"].search(
                [("serial_number", "in", ("A1", "A2", "L1"))]
            )
        )
        run.action_start()
        self._run_cron()
        self.assertEqual(run.created_count, 3)

    def test_preview_is_for_the_choice_at_hand(self):
        run = self._make_run()
        run.action_preview()
        self.assertTrue(run.preview_date)
        run.product_ids = self.sensor
        self.assertFalse(run.preview_date)

    def test_preview_queries_do_not_grow(self):
        self.lock.aftersales_policy_ids = self.policy_12
        run = self._make_run()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run.action_preview()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self._deliver_past(self.lock, lots=self._make_lots(self.lock, "A0"))
        count()
        one = count()
        for number in range(1, 9):
            lots = self._make_lots(self.lock, f"A{number}", f"B{number}")
            self._deliver_past(self.lock, lots=lots)
        self.assertEqual(count(), one)
        self.assertEqual(run.preview_new_count, 17)

    def test_returns_of_the_past(self):
        self.lock.aftersales_policy_ids = self.policy_12
        self.sensor.aftersales_policy_ids = self.policy_12
        refunded, repaired = self._make_lots(self.lock, "A1", "A2")
        locks = self._deliver_past(self.lock, lots=refunded | repaired)
        self._return_past(locks, lots=refunded)
        self._return_past(locks, lots=repaired, to_refund=False)
        sensors = self._deliver_past(self.sensor, 10.0)
        self._return_past(sensors, 3.0)
        run = self._run()
        self.assertEqual((run.total_count, run.created_count), (5, 3))
        self.assertRecordValues(
            self._assets(locks),
            [
                {"serial_number": "A1", "state": "returned", "quantity": 0.0},
                {"serial_number": "A2", "state": "in_use", "quantity": 1.0},
            ],
        )
        self.assertEqual(self._assets(sensors).quantity, 7.0)

    def test_serial_sold_twice_in_the_past(self):
        """W17: the first customer's unit is closed, the second's holds."""
        self.lock.aftersales_policy_ids = self.policy_12
        lot = self._make_lots(self.lock, "A1")
        first = self._deliver_past(self.lock, day="2024-01-10", lots=lot)
        self._return_past(first, day="2024-02-01", lots=lot)
        second = self._deliver_past(
            self.lock, day="2024-03-05", lots=lot, partner=self.other_customer
        )
        self._run(date_from="2024-01-01")
        self.assertEqual(self._assets(first).state, "returned")
        self.assertEqual(self._assets(second).state, "in_use")
        self.assertEqual(str(self._assets(second).warranty_end), "2025-03-05")

    def test_serial_sold_again_since_the_installation(self):
        """What is at a customer now is not closed by what was delivered before."""
        self.lock.aftersales_policy_ids = self.policy_12
        lot = self._make_lots(self.lock, "A1")
        first = self._deliver_past(self.lock, lots=lot)
        self._return_past(first, lots=lot)
        second = self._deliver(self.lock, lots=lot, partner=self.other_customer)
        self._run()
        self.assertEqual(self._assets(second).state, "in_use")
        self.assertEqual(self._assets(second).warranty_ids.state, "open")
        self.assertIn(self._assets(first).state, ("transferred", "returned"))
        self.assertEqual(self._assets(first).warranty_ids.state, "closed")

    def test_resumes_where_it_was_killed(self):
        self.lock.aftersales_policy_ids = self.policy_12
        moves = self.env["stock.move"]
        for number in range(5):
            lots = self._make_lots(self.lock, f"A{number}")
            moves |= self._deliver_past(self.lock, lots=lots)
        run = self._make_run()
        run.action_start()
        Move = self.registry["stock.move"]
        process = Move._aftersales_process_done
        seen = []

        def killed_at_third(records, asset_vals=None):
            seen.append(records.ids)
            result = process(records, asset_vals)
            if len(seen) == 3:
                # What the database does when a process is gone.
                records.env.cr.rollback()
                raise Killed()
            return result

        with patch(f"{MODULE}.BACKFILL_BATCH", 2):
            # Not assertRaises: it would undo what was committed before.
            with (
                suppress(Killed),
                patch.object(Move, "_aftersales_process_done", killed_at_third),
            ):
                self._run_cron()
            self.assertEqual(len(seen), 3)
            self.env.invalidate_all()
            self.assertRecordValues(
                run, [{"state": "running", "processed_count": 4, "created_count": 4}]
            )
            self.assertEqual(len(self._assets(moves)), 4)
            self._run_cron()
        self.assertRecordValues(
            run, [{"state": "done", "processed_count": 5, "created_count": 5}]
        )
        self.assertEqual(len(self._assets(moves)), 5)

    def test_moves_of_the_same_moment_are_all_taken(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        moves = self.env["stock.move"]
        for _number in range(5):
            moves |= self._deliver_past(self.sensor, 1.0)
        with patch(f"{MODULE}.BACKFILL_BATCH", 2):
            run = self._run()
        self.assertEqual(run.created_count, 5)
        self.assertEqual(len(self._assets(moves)), 5)

    def test_batch_ends_sooner_with_many_lines(self):
        self.lock.aftersales_policy_ids = self.policy_12
        moves = self.env["stock.move"]
        for number in range(3):
            lots = self._make_lots(self.lock, f"A{number}", f"B{number}")
            moves |= self._deliver_past(self.lock, lots=lots)
        moves = moves.sorted(lambda m: (m.date, m.id))
        self.assertEqual(moves._aftersales_limit_lines(4), moves[:2])
        self.assertEqual(moves._aftersales_limit_lines(5), moves[:2])
        self.assertEqual(moves._aftersales_limit_lines(1), moves[:1])
        self.assertEqual(moves._aftersales_limit_lines(6), moves)

    @mute_logger(MODULE)
    def test_move_that_fails_stops_no_other(self):
        self.lock.aftersales_policy_ids = self.policy_12
        moves = self.env["stock.move"]
        for number in range(3):
            lots = self._make_lots(self.lock, f"A{number}")
            moves |= self._deliver_past(self.lock, lots=lots)
        bad = moves[1]
        Move = self.registry["stock.move"]
        process = Move._aftersales_process_done

        def failing(records, asset_vals=None):
            result = process(records, asset_vals)
            if bad.id in records.ids:
                raise UserError("The lot is <b>broken</b>.")
            return result

        with patch.object(Move, "_aftersales_process_done", failing):
            run = self._run()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "processed_count": 3,
                    "created_count": 2,
                    "failed_count": 1,
                }
            ],
        )
        self.assertEqual(self._assets(moves).move_id, moves - bad)
        self.assertIn(bad.picking_id.name, run.failures)
        self.assertIn("&lt;b&gt;broken", run.failures)
        self.assertEqual(run.activity_ids.user_id, self.user_manager)
        self.assertIn("broken", str(run.message_ids.mapped("body")))
        run.action_run_again()
        self._run_cron()
        self.assertRecordValues(
            run, [{"state": "done", "failed_count": 0, "failures": False}]
        )
        self.assertEqual(self._assets(moves).move_id, moves)

    @mute_logger(MODULE)
    def test_run_that_cannot_go_on_is_paused_and_told(self):
        self.lock.aftersales_policy_ids = self.policy_12
        self._deliver_past(self.lock, lots=self._make_lots(self.lock, "A1"))
        run = self._make_run()
        run.action_start()
        with patch.object(
            self.registry["aftersales.backfill"],
            "_get_next_moves",
            side_effect=ValueError("no such thing"),
        ):
            self._run_cron()
        self.assertEqual(run.state, "paused")
        self.assertIn("no such thing", str(run.message_ids.mapped("body")))
        self.assertEqual(run.activity_ids.user_id, self.user_manager)
        run.action_resume()
        self._run_cron()
        self.assertRecordValues(run, [{"state": "done", "created_count": 1}])

    def test_products_and_categories_with_those_below(self):
        parent, child, other = self.env["product.category"].create(
            [{"name": "Devices"}, {"name": "Locks"}, {"name": "Other"}]
        )
        child.parent_id = parent
        (self.lock | self.cable | self.sensor).aftersales_policy_ids = self.policy_12
        self.lock.categ_id, self.sensor.categ_id = child, other
        lock = self._deliver_past(self.lock, lots=self._make_lots(self.lock, "A1"))
        cable = self._deliver_past(self.cable, lots=self._make_lots(self.cable, "L1"))
        sensor = self._deliver_past(self.sensor)
        run = self._run(categ_ids=parent.ids, product_ids=self.cable.ids)
        self.assertEqual(run.created_count, 2)
        self.assertEqual(self._assets(lock | cable | sensor).move_id, lock | cable)

    def test_first_day_begins_where_the_company_works(self):
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        self.sensor.aftersales_policy_ids = self.policy_12
        before = self._deliver_past(self.sensor)
        self._set_date(before, "2025-01-01 07:59:59")
        first = self._deliver_past(self.sensor)
        self._set_date(first, "2025-01-01 08:00:00")
        self._run(date_from="2025-01-01")
        self.assertEqual(self._assets(before | first).move_id, first)

    def test_only_moves_of_its_company(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        mine = self._deliver_past(self.sensor)
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._deliver_past(self.sensor)
        self.env.cr.execute(
            "UPDATE stock_move SET company_id = %s WHERE id = %s",
            (other.id, theirs.id),
        )
        self.env.invalidate_all()
        run = self._run()
        self.assertEqual((run.total_count, run.created_count), (1, 1))
        self.assertEqual(self._assets(mine | theirs).move_id, mine)

    def test_nobody_reaches_runs_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self._make_run(company_id=other.id)
        run = self.Backfill.create({"date_from": "2025-01-01", "company_id": other.id})
        with self.assertRaises(AccessError):
            run.with_user(self.user_manager).action_start()
        self.assertNotIn(run, self.Backfill.with_user(self.user_manager).search([]))

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        product = self._make_product("Theirs", "none", company_id=other.id)
        with self.assertRaises(UserError):
            self.Backfill.create(
                {
                    "date_from": "2025-01-01",
                    "company_id": self.company.id,
                    "product_ids": product.ids,
                }
            )

    def test_only_managers(self):
        run = self._make_run()
        roles = (
            self.user_agent,
            self.user_agent_all,
            self.user_technician,
            self.user_stock,
            self.user_sale,
            self.user_internal,
            new_test_user(self.env, "as_portal", groups="base.group_portal"),
        )
        for user in roles:
            with self.subTest(user=user.login):
                theirs = run.with_user(user)
                for method in ("action_start", "action_preview", "action_pause"):
                    with self.assertRaises(AccessError):
                        getattr(theirs, method)()
                with self.assertRaises(AccessError):
                    self.Backfill.with_user(user).create({"date_from": "2025-01-01"})

    @freeze_time("2026-06-15 10:00:00")
    def test_day_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._make_run(date_from="2026-06-16")
        self._make_run(date_from="2026-06-15")

    def test_nothing_to_take_in(self):
        with self.assertRaisesRegex(UserError, "no deliveries"):
            self._make_run(product_ids=self.sensor.ids).action_start()

    def test_steps_that_a_run_refuses(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        self._deliver_past(self.sensor)
        run = self._make_run()
        for method in (
            "action_pause",
            "action_resume",
            "action_cancel",
            "action_run_again",
        ):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(run, method)()
        run.action_start()
        with self.assertRaisesRegex(UserError, "started already"):
            run.action_start()
        with self.assertRaises(UserError):
            run.date_from = "2024-01-01"
        with self.assertRaises(UserError):
            run.unlink()

    def test_paused_and_cancelled_runs_stand_still(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        move = self._deliver_past(self.sensor)
        run = self._make_run()
        run.action_start()
        run.action_pause()
        self._run_cron()
        self.assertFalse(self._assets(move))
        run.action_resume()
        run.action_cancel()
        self._run_cron()
        self.assertFalse(self._assets(move))
        self.assertEqual(run.state, "cancelled")

    def test_scheduled_action_is_off(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        self._deliver_past(self.sensor)
        self.cron.active = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self._make_run().action_start()

    def test_start_triggers_the_scheduled_action(self):
        self.sensor.aftersales_policy_ids = self.policy_12
        self._deliver_past(self.sensor)
        Trigger = self.env["ir.cron.trigger"]
        before = Trigger.search_count([("cron_id", "=", self.cron.id)])
        self._make_run().action_start()
        after = Trigger.search_count([("cron_id", "=", self.cron.id)])
        self.assertEqual(after - before, 1)

    def test_form(self):
        form = Form(self.Backfill.with_user(self.user_manager))
        form.date_from = "2025-01-01"
        form.product_ids.add(self.sensor)
        run = form.save()
        self.assertIn("2025", run.name)
        self.assertEqual(run.company_id, self.company)
