"""Return rates, and what a person looks at before a return is approved."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaFlag(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.fault = "customer"
        cls.defect = cls.env["aftersales.reason"].create(
            {"name": "Broken", "fault": "product"}
        )
        cls.company.write(
            {
                "aftersales_flag_returns": 2,
                "aftersales_flag_share": 40.0,
                "aftersales_flag_used_units": 2.0,
                "aftersales_flag_used_share": 50.0,
            }
        )

    def _give_back(self, move, quantity, day, reason=None, grade=None):
        """Ask for, approve, receive and perhaps inspect a return."""
        with freeze_time(f"{day} 12:00"):
            rma = self._rma((move, quantity))
            rma.line_ids.reason_id = reason or self.reason
            rma.action_request()
            rma.sudo().flag_ids._set_fine()
            if rma.state == "requested":
                rma.action_approve()
            self._receive(rma)
            if grade:
                found = self.env["aftersales.rma.disposition"].create(
                    {
                        "line_id": rma.line_ids.id,
                        "quantity": quantity,
                        "grade": grade,
                        "move_id": rma.line_ids.sudo().move_ids.id,
                    }
                )
                found.sudo().state = "done"
            self.env.flush_all()
        return rma

    def _figures(self, partner=None):
        partner = (partner or self.customer).with_user(self.user_agent_all)
        partner.invalidate_recordset()
        return (
            partner.aftersales_delivered_units,
            partner.aftersales_returned_units,
            partner.aftersales_unfounded_units,
            round(partner.aftersales_return_rate, 1),
        )

    def test_rates_of_a_customer(self):
        """Units of the product, of twelve months, of the whole company."""
        self._sell([(self.sensor, 50)], day="2025-03-01")
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            [
                {
                    "product_id": self.sensor.id,
                    "product_uom_qty": 1,
                    "product_uom_id": dozen.id,
                }
            ],
            day="2026-01-10",
        )
        move = order.picking_ids.move_ids
        self._deliver(self.sensor, 4)
        self.assertEqual(self._figures(), (16, 0, 0, 0))
        self._give_back(move, 3, "2026-01-20")
        self._give_back(move, 1, "2026-01-21", self.defect)
        self.assertEqual(self._figures(), (16, 4, 3, 25.0))
        child = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.customer.id}
        )
        self.assertEqual(self._figures(child), (16, 4, 3, 25.0))
        self.assertEqual(self._figures(self.other_customer), (0, 0, 0, 0))
        with freeze_time("2027-01-15 12:00"):
            self.assertEqual(self._figures(), (4, 4, 3, 100.0))
        with self.assertRaises(AccessError):
            self.customer.with_user(self.user_internal).read(["aftersales_return_rate"])

    def test_rates_of_a_product(self):
        order = self._sell([(self.sensor, 10), (self.cable, 5)], day="2026-01-10")
        self._give_back(order.picking_ids.move_ids[0], 4, "2026-01-20")
        product = self.sensor.with_user(self.user_agent_all)
        self.assertEqual(product.aftersales_returned_units, 4)
        self.assertEqual(product.aftersales_return_rate, 40)
        self.assertEqual(product.product_tmpl_id.aftersales_return_rate, 40)
        self.assertEqual(self.cable.aftersales_return_rate, 0)

    def test_other_companies_do_not_count(self):
        order = self._sell([(self.sensor, 10)], day="2026-01-10")
        self._give_back(order.picking_ids.move_ids, 4, "2026-01-20")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        partners = self.env["res.partner"]
        figures = partners._get_return_figures_of_customers(self.customer, other)
        self.assertEqual(set(figures[self.customer].values()), {0.0})

    def test_many_returns(self):
        order = self._sell([(self.sensor, 10)], day="2026-03-01")
        move = order.picking_ids.move_ids
        self._give_back(move, 3, "2026-03-02")
        self._give_back(move, 1, "2026-03-03", self.defect)
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertFalse(rma.flag_status, "one without a fault of ours")
        rma.action_cancel()
        self._give_back(move, 1, "2026-03-04")
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertFalse(rma.flag_status, "4 of 10 are not more than 40 %")
        self._give_back(move, 1, "2026-03-05")
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertEqual(rma.flag_status, "open")
        self.assertEqual(
            rma.flag_text,
            "3 returns in twelve months: 5 of 10 delivered units came back without a "
            "fault of ours, 50 % (limit: 40 %).",
        )

    def test_used_goods(self):
        order = self._sell([(self.sensor, 100)], day="2026-03-01")
        move = order.picking_ids.move_ids
        self._give_back(move, 1, "2026-03-02", grade="a")
        self._give_back(move, 5, "2026-03-02", self.defect, grade="d")
        self._give_back(move, 1, "2026-03-03", grade="c")
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertFalse(rma.flag_status, "1 of 2")
        self._give_back(move, 2, "2026-03-04", grade="d")
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertEqual(rma.flag_ids.kind, "used")
        self.assertIn("3 of 4 units that were no longer wanted", rma.flag_text)
        self.assertIn("75 %", rma.flag_text)

    def _make_strange(self):
        self._sell([(self.lock, 1)], partner=self.other_customer)
        lot = self.env["stock.lot"].search([("product_id", "=", self.lock.id)])
        return self._rma(
            {"product_id": self.lock.id, "lot_id": lot.id, "reason_id": self.reason.id}
        )

    def test_a_number_of_somebody_else(self):
        rma = self._make_strange()
        rma.action_request()
        self.assertEqual(rma.flag_ids.kind, "serial")
        self.assertIn("was not sold to this customer", rma.flag_text)
        own = self._sell([(self.lock, 1)])
        lot = own.picking_ids.move_ids.lot_ids
        rma = self._rma({"product_id": self.lock.id, "lot_id": lot.id})
        rma.action_request()
        self.assertFalse(rma.flag_status)

    def test_a_person_decides(self):
        rma = self._make_strange()
        rma.action_approve()
        self.assertEqual(rma.state, "requested", "shown, not approved at once")
        with self.assertRaisesRegex(UserError, "Look at this first.*was not sold"):
            rma.action_approve()
        rma.action_flags_fine()
        self.assertEqual(rma.flag_status, "fine")
        self.assertEqual(rma.flag_ids.user_id, self.user_agent_all)
        self.assertEqual(str(rma.flag_ids.date), "2026-03-10 12:00:00")
        self.assertIn("Looked at, fine", rma.message_ids[0].body)
        rma.action_approve()
        self.assertEqual(rma.state, "approved")
        with self.assertRaisesRegex(UserError, "nothing to look at"):
            rma.action_flags_fine()
        rma.action_cancel()
        rma.action_draft()
        rma.action_request()
        self.assertEqual(rma.flag_status, "fine", "is not asked twice")

    def test_flagged_requests_do_not_pass_by_themselves(self):
        self.return_policy.approve_limit = 1000
        order = self._sell([(self.sensor, 10)], day="2026-03-01")
        move = order.picking_ids.move_ids
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertEqual(rma.state, "approved")
        self._receive(rma)
        self._give_back(move, 5, "2026-03-02")
        rma = self._rma((move, 1))
        rma.action_request()
        self.assertEqual((rma.state, rma.flag_status), ("requested", "open"))

    def test_no_limits_no_flags(self):
        self.company.write(
            {
                "aftersales_flag_returns": 0,
                "aftersales_flag_used_units": 0,
                "aftersales_flag_serial": False,
            }
        )
        rma = self._make_strange()
        rma.action_request()
        self.assertFalse(rma.flag_ids)

    def test_customers_see_nothing_of_it(self):
        rma = self._make_strange()
        rma.action_request()
        portal = new_test_user(
            self.env,
            "flag_portal",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        own = rma.with_user(portal)
        self.assertTrue(own.read(["name"]))
        for name in ("flag_ids", "flag_status", "flag_text", "late", "team_id"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                own.read([name])
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.action_flags_fine()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["aftersales.rma.flag"].with_user(portal).search([])

    def test_the_list_to_look_at(self):
        rma = self._make_strange()
        rma.action_request()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_rma_action_flagged"
        )
        listed = [("state", "=", "requested"), ("flag_status", "=", "open")]
        self.assertEqual(action["domain"], repr(listed))
        Rma = self.env["aftersales.rma"].with_user(self.user_agent)
        self.assertIn(rma, Rma.search(listed))
        rma.action_flags_fine()
        self.assertNotIn(rma, Rma.search(listed))

    def test_fifty_cost_as_many_queries_as_one(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(50)]
        )
        products = self.env["product.product"].create(
            [{"name": f"P{number}", "type": "consu"} for number in range(50)]
        )
        for records, name in (
            (partners, "aftersales_return_rate"),
            (products, "aftersales_return_rate"),
            (products.product_tmpl_id, "aftersales_return_rate"),
        ):
            counts = []
            for part in (records[:1], records):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                part.with_prefetch().mapped(name)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + 1, records._name)

    def test_fifty_requests_are_looked_at_in_as_many_queries_as_one(self):
        order = self._sell([(self.sensor, 60)], day="2026-03-01")
        counts = []
        for count in (1, 50):
            rmas = self.env["aftersales.rma"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [
                            Command.create({"move_id": order.picking_ids.move_ids.id})
                        ],
                    }
                    for _number in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rmas._raise_flags()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
