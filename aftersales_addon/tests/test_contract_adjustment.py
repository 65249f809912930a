"""Prices that are adjusted at anniversaries inside a term."""

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .contract_billing_common import BillingCommon, day


@tagged("post_install", "-at_install")
class TestContractAdjustment(BillingCommon):
    @classmethod
    def _long(cls, **vals):
        """A plan over three years; prices rise by 3 % every year."""
        return cls._plan(
            services=[],
            **{
                "term_count": 36,
                "indexation": "percent",
                "indexation_at": "period",
                "index_percent": 3,
                **vals,
            },
        )

    def _index(self, *values):
        return self.env["aftersales.price.index"].create(
            {
                "name": "Consumer Prices",
                "value_ids": [
                    (0, 0, {"date": date, "value": value}) for date, value in values
                ],
            }
        )

    def _prices(self, line):
        return [(str(row.date_from), row.price_unit) for row in line.price_ids][::-1]

    def _run(self, today):
        with freeze_time(f"{today} 10:00:00"):
            self._run_nightly()

    def test_every_year_within_the_term(self):
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=self._long())
        line = contract.line_ids
        self.assertEqual(contract.date_index_next, day("2027-03-10"))
        self._run("2027-03-09")
        self.assertEqual(line.price_unit, 100.0)
        self._run("2027-03-10")
        self._run("2027-03-10")
        self.assertEqual(
            self._prices(line), [("2026-03-10", 100.0), ("2027-03-10", 103.0)]
        )
        self.assertEqual(line.price_unit, 103.0)
        self.assertEqual(contract.date_index_next, day("2028-03-10"))
        self.assertEqual(contract.version, 2)
        self.assertEqual(contract.version_ids[0].date, day("2027-03-10"))
        self.assertIn("100.0 → 103.0", contract.version_ids[0].summary)
        self.assertIn("103", self._get_notes(contract))

    def test_all_that_was_missed_once(self):
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=self._long())
        self._run("2028-05-01")
        self.assertEqual(
            self._prices(contract.line_ids),
            [("2026-03-10", 100.0), ("2027-03-10", 103.0), ("2028-03-10", 106.09)],
        )
        self.assertEqual(contract.version, 3)
        # The last anniversary is that of the further term, which comes by itself.
        self.assertEqual(contract.date_index_next, day("2029-03-10"))

    def test_index_from_the_base_with_a_cap(self):
        """C10: always from the base, also between renewals."""
        index = self._index(
            ("2026-01-01", 105.2), ("2027-01-01", 108.9), ("2028-01-01", 112.0)
        )
        for cap, expected in ((0, [1035.17, 1064.64]), (3, [1030.0, 1060.9])):
            plan = self._long(indexation="index", index_id=index.id, index_cap=cap)
            with freeze_time("2026-03-10"):
                contract = self._start("2026-03-10", plan=plan, price=1000.0)
            self._run("2028-03-10")
            prices = [price for _day, price in self._prices(contract.line_ids)]
            self.assertEqual(prices[1:], expected)

    def test_invoice_across_the_day_is_split(self):
        """310 a month by the calendar: nine days at the old price, 22 at the new."""
        plan = self._long(billing_aligned=True, billing_moment="arrears")
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=plan, price=310.0)
            contract.billing_from = "2027-03-01"
        # The invoice is made before the nightly step had its turn.
        with freeze_time("2027-04-01"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract),
            [
                ("2027-03-01", "2027-03-09", 90.0),
                ("2027-03-10", "2027-03-31", 226.6),
            ],
        )
        self.assertEqual(len(contract.bill_ids.move_id), 1)

    def test_in_advance_nothing_is_charged_at_a_price_that_is_over(self):
        plan = self._long(billing_aligned=True)
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=plan, price=310.0)
            contract.billing_from = "2027-03-01"
        with freeze_time("2027-03-01"):
            contract._create_invoices()
            self.assertEqual(contract.date_invoice_next, day("2027-03-10"))
        with freeze_time("2027-03-10"):
            contract._create_invoices()
        self.assertEqual(
            self._bills(contract),
            [
                ("2027-03-01", "2027-03-09", 90.0),
                ("2027-03-10", "2027-03-31", 226.6),
            ],
        )
        self.assertEqual(contract.date_invoice_next, day("2027-04-01"))

    def test_announced_before(self):
        plan = self._long(index_notice_days=30)
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=plan)
        self.customer.email = "anna@example.com"
        self._run("2027-02-07")
        self.assertEqual(len(contract.line_ids.price_ids), 0)
        self._run("2027-02-08")
        line = contract.line_ids
        self.assertEqual(line._get_price_on(day("2027-03-09")), 100.0)
        self.assertEqual(line._get_price_on(day("2027-03-10")), 103.0)
        mail = contract.message_ids.filtered(lambda m: m.message_type == "email")
        mail = mail or contract.message_ids.filtered(lambda m: m.partner_ids)
        self.assertEqual(len(mail), 1)
        self.assertIn("103.00", mail.body)
        # What is agreed instead takes the place of what was announced.
        with freeze_time("2027-02-20"):
            line.sudo().price_unit = 101.0
        self.assertEqual(line._get_price_on(day("2027-03-10")), 101.0)

    def test_from_the_terms_that_were_changed(self):
        """Anniversaries before the change are not made up for."""
        with freeze_time("2023-03-10"):
            contract = self._start("2023-03-10", term_count=60)
        with freeze_time("2026-04-01"):
            action = contract.with_user(self.user_agent).action_change()
            form = Form(
                self.env[action["res_model"]]
                .with_user(self.user_agent)
                .with_context(**action["context"])
            )
            form.reason = "Every two years"
            form.indexation = "percent"
            form.index_percent = 5
            form.indexation_at = "period"
            form.indexation_count = 2
            form.save().action_confirm()
        self.assertEqual(contract.date_index_next, day("2027-03-10"))
        self._run("2027-03-10")
        self.assertEqual(contract.line_ids.price_unit, 105.0)
        # That is in the further term, which comes by itself.
        self.assertEqual(contract.date_index_next, day("2029-03-10"))
        contract._set_notice_given(day("2027-05-01"), "customer", contract.date_end)
        self.assertFalse(contract.date_index_next, "the term ends before the next")

    def test_price_of_a_contract_that_began_long_ago(self):
        """What is typed in is the price of the first day that is invoiced here."""
        index = self._index(("2020-01-01", 100.0), ("2026-01-01", 120.0))
        plan = self._long(
            indexation="index", index_id=index.id, term_count=20, term_unit="year"
        )
        with freeze_time("2026-06-15"):
            contract = self._start("2020-01-01", plan=plan, billing_from="2026-06-01")
        self.assertEqual(contract.line_ids.index_base, 120.0)
        self.assertEqual(contract.date_index_next, day("2027-01-01"))

    def test_past_periods_that_are_not_decided_on_wait(self):
        with freeze_time("2026-06-15 10:00:00"):
            contract = self._start(
                "2023-01-01", plan=self._long(term_count=60), billing_from=False
            )
            self.assertTrue(contract.is_billing_undecided)
            self._run_nightly()
            self.assertFalse(contract.line_ids.price_ids)
            wizard = self.env["aftersales.contract.catch.up"].create(
                {"contract_id": contract.id, "choice": "current"}
            )
            self.assertIn("100.00", wizard.explanation)
            wizard.action_apply()
        self.assertEqual(contract.date_index_next, day("2027-01-01"))

    def test_line_that_begins_with_the_day_keeps_its_price(self):
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=self._long())
        line = contract.line_ids.create(
            {
                "contract_id": contract.id,
                "name": "Second",
                "price_unit": 50.0,
                "date_from": "2027-03-10",
            }
        )
        self._run("2027-03-10")
        self.assertEqual(line.price_unit, 50.0)
        self._run("2028-03-10")
        self.assertEqual(line.price_unit, 51.5)

    def test_renewal_changes_no_price_of_its_own(self):
        plan = self._long(term_count=12, indexation_unit="month", indexation_count=18)
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=plan)
        line = contract.line_ids
        self.assertEqual(contract._get_renewal_price(line, day("2027-03-10")), 100.0)
        self.assertEqual(contract._get_renewal_price(line, day("2028-03-10")), 103.0)
        self._run("2027-03-10")
        self.assertEqual(contract.term_number, 1)
        self.assertEqual(line.price_unit, 100.0)
        self._run("2027-09-10")
        self.assertEqual(line.price_unit, 103.0)

    def test_price_that_was_agreed_for_the_day_stays(self):
        """A renewal was sold with its own price: it is not raised once more."""
        plan = self._long(term_count=12, renewal="request")
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=plan)
        with freeze_time("2027-02-01"):
            contract._set_renewed()
            contract.line_ids._set_price(110.0, day("2027-03-10"))
        self._run("2027-03-10")
        self.assertEqual(contract.line_ids.price_unit, 110.0)
        self.assertEqual(contract.date_index_next, False)

    def test_back_to_draft(self):
        with freeze_time("2026-03-10"):
            contract = self._start(
                "2026-03-10", plan=self._long(indexation_unit="month")
            )
        self._run("2026-04-10")
        self.assertEqual(contract.line_ids.price_unit, 103.0)
        with freeze_time("2026-04-11"):
            contract.bill_ids.move_id.unlink()
            contract.action_reset()
        self.assertEqual(contract.line_ids.price_unit, 100.0)
        self.assertFalse(contract.line_ids.price_ids)
        self.assertFalse(contract.date_index_done)

    def test_forecast(self):
        plan = self._long(indexation_unit="month", indexation_count=6)
        with freeze_time("2026-03-01"):
            contract = self._start("2026-03-01", plan=plan)
            Forecast = self.env["aftersales.contract.forecast"]
            Forecast._update(contract)
        rows = Forecast.search([("contract_id", "=", contract.id)])
        self.assertEqual(rows.mapped("amount"), [100.0] * 6 + [103.0] * 6)
        with freeze_time("2026-03-01"):
            renewed = self._start(
                "2026-03-01",
                plan=self._long(term_count=6, renewal_count=6, indexation_at="renewal"),
            )
            Forecast._update(renewed)
        rows = Forecast.search([("contract_id", "=", renewed.id)])
        self.assertEqual(rows.mapped("amount"), [100.0] * 6 + [103.0] * 6)
        self.assertEqual(sum(rows.mapped("amount_agreed")), 600.0)

    def test_preview_shows_the_new_price(self):
        plan = self._long(indexation_unit="month", indexation_count=6)
        with freeze_time("2026-03-01"):
            contract = self._start("2026-03-01", plan=plan)
            rows = contract._get_preview_rows(day("2026-09-01"))
        self.assertEqual([row["amount"] for row in rows], [100.0] * 6 + [103.0])

    def test_bounds(self):
        for vals in (
            {"indexation_count": 0},
            {"indexation_count": 1000},
            {"index_notice_days": -1},
        ):
            with self.assertRaises(ValidationError):
                self._long(**vals)

    def test_portal_says_when(self):
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=self._long())
            terms = dict(contract.with_user(self.user_portal)._get_portal_terms())
        self.assertIn("3 % each time", terms["Later prices"])
        self.assertIn("2027", terms["Later prices"])

    def test_what_is_taken_off_rises_with_the_price(self):
        with freeze_time("2026-03-10"):
            contract = self._start("2026-03-10", plan=self._long())
            off = contract.line_ids.create(
                {"contract_id": contract.id, "name": "Loyal", "price_unit": -10.0}
            )
        self._run("2027-03-10")
        self.assertEqual(off.price_unit, -10.3)

    def test_many_units(self):
        """What a night costs does not grow with the units of a contract."""
        plan = self._long(price_basis="unit")

        def count(number):
            with freeze_time("2026-03-10"):
                contract = self._contract(
                    plan,
                    units=self.env["aftersales.asset"].create(
                        [
                            {
                                "product_id": self.lock.id,
                                "partner_id": self.customer.id,
                                "company_id": self.company.id,
                            }
                            for _n in range(number)
                        ]
                    ),
                )
                contract._set_running()
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time("2027-03-10 10:00:00"):
                before = self.cr.sql_log_count
                contract._adjust_prices()
                self.env.flush_all()
            self.assertEqual(set(contract.line_ids.mapped("price_unit")), {103.0})
            return self.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        self.assertLess(fifty, one + 15)
