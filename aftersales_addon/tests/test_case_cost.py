"""What a case costs, with figures counted by hand."""

from odoo.tests import tagged

from .case_common import CaseCommon
from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestCaseCost(CaseCommon, RepairCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.promise.active = False
        cls.team.cost_hour = 40.0
        cls.part.standard_price = 80.0
        cls.oil.standard_price = 10.0
        cls.labour.standard_price = 25.0
        cls.lock.standard_price = 120.0
        # Parts in whole, work by half, consumables not at all.
        policy = cls._policy(lines={"parts": 100.0, "labour": 50.0})
        cls.asset = cls._unit("2026-11-01", policy=policy)

    def _cost(self, case):
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.env["aftersales.case.report"].search([("case_id", "=", case.id)])
        return row.cost

    def _repaired(self, case, quoted=True):
        """A repair with two motors, an oil, and three hours of work."""
        case.action_repair()
        repair = case.repair_ids
        for product, quantity in ((self.part, 2), (self.oil, 1)):
            self.env["stock.move"].create(
                {
                    "repair_id": repair.id,
                    "repair_line_type": "add",
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                }
            )
        if quoted:
            repair.action_create_sale_order()
            self._add_service(repair, product_uom_qty=3)
        repair.action_validate()
        repair.action_repair_start()
        self.assertEqual(self._cost(case), case.hours_worked * 40, "not finished")
        repair.action_repair_end()
        return repair

    def _service_case(self, **vals):
        return self._case(asset_id=self.asset.id, kind="technical", **vals)

    def test_a_repair_costs_what_the_customer_does_not_pay(self):
        """1.5 h at 40, two motors at 80, half of three hours at 25; not the oil."""
        case = self._service_case(hours_worked=1.5)
        repair = self._repaired(case)
        self.assertEqual(self._cost(case), 60 + 160 + 37.5)
        # What the customer pays for, by a person's decision, costs nothing.
        repair.under_warranty = False
        self.assertEqual(self._cost(case), 60)

    def test_goodwill_costs_too(self):
        case = self._service_case()
        repair = self._repaired(case)
        self._line(repair, self.oil).write(
            {"aftersales_goodwill_share": 50.0, "discount": 50.0}
        )
        self.assertEqual(self._cost(case), 160 + 37.5 + 5)

    def test_what_nobody_was_charged_for_costs_all(self):
        """Without a quotation, or with one that was cancelled."""
        case = self._service_case()
        self._repaired(case, quoted=False)
        self.assertEqual(self._cost(case), 160 + 10)
        case = self._service_case()
        repair = self._repaired(case)
        repair.sale_order_id._action_cancel()
        self.assertEqual(self._cost(case), 160 + 10)

    def test_work_without_a_cost_counts_with_its_price(self):
        self.labour.standard_price = 0
        case = self._service_case()
        self._repaired(case)
        self.assertEqual(self._cost(case), 160 + 150)

    def test_units_of_measure_are_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.part.is_storable = False
        case = self._service_case()
        case.action_repair()
        repair = case.repair_ids
        self.env["stock.move"].create(
            {
                "repair_id": repair.id,
                "repair_line_type": "add",
                "product_id": self.part.id,
                "product_uom_qty": 1,
                "product_uom": dozen.id,
            }
        )
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(self._cost(case), 12 * 80)

    def test_a_replacement_costs_the_goods(self):
        case = self._service_case()
        self.env["aftersales.asset.replace"].create(
            {"asset_id": self.asset.id, "case_id": case.id}
        ).action_replace()
        order = case.replacement_order_ids
        order.action_confirm()
        self._put_in_stock(self.lock, 1, self._make_lots(self.lock, "COST-1"))
        order.picking_ids.action_assign()
        self.assertEqual(self._cost(case), 0)
        order.picking_ids.button_validate()
        self.assertEqual(self._cost(case), 120)
        move = order.order_line.move_ids
        self._return(move, lots=move.lot_ids, to_refund=True)
        back = move.returned_move_ids
        back.sale_line_id = order.order_line
        self.assertEqual(self._cost(case), 0, "it came back unused")

    def test_a_replacement_that_is_paid_for_costs_nothing(self):
        case = self._service_case()
        self.env["aftersales.asset.replace"].create(
            {"asset_id": self.asset.id, "case_id": case.id}
        ).action_replace()
        order = case.replacement_order_ids
        order.order_line.discount = 0
        order.action_confirm()
        self._put_in_stock(self.lock, 1, self._make_lots(self.lock, "COST-2"))
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        self.assertEqual(self._cost(case), 0)

    def test_all_of_it_adds_up(self):
        """Work, a repair, and a return with its way back."""
        case = self._service_case(hours_worked=2)
        self._repaired(case)
        self.env["aftersales.rma"].create(
            {
                "partner_id": self.customer.id,
                "case_id": case.id,
                "cost_shipping": 7.5,
            }
        )
        self.assertEqual(self._cost(case), 80 + 160 + 37.5 + 7.5)
        rows = self.env["aftersales.case.report"].formatted_read_group(
            [("case_id", "=", case.id)], ["team_id"], ["cost:sum"]
        )
        self.assertEqual(rows[0]["cost:sum"], 285)
