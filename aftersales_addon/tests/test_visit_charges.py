"""What of a visit the customer pays for."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestVisitCharges(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls._service("Hour of Work", 100.0, "labour")
        cls.company.aftersales_visit_labour_product_id = cls.labour
        cls.part = cls._make_product("Motor", "none", list_price=200.0)
        cls.oil = cls._make_product("Oil", "none", list_price=30.0)
        cls.oil.aftersales_item = "consumables"
        (cls.part | cls.oil).taxes_id = False
        for product in (cls.part, cls.oil):
            cls._put_in_stock(product, 10)

    @classmethod
    def _service(cls, name, price, item):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "aftersales_item": item,
                "taxes_id": [Command.clear()],
            }
        )

    def _unit_under(self, policy, day):
        self.lock.product_tmpl_id.aftersales_policy_ids = policy
        [lot] = self._make_lots(self.lock, f"C-{policy.id}")
        with freeze_time(f"{day} 10:00:00"):
            return self._assets(self._deliver(self.lock, lots=[lot]))

    def _work(self, unit, parts, duration=1.0, **vals):
        visit = self._visit(unit, duration=duration, kind="repair", **vals)
        visit.part_ids = [
            Command.create(
                {"product_id": part.id, "quantity": 1, "line_id": visit.line_ids.id}
            )
            for part in parts
        ]
        return visit

    def _shares(self, visit):
        return {
            entry["product"]: (entry["covered_share"], entry["amount"])
            for entry in visit._get_charge_preview()
        }

    def test_labour_is_charged_after_its_months(self):
        """W23: parts 24 months, labour 12; month 18: labour is charged."""
        policy = self._make_policy(
            "Parts longer",
            24,
            line_ids=[
                Command.create({"item": "parts", "share": 100.0}),
                Command.create(
                    {
                        "item": "labour",
                        "share": 100.0,
                        "duration": 12,
                        "duration_unit": "month",
                    }
                ),
            ],
        )
        unit = self._unit_under(policy, "2025-01-10")
        with freeze_time("2026-07-10 10:00:00"):
            visit = self._work(unit, self.part)
            shares = self._shares(visit)
        self.assertEqual(shares[self.part], (100.0, 0.0))
        self.assertEqual(shares[self.labour], (0.0, 100.0))

    def test_customer_pays_what_is_excluded(self):
        """W24: part 200 covered, oil 30 excluded, labour 100 covered: 30 to pay."""
        policy = self._make_policy(
            "No oil",
            24,
            line_ids=[
                Command.create({"item": "parts", "share": 100.0}),
                Command.create({"item": "labour", "share": 100.0}),
            ],
        )
        unit = self._unit_under(policy, "2026-01-10")
        with freeze_time("2026-03-10 10:00:00"):
            visit = self._work(unit, self.part | self.oil)
            self.assertEqual(
                self._shares(visit),
                {
                    self.labour: (100.0, 0.0),
                    self.part: (100.0, 0.0),
                    self.oil: (0.0, 30.0),
                },
            )
            with self.assertRaises(UserError):
                visit.action_charge()
            visit._set_done()
            order = visit.charge_order_id
            self.assertEqual(order.amount_untaxed, 30.0)
            pickings = self.env["stock.picking"].search_count([])
            visit.action_charge()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self.env["stock.picking"].search_count([]), pickings, "delivered once"
        )
        lines = order.order_line
        self.assertEqual(lines.mapped("qty_delivered"), [1.0, 1.0, 1.0])
        self.assertEqual(order.invoice_status, "to invoice")
        moves = visit.part_ids.move_ids
        self.assertEqual(moves.sale_line_id, lines.filtered("aftersales_visit_part_id"))
        with self.assertRaises(UserError):
            visit.part_ids._check_not_charged()

    def test_visits_in_the_price_and_beyond(self):
        product = self._service("Visit", 80.0, "labour")
        service = {
            "quota": 1,
            "schedule": "request",
            "product_id": product.id,
            "price_unit": 75.0,
        }
        contract = self._contract(
            self._plan(services=[service]), date_start="2026-01-01"
        )
        contract._set_running()
        unit = contract.line_ids.asset_id
        vals = {"contract_id": contract.id, "date_planned": "2026-02-01"}
        first = self._visit(unit, **vals)
        first.line_ids.service_id = contract.service_ids
        [entry] = first._get_charge_preview()
        self.assertEqual((entry["covered_share"], entry["amount"]), (100.0, 0.0))
        self.assertFalse(first._create_charge_order())
        second = self._visit(unit, **vals)
        second.line_ids.service_id = contract.service_ids
        [entry] = second._get_charge_preview()
        self.assertEqual((entry["covered_share"], entry["amount"]), (0.0, 75.0))
        self.assertIn("used up", entry["reason"])
        second._set_done()
        self.assertEqual(second.charge_order_id.amount_untaxed, 75.0)

    def _beyond_quota(self, **vals):
        """A contract whose one visit of the year is used up, and the next visit."""
        service = {"quota": 1, "schedule": "request", "price_unit": 80.0}
        product = vals.pop("product", self.env["product.product"])
        plan = self._plan(services=[{**service, "product_id": product.id}])
        contract = self._contract(plan, date_start="2026-01-01", **vals)
        contract._set_running()
        unit = contract.line_ids.asset_id
        visits = self.env["aftersales.visit"]
        for _number in range(2):
            visits |= self._visit(
                unit, contract_id=contract.id, date_planned="2026-02-01"
            )
        visits.line_ids.service_id = contract.service_ids
        return contract, visits[-1]

    def test_price_in_the_currency_of_the_contract(self):
        """The customer reads the price of the contract, and pays what it is worth."""
        other = self.env["res.currency"].create(
            {
                "name": "TSV",
                "symbol": "V",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4.0})],
            }
        )
        product = self._service("Visit", 80.0, "labour")
        contract, visit = self._beyond_quota(product=product, currency_id=other.id)
        day = visit.date_planned
        self.assertEqual(contract.service_ids._get_visit_price(day), 80.0)
        self.assertIn("80.00", contract.service_ids._get_offer_text(day))
        [entry] = visit._get_charge_preview()
        self.assertEqual(entry["currency"], self.company.currency_id)
        self.assertEqual(entry["amount"], 20.0)
        visit._set_done()
        self.assertEqual(visit.charge_order_id.amount_untaxed, 20.0)

    def test_price_without_a_product_is_no_gift(self):
        _contract, visit = self._beyond_quota()
        visit._set_done()
        line = visit.charge_order_id.order_line
        self.assertEqual((line.product_id, line.price_unit), (self.labour, 80.0))

    @mute_logger("odoo.addons.aftersales_addon.models.aftersales_visit_charge_mixin")
    def test_price_without_any_product_is_told(self):
        self.company.aftersales_visit_labour_product_id = False
        _contract, visit = self._beyond_quota()
        visit._set_done()
        self.assertFalse(visit.charge_order_id)
        self.assertIn("no product to invoice", visit.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "no product to invoice"):
            visit.action_charge()

    def test_price_for_each_visit(self):
        product = self._service("Visit", 80.0, "labour")
        service = {"product_id": product.id, "price_unit": 60.0}
        plan = self._plan(services=[service], price_basis="visit")
        contract = self._contract(plan, date_start="2026-01-01")
        contract._set_running()
        self.assertFalse(contract.date_invoice_next)
        visit = self._visit(contract.line_ids.asset_id, contract_id=contract.id)
        visit.line_ids.service_id = contract.service_ids
        visit._set_done()
        self.assertEqual(visit.charge_order_id.amount_untaxed, 60.0)
        self.assertEqual(
            visit._create_charge_order(), visit.charge_order_id, "made once"
        )

    def test_failure_does_not_stop_the_technician(self):
        unit = self._unit()
        visit = self._work(unit, self.oil)
        self.oil.sale_ok = False
        visit.with_user(self.user_agent_all)._set_done()
        self.assertEqual(visit.state, "done")
