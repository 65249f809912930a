from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import new_test_user, tagged

from .repair_common import RepairCommon


class ProvisionCommon(RepairCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Entry = cls.env["aftersales.provision.entry"]
        cls.policy = cls._policy()
        cls.policy.write(
            {"aftersales_provision_type": "percent", "aftersales_provision_rate": 2.5}
        )
        cls.lock.aftersales_policy_ids = cls.policy
        cls.sensor.aftersales_policy_ids = cls.policy
        cls.part.standard_price = 80.0
        cls.labour.standard_price = 40.0

    def _at(self, moment):
        """Let it be a moment in UTC, noon of a day for one, until the test ends."""
        freezer = freeze_time(moment if ":" in moment else f"{moment} 12:00:00")
        freezer.start()
        self.addCleanup(freezer.stop)

    def _order(self, product, quantity=1.0, price=400.0, **line_vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "pricelist_id": line_vals.pop("pricelist", False),
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                            **line_vals,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _sell_sensors(self, quantity=1.0, price=400.0, **line_vals):
        """Sell and deliver goods without numbers; return the unit."""
        self._put_in_stock(self.sensor, quantity)
        order = self._order(self.sensor, quantity, price, **line_vals)
        order.picking_ids.button_validate()
        return order.order_line.aftersales_asset_ids

    def _moves(self, asset):
        return [
            (e.kind, Date.to_string(e.date), e.amount)
            for e in self.Entry.search([("asset_id", "=", asset.id)], order="id")
        ]

    def _update(self):
        return self.Entry._update_figures(self.company)

    def _period(self, month):
        period = self.env["aftersales.provision.period"].create({"date_from": month})
        period.action_compute()
        return period

    def _figures(self, record):
        names = ("opening", "issued", "estimate", "settled", "released", "topped_up")
        return tuple(record[name] for name in (*names, "closing"))

    def _repair_done(self, asset, service=True):
        repair = self._repair(asset, [(self.part, 1)], aftersales_asset_id=asset.id)
        repair.action_validate()
        if service:
            repair.action_create_sale_order()
            self._add_service(repair)
        repair.action_repair_start()
        repair.move_ids.quantity = 1
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        return repair


@tagged("post_install", "-at_install")
class TestProvision(ProvisionCommon):
    def test_share_of_the_price(self):
        """2.5 % of 400.00 less 10 %, three units: 27.00 on the day of the start."""
        self._at("2026-01-15")
        asset = self._sell_sensors(3, discount=10)
        self.assertEqual(self._update(), 1)
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 27.0)])
        entry = self.Entry.search([("asset_id", "=", asset.id)])
        self.assertIn("3 × (2.5 % of", entry.explanation)

    def test_second_run_enters_nothing(self):
        self._at("2026-01-15")
        self._sell_sensors()
        self.assertTrue(self._update())
        self.assertEqual(self._update(), 0)

    def test_nearest_level(self):
        """Product before category before policies; "nothing" ends the search."""
        self._at("2026-01-15")
        asset = self._sell_sensors(2)
        levels = [
            (self.category, {"aftersales_provision_type": "percent"}, 0.0),
            (self.category, {"aftersales_provision_rate": 5.0}, 40.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": "amount"}, 0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_amount": 3.5}, 7.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": "none"}, 0.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": False}, 40.0),
        ]
        self._update()
        for level, vals, total in levels:
            level.write(vals)
            self._update()
            moves = self._moves(asset)
            self.assertAlmostEqual(sum(m[2] for m in moves), total)
        self.assertEqual({m[0] for m in moves}, {"issued", "estimate"})

    def test_two_layers_add_up(self):
        self._at("2026-01-15")
        law = self._policy("Law", kind="statutory")
        law.write(
            {"aftersales_provision_type": "amount", "aftersales_provision_amount": 4}
        )
        self.sensor.aftersales_policy_ids |= law
        asset = self._sell_sensors()
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 14.0)])

    def test_extended_is_not_a_provision(self):
        self._at("2026-01-15")
        self.policy.kind = "extended"
        asset = self._sell_sensors()
        self.assertEqual(self._update(), 0)
        self.assertFalse(self._moves(asset))

    def test_days_of_the_company(self):
        """Delivered on 1 February in UTC, on 31 January where the company is."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        self._at("2026-02-01 07:30:00")
        asset = self._sell_sensors()
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-31", 10.0)])

    def test_release_at_the_end(self):
        """The last covered day still holds; the day after, the rest is released."""
        self._at("2024-01-31")
        asset = self._sell_sensors()
        self._update()
        self._at("2026-01-31")
        self.assertEqual(self._update(), 0)
        self._at("2026-02-01")
        self._update()
        self.assertEqual(self._moves(asset)[1:], [("released", "2026-01-31", -10.0)])
        self.assertEqual(self._update(), 0)

    def test_expired_before_the_figures_began(self):
        self._at("2023-01-31")
        asset = self._sell_sensors()
        self._at("2026-02-01")
        self._update()
        self.assertFalse(self._moves(asset))

    def test_return(self):
        """What came back has no share any more; a part of it, no such part."""
        self._at("2026-01-10")
        asset = self._sell_sensors(10)
        self._update()
        self._at("2026-02-10")
        self._return(asset.move_id, 3)
        self._at("2026-02-20")
        self._update()
        self.assertEqual(self._moves(asset)[1:], [("released", "2026-02-10", -30.0)])
        self._at("2026-03-01")
        self._return(asset.move_id, 7)
        self._update()
        self.assertEqual(self._moves(asset)[2:], [("released", "2026-03-01", -70.0)])

    def test_reactivated(self):
        self._at("2026-01-10")
        asset = self._sell_sensors()
        self._update()
        asset.action_retire()
        self._update()
        asset.action_reactivate()
        self._update()
        amounts = [m[2] for m in self._moves(asset)]
        self.assertEqual(amounts, [10.0, -10.0, 10.0])

    def test_prolonged_after_the_end(self):
        self._at("2024-01-31")
        asset = self._sell_sensors()
        self._update()
        self._at("2026-03-01")
        self._update()
        asset.warranty_ids._add_change("goodwill", 12, "month", "Nice customer")
        self._update()
        moves = [("released", "2026-01-31", -10.0), ("released", "2026-03-01", 10.0)]
        self.assertEqual(self._moves(asset)[1:], moves)

    def test_other_currency(self):
        """Sold in another currency: converted on the day of the start."""
        self._at("2026-01-15")
        euro = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": day,
                            "rate": rate,
                            "company_id": self.company.id,
                        }
                    )
                    for day, rate in (("2026-01-01", 2.0), ("2026-02-01", 4.0))
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": euro.id}
        )
        asset = self._sell_sensors(pricelist=pricelist.id)
        self._at("2026-02-15")
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 5.0)])

    def test_entered_by_hand(self):
        """A unit that was not sold on an order here: the list price counts."""
        self._at("2026-01-20")
        asset = self._unit("2026-01-10", policy=self.policy)
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-10", 2.5)])

    def test_absurd_rates(self):
        for vals in (
            {"aftersales_provision_rate": 101},
            {"aftersales_provision_rate": -1},
            {"aftersales_provision_amount": -5},
        ):
            with self.assertRaises(ValidationError):
                self.policy.write(vals)

    def test_each_company_has_its_own_rate(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy.with_company(other).aftersales_provision_rate = 7
        self.assertEqual(self.policy.aftersales_provision_rate, 2.5)


@tagged("post_install", "-at_install")
class TestProvisionUse(ProvisionCommon):
    def _sold(self, day="2026-01-10"):
        self._at(day)
        return self._unit(day, policy=self.policy)

    def test_repair(self):
        """Part at cost 80.00 and labour at cost 40.00, both covered."""
        asset = self._sold()
        self._at("2026-03-05")
        repair = self._repair_done(asset)
        self._update()
        used = [m for m in self._moves(asset) if m[0] == "settled"]
        self.assertEqual(used, [("settled", "2026-03-05", -120.0)])
        entry = self.Entry.search([("kind", "=", "settled")])
        self.assertEqual(entry.repair_id, repair)
        self.assertEqual(self._update(), 0)

    def test_half_covered(self):
        self.policy = self._policy("Half", lines={"parts": 50.0})
        self.policy.write(
            {"aftersales_provision_type": "amount", "aftersales_provision_amount": 9}
        )
        asset = self._sold()
        self._at("2026-03-05")
        self._repair_done(asset)
        self._update()
        used = [m for m in self._moves(asset) if m[0] == "settled"]
        self.assertEqual(used, [("settled", "2026-03-05", -40.0)])

    def test_a_unit_that_cost_more(self):
        """What it drew from the shares of others is added back at its end."""
        asset = self._sold("2024-03-31")
        self._at("2024-06-05")
        self._repair_done(asset)
        self._update()
        self._at("2026-04-10")
        self._update()
        moves = self._moves(asset)
        self.assertEqual(moves[-1], ("topped_up", "2026-03-31", 117.5))
        self.assertAlmostEqual(sum(m[2] for m in moves), 0)

    def test_units_without_a_share_use_nothing(self):
        asset = self._sold()
        self.policy.aftersales_provision_type = "none"
        self._repair_done(asset)
        self._update()
        self.assertFalse(self._moves(asset))

    def test_replacement(self):
        """One life: the new unit has no share of its own, and is used at its cost."""
        self.lock.standard_price = 60.0
        old = self._sold()
        self._update()
        self._at("2026-02-10")
        new = self._unit("2026-02-10", "SN-2", policy=self.policy)
        old._replace_with(new, Date.to_date("2026-02-10"))
        self._update()
        self.assertEqual(
            self._moves(old),
            [("issued", "2026-01-10", 2.5), ("settled", "2026-02-10", -60.0)],
        )
        self.assertFalse(self._moves(new))
        self._at("2028-02-01")
        self._update()
        self.assertAlmostEqual(sum(m[2] for m in self._moves(old)), 0)


@tagged("post_install", "-at_install")
class TestProvisionMonth(ProvisionCommon):
    def setUp(self):
        super().setUp()
        self._at("2026-01-15")
        self.asset = self._sell_sensors(10)
        self._update()

    def test_roll_forward(self):
        """January: 100.00 set aside. February: 60.00 more, 30.00 came back."""
        self._at("2026-02-10")
        self._return(self.asset.move_id, 3)
        self._at("2026-02-28")
        self._sell_sensors(6)
        self._at("2026-03-02")
        january, february = self._period("2026-01-20"), self._period("2026-02-01")
        self.assertEqual(january.date_from, Date.to_date("2026-01-01"))
        self.assertEqual(self._figures(january), (0, 100, 0, 0, 0, 0, 100))
        self.assertEqual(self._figures(february), (100, 60, 0, 0, -30, 0, 130))
        line = february.line_ids.filtered(lambda r: r.product_id == self.sensor)
        self.assertEqual(self._figures(line), self._figures(february))

    def test_change_of_estimate_is_shown_apart(self):
        self._at("2026-02-10")
        self.policy.aftersales_provision_rate = 3.0
        self._update()
        self._at("2026-03-01")
        february = self._period("2026-02-01")
        self.assertEqual(self._figures(february), (100, 0, 20, 0, 0, 0, 120))

    def test_posted_month_never_changes(self):
        """A late delivery of January is entered on the first day after it."""
        self._at("2026-02-02")
        january = self._period("2026-01-01")
        january.action_post()
        self.assertEqual(january.state, "posted")
        late = self._unit("2026-01-20", policy=self.policy)
        self._update()
        self.assertEqual(self._moves(late), [("issued", "2026-02-01", 2.5)])
        self.assertEqual(self._figures(january), (0, 100, 0, 0, 0, 0, 100))
        self._at("2026-03-01")
        self.assertEqual(
            self._figures(self._period("2026-02-01")), (100, 2.5, 0, 0, 0, 0, 102.5)
        )

    def test_posted_costs_are_not_valued_again(self):
        asset = self._unit("2026-01-15", policy=self.policy)
        repair = self._repair_done(asset)
        self._at("2026-02-02")
        self._period("2026-01-01").action_post()
        self._line(repair, self.labour).product_uom_qty = 5
        self._update()
        used = [m for m in self._moves(asset) if m[0] == "settled"]
        self.assertEqual(used, [("settled", "2026-01-15", -120.0)])

    def test_order_of_months(self):
        self._at("2026-03-05")
        january, february = self._period("2026-01-01"), self._period("2026-02-01")
        march = self._period("2026-03-01")
        with self.assertRaisesRegex(UserError, "January 2026 first"):
            february.action_post()
        (january | february).action_post()
        with self.assertRaisesRegex(UserError, "not over yet"):
            march.action_post()
        with self.assertRaisesRegex(UserError, "later months"):
            january.action_undo()
        with self.assertRaisesRegex(UserError, "posted"):
            january.unlink()
        (january | february).action_undo()
        self.assertEqual(set((january | february).mapped("state")), {"draft"})
        self.assertFalse(self.Entry.search([("period_id", "!=", False)]))
        january.unlink()

    def test_deleting_a_unit(self):
        """Open movements go with the unit; posted ones keep it."""
        self._at("2026-02-02")
        unit = self._unit("2026-02-01", policy=self.policy)
        self._update()
        unit.unlink()
        self._period("2026-01-01").action_post()
        with self.assertRaisesRegex(UserError, "posted"):
            self.asset.unlink()

    def test_figures_only_without_accounts(self):
        self._at("2026-02-02")
        january = self._period("2026-01-01")
        january.action_post()
        self.assertFalse(january.move_id)

    def _name_accounts(self):
        def account(code, kind):
            return self.env["account.account"].create(
                {"code": code, "name": code, "account_type": kind}
            )

        self.company.write(
            {
                "aftersales_provision_journal_id": self.env["account.journal"]
                .create({"name": "Provisions", "code": "PRVN", "type": "general"})
                .id,
                "aftersales_provision_account_id": account(
                    "299001", "liability_current"
                ).id,
                "aftersales_provision_expense_account_id": account(
                    "699001", "expense"
                ).id,
                "aftersales_provision_used_account_id": account("699002", "expense").id,
            }
        )

    def _balances(self, move):
        return {
            line.account_id.code: sum(
                x.balance for x in move.line_ids if x.account_id == line.account_id
            )
            for line in move.line_ids
        }

    def test_journal_entry(self):
        self._name_accounts()
        asset = self._unit("2026-01-15", policy=self.policy)
        self._repair_done(asset)
        self._at("2026-02-02")
        january = self._period("2026-01-01")
        january.action_post()
        move = january.move_id
        self.assertEqual(move.date, Date.to_date("2026-01-31"))
        self.assertEqual(move.state, "posted")
        # Set aside 102.50, used 120.00.
        expected = {"299001": 17.5, "699001": 102.5, "699002": -120.0}
        self.assertEqual(self._balances(move), expected)
        january.action_undo()
        self.assertFalse(january.move_id)
        self.assertEqual(move.reversal_move_ids.state, "posted")
        self.assertEqual(move.reversal_move_ids.date, move.date)

    def test_entry_of_who_may_not_book(self):
        """The manager's entry waits in the journal; undoing deletes the draft."""
        self._name_accounts()
        self._at("2026-02-02")
        january = self._period("2026-01-01").with_user(self.user_manager)
        january.action_post()
        move = january.sudo().move_id
        self.assertEqual(move.state, "draft")
        january.action_undo()
        self.assertFalse(move.exists())


