from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .backfill_common import Killed
from .extension_common import ExtensionCommon

RENEWAL = "odoo.addons.aftersales_addon.models.aftersales_warranty_renewal_mixin"


class RenewalCommon(ExtensionCommon):
    """Locks that were delivered on 15 March 2026; covered until 15 March 2028."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("aftersales_addon.aftersales_warranty_renewal_ir_cron")
        cls.policy_24.renewal_notice_days = 30

    def _units(self, *names, partner=None):
        with freeze_time("2026-03-15 10:00:00"):
            move = self._deliver(
                self.lock, lots=self._make_lots(self.lock, *names), partner=partner
            )
        assets = self._assets(move)
        assets.user_id = self.user_sale
        return assets

    def _run(self, day="2028-02-14"):
        """Run the nightly job on a day."""
        self.env.flush_all()
        with (
            freeze_time(f"{day} 03:00:00"),
            self.enter_registry_test_mode(),
        ):
            self.cron.method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRenewalNotice(RenewalCommon):
    """The nightly job asks once for each unit and each end."""

    def test_day_is_set_with_the_warranty(self):
        asset = self._units("S1")
        self.assertEqual(asset.warranty_ids.renewal_date, date(2028, 2, 14))

    def test_no_notice_no_day(self):
        self.policy_24.renewal_notice_days = 0
        self.assertFalse(self._units("S1").warranty_ids.renewal_date)

    def test_day_follows_the_end(self):
        layer = self._units("S1").warranty_ids
        change = layer._add_change("goodwill", 1, "month", "A gift", date(2026, 5, 1))
        self.assertEqual(layer.renewal_date, date(2028, 3, 16))
        change._undo()
        self.assertEqual(layer.renewal_date, date(2028, 2, 14))
        layer._set_closed("manual")
        self.assertFalse(layer.renewal_date)
        layer._set_open()
        self.assertEqual(layer.renewal_date, date(2028, 2, 14))

    def test_policy_changes_the_day_of_all_that_was_sold(self):
        layers = self._units("S1", "S2").warranty_ids
        self.policy_24.with_user(self.user_manager).renewal_notice_days = 60
        self.assertEqual(set(layers.mapped("renewal_date")), {date(2028, 1, 15)})
        self.policy_24.renewal_notice_days = 0
        self.assertEqual(set(layers.mapped("renewal_date")), {False})

    def test_asked_once(self):
        asset = self._units("S1")
        self._run("2028-02-13")
        self.assertFalse(asset.activity_ids)
        self._run("2028-02-14")
        self.assertRecordValues(
            asset.activity_ids,
            [
                {
                    "user_id": self.user_sale.id,
                    "summary": "Offer an extension: coverage ends on 15 Mar 2028",
                    "date_deadline": date(2028, 2, 14),
                }
            ],
        )
        self.assertIn("Plus 1, Plus 2", asset.activity_ids.note)
        self.assertFalse(asset.warranty_ids.renewal_date)
        self._run("2028-02-14")
        self._run("2028-02-15")
        self.assertEqual(len(asset.activity_ids), 1)

    def test_asked_again_for_another_end(self):
        asset = self._units("S1")
        self._run()
        asset.warranty_ids._add_change(
            "goodwill", 6, "month", "A gift", date(2028, 2, 20)
        )
        self._run("2028-02-21")
        self.assertEqual(len(asset.activity_ids), 1)
        self._run("2028-08-16")
        self.assertEqual(len(asset.activity_ids), 2)

    def test_two_warranties_that_end_together_are_one_notice(self):
        other = self._make_policy("Twin", 24, kind="statutory", renewal_notice_days=30)
        self.lock.aftersales_policy_ids = self.policy_24 | other
        asset = self._units("S1")
        self._run()
        self.assertEqual(len(asset.activity_ids), 1)
        self.assertFalse(any(asset.warranty_ids.mapped("renewal_date")))

    def test_extended_already(self):
        """The base ends, but what follows it goes on: nothing to ask for."""
        with freeze_time("2026-03-01 10:00:00"):
            order = self._quote([(self.lock, 1), (self.plus_1, 1)])
            order.action_confirm()
        asset = self._ship(order, ["S1"], "2026-03-15")
        self._run()
        self.assertFalse(asset.activity_ids)
        base = asset.warranty_ids.sorted("id")[0]
        self.assertFalse(base.renewal_date)

    def test_law_does_not_hide_the_end(self):
        law = self._make_policy("Law", 60, kind="statutory")
        self.lock.aftersales_policy_ids = self.policy_24 | law
        asset = self._units("S1")
        self._run()
        self.assertEqual(len(asset.activity_ids), 1)

    def test_what_is_over_or_gone_is_passed_over(self):
        gone, over = self._units("S1", "S2")
        self._run("2028-02-10")
        gone.with_user(self.user_agent_all).action_retire()
        self._run("2028-05-01")
        self.assertFalse((gone | over).activity_ids)
        self.assertFalse(over.warranty_ids.renewal_date)

    def test_units_of_long_ago_are_not_asked_for(self):
        with freeze_time("2020-01-10 10:00:00"):
            move = self._deliver(self.lock, lots=self._make_lots(self.lock, "S1"))
        with freeze_time("2026-03-15 10:00:00"):
            layer = self._assets(move).warranty_ids
            layer._schedule_renewal()
        self.assertFalse(layer.renewal_date)

    def test_who_is_asked(self):
        asset = self._units("S1")
        steps = [
            (asset, "user_id", self.user_agent),
            (asset.partner_id, "user_id", self.user_agent_all),
            (self.policy_24, "renewal_user_id", self.user_manager),
        ]
        for record, name, user in steps:
            record[name] = user
        for record, name, user in steps:
            self.assertEqual(asset.warranty_ids._get_renewal_user(), user)
            record[name] = False

    def test_failure_is_shown_and_stops_no_other(self):
        assets = self._units("S1", "S2", "S3")
        assets[1].user_id = False
        with mute_logger(RENEWAL):
            self._run()
        self.assertEqual(assets.mapped(lambda a: len(a.activity_ids)), [1, 0, 1])
        failed = assets[1].warranty_ids
        self.assertIn(
            "Nobody is responsible for “Door lock – S2”", failed.renewal_error
        )
        found = self.Warranty.search([("renewal_error", "!=", False)])
        self.assertEqual(found, failed)
        assets[1].user_id = self.user_sale
        self._run("2028-02-15")
        self.assertEqual(len(assets[1].activity_ids), 1)
        self.assertFalse(failed.renewal_error)

    def test_batches(self):
        assets = self._units(*(f"S{n}" for n in range(7)))
        with patch(f"{RENEWAL}.RENEWAL_BATCH", 3):
            self._run()
        self.assertEqual(set(assets.mapped(lambda a: len(a.activity_ids))), {1})

    def test_day_of_the_company(self):
        """It is the 14th in Auckland while it is the 13th in Greenwich."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        asset = self._units("S1")
        due = asset.warranty_ids.renewal_date
        with freeze_time(f"{due.replace(day=due.day - 1)} 20:00:00"):
            self.assertEqual(self.Warranty._count_due_renewals(), 1)
        self.company.resource_calendar_id.tz = "UTC"
        with freeze_time(f"{due.replace(day=due.day - 1)} 20:00:00"):
            self.assertEqual(self.Warranty._count_due_renewals(), 0)

    def test_killed_in_the_middle(self):
        assets = self._units(*(f"S{n}" for n in range(6)))
        with self._killed_at(4), patch(f"{RENEWAL}.RENEWAL_BATCH", 2):
            with self.assertRaises(Killed):
                self._run()
        self.env.invalidate_all()
        self._run()
        self.assertEqual(set(assets.mapped(lambda a: len(a.activity_ids))), {1})

    @contextmanager
    def _killed_at(self, number):
        Warranty = self.registry["aftersales.warranty"]
        notify, done = Warranty._notify_one, []

        def counted(warranty):
            if len(done) == number:
                raise Killed
            done.append(warranty.id)
            return notify(warranty)

        with patch.object(Warranty, "_notify_one", counted):
            yield

    def test_cost_does_not_depend_on_what_is_not_due(self):
        """As many queries with 5 other warranties as with 105."""
        counts = []
        for prefix, others in (("A", 5), ("B", 100)):
            with freeze_time("2026-06-15 10:00:00"):
                names = [f"{prefix}{n}-later" for n in range(others)]
                self._deliver(self.lock, lots=self._make_lots(self.lock, *names))
            due = self._units(*(f"{prefix}{n}" for n in range(5)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2028-02-14 03:00:00"):
                batch = self.Warranty._lock_due_renewals()
                self.assertEqual(batch.asset_id, due.sorted("id"))
                batch._notify_expiring()
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_index_serves_the_search(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.Warranty._search(
            self.Warranty._get_due_renewals_domain(), order="renewal_date, id", limit=5
        )
        code = query.select()
        self.env.cr.execute(f"EXPLAIN {code.code}", code.params)
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("aftersales_warranty_renewal_date_index", plan)


@tagged("post_install", "-at_install")
class TestRenewalQuotation(RenewalCommon):
    """Offering extensions for units that customers have."""

    @freeze_time("2028-02-14 10:00:00")
    def test_one_click_makes_the_quotation(self):
        self.policy_24.renewal_product_id = self.plus_1
        asset = self._units("S1")
        action = asset.with_user(self.sales).action_offer_extension()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual((order.state, order.partner_id), ("draft", self.customer))
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.plus_1.id,
                    "product_uom_qty": 1.0,
                    "aftersales_covered_asset_ids": asset.ids,
                }
            ],
        )
        order.action_confirm()
        self.assertEqual(asset.warranty_end, date(2029, 3, 15))

    @freeze_time("2028-02-14 10:00:00")
    def test_of_several_the_customer_chooses(self):
        assets = self._units("S1", "S2")
        action = assets.with_user(self.sales).action_offer_extension()
        order = self.env["sale.order"].browse(action["res_id"])
        lines = order.order_line.filtered("product_id")
        self.assertEqual(lines.product_id, self.plus_1 | self.plus_2)
        self.assertEqual(lines.mapped("product_uom_qty"), [0.0, 0.0])
        self.assertTrue(all(line._can_be_edited_on_portal() for line in lines))
        self.assertEqual(lines.aftersales_covered_asset_ids, assets)

    @freeze_time("2028-02-14 10:00:00")
    def test_from_the_list_of_warranties(self):
        """One quotation for each customer, none twice."""
        self.policy_24.renewal_product_id = self.plus_1
        assets = self._units("S1", "S2") | self._units(
            "S3", partner=self.other_customer
        )
        warranties = assets.warranty_ids.with_user(self.sales)
        action = warranties.action_offer_extension()
        orders = self.env["sale.order"].search(action["domain"])
        self.assertEqual(
            {order.partner_id: order.order_line.product_uom_qty for order in orders},
            {self.customer: 2.0, self.other_customer: 1.0},
        )
        again = warranties.action_offer_extension()
        self.assertEqual(self.env["sale.order"].search(again["domain"]), orders)

    def test_nothing_to_offer(self):
        asset = self._units("S1")
        with freeze_time("2028-03-16 10:00:00"):
            with self.assertRaisesRegex(UserError, "Their coverage is over"):
                asset.with_user(self.sales).action_offer_extension()
        self.lock.aftersales_extension_product_ids = False
        with freeze_time("2028-02-14 10:00:00"):
            with self.assertRaisesRegex(UserError, "Offered Extensions"):
                asset.with_user(self.sales).action_offer_extension()

    @freeze_time("2028-02-14 10:00:00")
    def test_what_the_unit_has_is_not_offered_again(self):
        asset = self._units("S1")
        order = self._quote(
            [
                (
                    self.plus_1,
                    1,
                    {"aftersales_covered_asset_ids": [(6, 0, asset.ids)]},
                )
            ]
        )
        order.action_confirm()
        offers = asset._get_offered_extensions()[asset]
        self.assertEqual(offers, self.plus_2)
