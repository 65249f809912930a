"""Months of provisions: roll-forward, posting, journal entries, rights."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import new_test_user, tagged

from .provision_common import ProvisionCommon


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