@tagged("post_install", "-at_install")
class TestProvisionRights(ProvisionCommon):
    def test_rights(self):
        self._at("2026-02-02")
        self._unit("2026-01-15", policy=self.policy)
        period = self._period("2026-01-01")
        entry = self.Entry.search([], limit=1)
        accountant = new_test_user(
            self.env, "as_books", groups="account.group_account_readonly"
        )
        for user in (self.user_manager, accountant):
            self.assertTrue(period.with_user(user).read(["closing"]))
            self.assertTrue(entry.with_user(user).read(["amount", "explanation"]))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(entry.with_user(user).has_access(operation))
        self.assertFalse(period.with_user(accountant).has_access("write"))
        for user in (
            self.user_agent_all,
            self.user_sale,
            self.user_stock,
            self.user_technician,
            self.user_internal,
        ):
            for record in (period, entry, period.line_ids):
                self.assertFalse(record.with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                period.with_user(user).action_post()
            with self.assertRaises(AccessError):
                self.Entry.with_user(user).action_update()
            with self.assertRaises(AccessError):
                self.policy.with_user(user).read(["aftersales_provision_rate"])

    def test_states_follow_from_buttons(self):
        self._at("2026-02-02")
        period = self._period("2026-01-01").with_user(self.user_manager)
        with self.assertRaisesRegex(UserError, "buttons"):
            period.state = "posted"

    def test_other_companies(self):
        self._at("2026-02-02")
        self._unit("2026-01-15", policy=self.policy)
        period = self._period("2026-01-01")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "as_stranger",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in (period, self.Entry.search([], limit=1), period.line_ids):
            self.assertFalse(
                record.with_user(stranger).search([("id", "in", record.ids)])
            )

    def test_number_of_queries(self):
        """The number of queries does not grow with the number of units."""

        def measure(units):
            self.env["aftersales.asset"].create(
                [
                    {
                        "product_id": self.sensor.id,
                        "partner_id": self.customer.id,
                        "delivery_date": "2026-01-15",
                    }
                    for _n in range(units)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._update(), units)
            return self.env.cr.sql_log_count - before

        self._at("2026-02-02")
        measure(1)
        self.assertLessEqual(measure(50), measure(1))
