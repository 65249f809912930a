from contextlib import suppress
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .backfill_common import MODULE, BackfillCommon, Killed


@tagged("post_install", "-at_install")
class TestBackfill(BackfillCommon):
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
        former = self._assets(first)
        self.assertEqual((former.state, former.quantity), ("returned", 0))
        self.assertLess(former.date_closed, self._assets(second).delivery_date)
        self.assertEqual(former.warranty_ids.state, "closed")
        self.assertEqual(former.warranty_ids.close_reason, "returned")

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
        self.assertEqual(self.Backfill._limit_lines(moves, 4), moves[:2])
        self.assertEqual(self.Backfill._limit_lines(moves, 5), moves[:2])
        self.assertEqual(self.Backfill._limit_lines(moves, 1), moves[:1])
        self.assertEqual(self.Backfill._limit_lines(moves, 6), moves)

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
                raise RuntimeError("The lot is <b>broken</b>.")
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
