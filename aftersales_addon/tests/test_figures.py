"""What managers look at: products that fail, customers and their worth, the digest."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .case_common import CaseCommon

NOW = "2026-06-30 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestProductFailures(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_claim_limit = 0
        cls.sensor.aftersales_serviced = True
        # A hundred units for the whole year, one hundred more for half of it.
        cls.units = cls._unit("2024-06-30", 100) | cls._unit("2025-12-30", 100)
        cls.defect = cls.env["aftersales.reason"].create(
            {"name": "Is dead", "is_defect": True}
        )

    @classmethod
    def _unit(cls, day, quantity):
        return cls.env["aftersales.asset"].create(
            {
                "product_id": cls.sensor.id,
                "partner_id": cls.customer.id,
                "delivery_date": day,
                "quantity": quantity,
                "quantity_delivered": quantity,
            }
        )

    def _claim(self, day="2026-05-01 08:00:00", **vals):
        return self._case(
            **{
                "kind": "technical",
                "product_id": self.sensor.id,
                "date_reported": day,
                **vals,
            }
        )

    def _row(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        Report = self.env["aftersales.product.report"]
        return Report.with_user(user or self.user_agent_all).search(
            [("product_id", "=", self.sensor.id)]
        )

    def test_units_on_average_count_the_days(self):
        row = self._row()
        self.assertEqual(row.units, 200)
        # 100 for 365 days, 100 for the 182 since 30 December.
        self.assertAlmostEqual(row.unit_years, 100 + 100 * 182 / 365, places=2)

    def test_claims_per_thousand_units(self):
        self._claim()
        self._claim()
        self._claim(kind="question", reason_id=self.defect.id)
        row = self._row()
        self.assertEqual(row.claims, 3)
        self.assertAlmostEqual(row.claim_rate, 3000 / (100 + 100 * 182 / 365), places=1)

    def test_what_is_no_claim_does_not_count(self):
        self._claim(kind="question")
        self._claim(is_spam=True)
        self._claim(product_id=self.cable.id)
        self._claim().action_cancel()
        self.assertEqual(self._row().claims, 0)

    def test_the_year_before_is_set_beside(self):
        self._claim("2025-03-01 08:00:00")
        self._claim("2024-06-30 08:00:00")
        row = self._row()
        self.assertEqual((row.claims, row.claims_before), (0, 1))
        self.assertLess(row.trend, 0)

    def test_a_case_and_its_repair_are_one_claim(self):
        case = self._claim()
        case.asset_id = self.units[0]
        case.with_user(self.user_manager).action_repair()
        self.assertTrue(case.repair_ids)
        self.assertEqual(self._row().claims, 1)

    def test_a_returned_unit_stops_counting(self):
        unit = self.units[0]
        unit.sudo().write(
            {"state": "returned", "quantity": 0, "date_closed": "2025-12-30"}
        )
        row = self._row()
        self.assertEqual(row.units, 100)
        self.assertAlmostEqual(row.unit_years, 100 * (183 + 182) / 365, places=2)

    def test_the_responsible_person_is_told_once(self):
        template = self.sensor.product_tmpl_id
        template.with_company(self.company).responsible_id = self.user_manager
        template.aftersales_claim_limit = 10
        for _number in range(3):
            self._claim()
        Alert = self.env["aftersales.product.alert"]
        self.env.flush_all()
        Alert._cron_watch_products()
        Alert._cron_watch_products()
        alert = Alert.search([("product_id", "=", self.sensor.id)])
        self.assertEqual(alert.user_id, self.user_manager)
        self.assertEqual(alert.claims, 3)
        told = template.activity_ids.filtered(lambda a: a.user_id == self.user_manager)
        self.assertEqual(len(told), 1)
        self.assertIn("3 claims", told.note)

    def test_below_the_limit_again_it_may_be_told_anew(self):
        template = self.sensor.product_tmpl_id
        template.aftersales_claim_limit = 10
        for _number in range(3):
            self._claim()
        Alert = self.env["aftersales.product.alert"]
        self.env.flush_all()
        Alert._cron_watch_products()
        template.aftersales_claim_limit = 1000
        self.env.flush_all()
        Alert._cron_watch_products()
        alert = Alert.search([("product_id", "=", self.sensor.id)])
        self.assertTrue(alert.date_over)
        template.aftersales_claim_limit = 10
        self.env.flush_all()
        Alert._cron_watch_products()
        alerts = Alert.search([("product_id", "=", self.sensor.id)])
        self.assertEqual(len(alerts), 2)

    def test_two_claims_are_chance(self):
        self.sensor.product_tmpl_id.aftersales_claim_limit = 1
        self._claim()
        self._claim()
        self.assertFalse(self._row().is_over)

    def test_the_limit_of_the_company_holds_for_products_without_one(self):
        self.company.aftersales_claim_limit = 10
        for _number in range(3):
            self._claim()
        self.assertTrue(self._row().is_over)

    def test_the_figure_opens_the_claims_behind_it(self):
        cases = self._claim() | self._claim()
        row = self._row()
        action = row.action_open()
        claims = self.env["aftersales.claim.report"].search(action["domain"])
        self.assertEqual(len(claims), row.claims)
        self.assertEqual(claims.case_id, cases)
        opened = claims[0].action_open()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]),
            ("aftersales.case", claims[0].case_id.id),
        )

    def test_only_those_who_see_all_documents_see_it(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.product.report"].with_user(self.user_agent).search([])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerWorth(CaseCommon):
    def _row(self, partner=None):
        self.env.flush_all()
        self.env.invalidate_all()
        Report = self.env["aftersales.customer.report"].with_user(self.user_manager)
        return Report.search([("partner_id", "=", (partner or self.customer).id)])

    def _invoice(self, price, cost, quantity=1.0, move_type="out_invoice"):
        self.sensor.standard_price = cost
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        ) or self.env["account.journal"].create(
            {"name": "Sales", "code": "ASJ", "type": "sale"}
        )
        account = self.env["account.account"].create(
            {"name": "Income", "code": f"AS{price:04.0f}", "account_type": "income"}
        )
        receivable = self.env["account.account"].create(
            {
                "name": "Receivable",
                "code": f"AR{price:04.0f}",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        self.customer.property_account_receivable_id = receivable
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "journal_id": journal.id,
                "invoice_date": "2026-06-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.sensor.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "account_id": account.id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_worth_is_the_margin_less_the_cost_of_service(self):
        self._invoice(100, 60, 2)
        self.team.cost_hour = 10
        self._case().hours_worked = 3
        row = self._row()
        self.assertAlmostEqual(row.revenue, 200)
        self.assertAlmostEqual(row.margin, 80)
        self.assertAlmostEqual(row.service_cost, 30)
        self.assertAlmostEqual(row.lifetime_value, 50)

    def test_a_credit_note_takes_revenue_and_margin_away(self):
        self._invoice(100, 60, 2)
        self._invoice(101, 60, 1, "out_refund")
        row = self._row()
        self.assertAlmostEqual(row.revenue, 99)
        self.assertAlmostEqual(row.margin, 39)

    def test_a_complaint_and_a_bad_answer_are_a_risk(self):
        self._case(kind="complaint")
        self.assertEqual((self._row().risk, self._row().is_at_risk), (1, False))
        question = self.env["aftersales.nps"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        question._answer(3)
        row = self._row()
        self.assertEqual((row.risk, row.is_at_risk, row.nps_score), (2, True, 3))

    def test_another_customer_is_not_touched(self):
        self._case(kind="complaint")
        self._case(partner_id=self.other_customer.id)
        self.assertEqual(self._row(self.other_customer).complaints, 0)

    def test_only_managers_see_what_customers_are_worth(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.customer.report"].with_user(
                self.user_agent_all
            ).search([])


@tagged("post_install", "-at_install")
class TestDigest(CaseCommon):
    def test_figures_for_those_who_see_all_documents(self):
        with freeze_time("2026-06-30 12:00:00"):
            self._case(date_reported="2026-06-30 08:00:00")
            digest = self.env["digest.digest"].create(
                {"name": "Daily", "kpi_aftersales_cases": True}
            )
            mine = digest.with_user(self.user_manager).with_context(
                start_datetime=datetime(2026, 6, 30),
                end_datetime=datetime(2026, 7, 1),
            )
            self.assertEqual(mine.sudo(False).kpi_aftersales_cases_value, 1)
            theirs = digest.with_user(self.user_internal)
            theirs.invalidate_recordset()
            with self.assertRaises(AccessError):
                theirs._compute_kpi_aftersales_cases_value()
            actions = digest._compute_kpis_actions(self.company, self.user_manager)
            for name in ("cases", "solved", "returns"):
                xml_id = actions[f"kpi_aftersales_{name}"].split("?")[0]
                self.assertTrue(self.env.ref(xml_id))


@tagged("post_install", "-at_install")
class TestManagerOverview(CaseCommon):
    def _get(self):
        self.env.flush_all()
        return self.env["aftersales.figures"].with_user(self.user_manager).get_figures()

    def test_each_number_is_that_of_the_records_it_opens(self):
        self._case()
        self._case(user_id=self.user_agent.id)
        data = self._get()
        tiles = data["open"] + data["ages"] + data["promises"] + data["at_hand"]
        self.assertTrue(tiles)
        for tile in tiles:
            with self.subTest(tile["name"]):
                Model = self.env[tile["model"]].with_user(self.user_manager)
                self.assertEqual(Model.search_count(tile["domain"]), tile["count"])
        by_name = {tile["name"]: tile["count"] for tile in data["open"]}
        self.assertGreaterEqual(by_name["cases"], 2)

    def test_a_rate_stands_beside_that_of_before(self):
        with freeze_time("2026-06-01 08:00:00"):
            self._case().action_solve()
        with freeze_time("2026-06-30 12:00:00"):
            rates = {rate["name"]: rate for rate in self._get()["rates"]}
        self.assertEqual(rates["fcr_rate"]["value"], 100.0)
        # Nobody was asked: no satisfaction, rather than none at all.
        self.assertIsNone(rates["csat_rate"]["value"])
        self.assertIsNone(rates["fcr_rate"]["earlier"])
        self.assertTrue(rates["fcr_rate"]["definition"])

    def test_costs_name_what_they_are_for(self):
        self.team.cost_hour = 10
        self._case(product_id=self.sensor.id).hours_worked = 3
        costs = {cost["name"]: cost for cost in self._get()["costs"]}
        [row] = [r for r in costs["product"]["rows"] if r["id"] == self.sensor.id]
        self.assertAlmostEqual(row["amount"], 30)
        Report = self.env["aftersales.case.report"].with_user(self.user_manager)
        self.assertAlmostEqual(
            sum(Report.search(row["domain"]).mapped("cost")), row["amount"]
        )

    def test_every_figure_is_defined(self):
        """What a figure means is one hover away, for all of them."""
        self._case(product_id=self.sensor.id).hours_worked = 1
        data = self._get()
        tiles = data["open"] + data["ages"] + data["promises"] + data["at_hand"]
        for figure in (*tiles, *data["rates"], *data["costs"], data["returns"]):
            with self.subTest(figure["name"]):
                self.assertTrue(figure["definition"])
        self.assertEqual(len(data["definitions"]), 6)
        self.assertTrue(all(data["definitions"].values()))

    def test_open_cases_are_told_by_promise(self):
        """Each open case stands at one promise, and at one age."""
        before = self._get()
        with freeze_time("2026-06-30 12:00:00"):
            case = self._case(user_id=self.user_agent.id)
            case.sudo().sla_due = "2026-06-30 11:00:00"
            self._case(user_id=self.user_agent.id).sudo().sla_due = False
            data = self._get()
        for part in ("ages", "promises"):
            self.assertEqual(
                sum(tile["count"] for tile in data[part]),
                sum(tile["count"] for tile in before[part]) + 2,
            )
        broken = {t["name"]: t for t in data["promises"]}["broken"]
        self.assertIn(case, self.env["aftersales.case"].search(broken["domain"]))

    def test_revenue_at_hand(self):
        """Units count with the cheapest extension that their product names."""
        policy = self._make_policy("Third Year", 12, kind="extended", stacking="after")
        extensions = self.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "aftersales_extension_policy_id": policy.id,
                }
                for name, price in (("Plus", 50), ("Basic", 20))
            ]
        )
        self.sensor.aftersales_extension_product_ids = extensions
        before = {t["name"]: t for t in self._get()["at_hand"]}["warranties"]
        unit = self.env["aftersales.asset"].create(
            {
                "product_id": self.sensor.id,
                "partner_id": self.customer.id,
                "delivery_date": "2026-01-10",
                "quantity": 3,
            }
        )
        self.env.flush_all()
        unit.sudo().warranty_end = self.env.company._aftersales_today()
        after = {t["name"]: t for t in self._get()["at_hand"]}["warranties"]
        self.assertEqual(after["count"] - before["count"], 1)
        self.assertAlmostEqual(after["amount"] - before["amount"], 60)

    def test_it_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.figures"].with_user(self.user_agent_all).get_figures()

    def test_it_asks_the_same_number_of_queries_for_many_cases(self):
        self._case()
        self._get()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get()
            return self.env.cr.sql_log_count - before

        one = count()
        for _number in range(20):
            self._case()
        self.assertLessEqual(count(), one)
