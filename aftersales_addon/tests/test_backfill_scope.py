from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .backfill_common import BackfillCommon


@tagged("post_install", "-at_install")
class TestBackfillScope(BackfillCommon):
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
