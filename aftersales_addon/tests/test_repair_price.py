"""Repairs whose lines are each priced by what covers them."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .repair_common import RepairCommon


@tagged("post_install", "-at_install")
class TestRepairPrice(RepairCommon):
    def _quoted(self, asset, **vals):
        """Return a repair with a motor, oil and work, and its quotation."""
        repair = self._repair(asset, [(self.part, 1), (self.oil, 1)], **vals)
        repair.action_create_sale_order()
        self._add_service(repair)
        return repair

    def _amounts(self, repair):
        return {
            line.product_id: line.price_subtotal
            for line in repair.sale_order_id.order_line
        }

    @freeze_time("2026-09-15")
    def test_w23_labour_is_charged_after_its_own_term(self):
        policy = self._policy(lines={"parts": 100.0, "labour": (100.0, 12)})
        asset = self._unit("2025-03-15", policy=policy)
        repair = self._repair(asset, [(self.part, 1)])
        repair.action_create_sale_order()
        labour = self._add_service(repair)
        part = self._line(repair, self.part)
        self.assertEqual((part.price_unit, part.discount), (200.0, 100.0))
        self.assertEqual(labour.price_subtotal, 100.0)
        self.assertIn("paid by the warranty", part.aftersales_coverage_note)
        self.assertIn("not covered", labour.aftersales_coverage_note)
        self.assertIn(part.aftersales_coverage_note, part.name)

    @freeze_time("2026-06-01")
    def test_w24_the_customer_pays_for_what_is_excluded_only(self):
        repair = self._quoted(self._unit("2026-01-10"))
        self.assertTrue(repair.under_warranty)
        order = repair.sale_order_id
        self.assertEqual(order.amount_untaxed, 30.0)
        self.assertEqual(
            self._amounts(repair), {self.part: 0.0, self.oil: 30.0, self.labour: 0.0}
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_untaxed, 30.0)
        assessment = repair.aftersales_assessment_id
        self.assertEqual(assessment.amount_warranty, 300.0)
        self.assertEqual(assessment.amount_goodwill, 0.0)
        self.assertEqual(assessment.amount_customer, 30.0)

    @freeze_time("2026-06-01")
    def test_the_category_of_a_part_has_a_rule_of_its_own(self):
        oils = self.env["product.category"].create({"name": "Oils"})
        self.oil.write({"categ_id": oils.id, "aftersales_item": "parts"})
        policy = self._policy()
        policy.line_ids = [
            Command.create({"item": "parts", "share": 0, "product_categ_id": oils.id})
        ]
        repair = self._quoted(self._unit("2026-01-10", policy=policy))
        self.assertEqual(repair.sale_order_id.amount_untaxed, 30.0)

    @freeze_time("2026-06-01")
    def test_the_checkbox_of_a_unit_applies_or_leaves_out_the_warranty(self):
        repair = self._quoted(self._unit("2026-01-10"))
        repair.under_warranty = False
        self.assertEqual(repair.sale_order_id.amount_untaxed, 330.0)
        repair.under_warranty = True
        self.assertEqual(repair.sale_order_id.amount_untaxed, 30.0)

    @freeze_time("2026-06-01")
    def test_the_checkbox_keeps_its_meaning_for_units_that_are_not_listed(self):
        lot = self._make_lots(self.lock, "UNKNOWN")
        repair = self._repair(None, [(self.part, 1)], lot_id=lot.id)
        self.assertFalse(repair.aftersales_asset_id)
        repair.under_warranty = True
        repair.action_create_sale_order()
        self.assertEqual(self._line(repair, self.part).price_unit, 0.0)
        repair.under_warranty = False
        self.assertEqual(self._line(repair, self.part).price_unit, 200.0)

    @freeze_time("2026-06-01")
    def test_a_part_added_to_a_ticked_repair_keeps_its_price(self):
        repair = self._repair(self._unit("2026-01-10"))
        repair.action_create_sale_order()
        for product in (self.oil, self.part):
            self.env["stock.move"].create(
                {
                    "repair_id": repair.id,
                    "repair_line_type": "add",
                    "product_id": product.id,
                    "product_uom_qty": 2,
                }
            )
        oil, part = self._line(repair, self.oil), self._line(repair, self.part)
        self.assertEqual((oil.price_unit, oil.discount), (30.0, 0.0))
        self.assertEqual((part.price_unit, part.discount), (200.0, 100.0))

    @freeze_time("2026-06-01")
    def test_a_discount_of_the_price_list_comes_first(self):
        discount = self.env.ref("sale.group_discount_per_so_line")
        self.env.user.group_ids |= discount
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self._pricelist().id,
                "compute_price": "percentage",
                "percent_price": 10,
                "applied_on": "3_global",
            }
        )
        policy = self._policy(lines={"parts": 50.0, "labour": 100.0})
        repair = self._quoted(self._unit("2026-01-10", policy=policy))
        part = self._line(repair, self.part)
        self.assertEqual(part.discount, 55.0)
        self.assertEqual(part.price_subtotal, 90.0)
        self.assertEqual(repair.aftersales_assessment_id.amount_warranty, 90.0 + 90.0)
        part.product_uom_qty = 2
        self.assertEqual(part.discount, 55.0, "worked out anew by the platform")
        repair.under_warranty = False
        self.assertEqual(part.discount, 10.0)

    def _pricelist(self):
        pricelist = self.env["product.pricelist"].create({"name": "Ten percent"})
        self.customer.property_product_pricelist = pricelist
        return pricelist

    @freeze_time("2026-06-01")
    def test_a_discount_set_by_hand_is_left_alone(self):
        repair = self._quoted(self._unit("2026-01-10"))
        oil = self._line(repair, self.oil)
        oil.discount = 50.0
        repair.aftersales_date_reported = "2026-05-01"
        repair.under_warranty = False
        self.assertEqual(oil.discount, 50.0)
        self.assertEqual(self._line(repair, self.part).discount, 0.0)
        repair.under_warranty = True
        repair.action_aftersales_assess()
        self.assertEqual(oil.discount, 0.0, "set anew on request")

    @freeze_time("2026-06-01")
    def test_invoiced_lines_keep_their_price(self):
        repair = self._quoted(self._unit("2026-01-10"))
        repair.sale_order_id.action_confirm()
        repair.sale_order_id._create_invoices()
        repair.under_warranty = False
        self.assertEqual(repair.sale_order_id.amount_untaxed, 30.0)

    @freeze_time("2027-04-01")
    def test_the_day_of_the_report_decides(self):
        repair = self._quoted(self._unit("2025-03-15"))
        self.assertEqual(repair.aftersales_state, "none")
        self.assertFalse(repair.under_warranty)
        self.assertEqual(repair.sale_order_id.amount_untaxed, 330.0)
        repair.aftersales_date_reported = "2027-03-15"
        self.assertTrue(repair.under_warranty)
        self.assertEqual(repair.sale_order_id.amount_untaxed, 30.0)
        self.assertEqual(len(repair.aftersales_assessment_ids), 1)

    @freeze_time("2026-06-01")
    def test_another_unit_is_assessed_anew(self):
        asset = self._unit("2026-01-10")
        expired = self._unit("2020-01-10", "SN-2")
        repair = self._quoted(asset)
        first = repair.aftersales_assessment_id
        repair.lot_id = expired.lot_id
        self.assertEqual(repair.aftersales_asset_id, expired)
        self.assertNotEqual(repair.aftersales_assessment_id, first)
        self.assertFalse(first.active)
        self.assertEqual(repair.sale_order_id.amount_untaxed, 330.0)
        repair.write({"lot_id": False, "product_id": self.sensor.id})
        self.assertFalse(repair.aftersales_assessment_id)
        self.assertEqual(repair.sale_order_id.amount_untaxed, 330.0)
        self.assertFalse(repair.under_warranty)

    @freeze_time("2026-06-01")
    def test_a_share_of_the_quantity_is_a_share_of_the_price(self):
        self._unit("2026-01-10", product=self.sensor, quantity=7)
        repair = self._repair(
            None, [(self.part, 8)], product_id=self.sensor.id, product_qty=8
        )
        repair.action_create_sale_order()
        part = self._line(repair, self.part)
        self.assertEqual(part.discount, 87.5, "7 of 8 are covered")

    @freeze_time("2026-06-01")
    def test_goods_sold_with_a_repair_are_not_covered(self):
        service = self.env["product.product"].create(
            {
                "name": "Repair",
                "type": "service",
                "service_tracking": "repair",
                "list_price": 100.0,
                "taxes_id": False,
            }
        )
        order = self._sell([(service, 1), (self.part, 1), (self.labour, 1)])
        repair = order.repair_order_ids
        asset = self._unit("2026-01-10")
        repair.write({"product_id": self.lock.id, "lot_id": asset.lot_id.id})
        self.assertEqual(repair.aftersales_asset_id, asset)
        subtotals = {line.product_id: line.price_subtotal for line in order.order_line}
        self.assertEqual(
            subtotals, {service: 0.0, self.part: 200.0, self.labour: 100.0}
        )

    @freeze_time("2026-06-01")
    def test_goods_added_by_hand_can_be_given_an_assessment(self):
        repair = self._quoted(self._unit("2026-01-10"))
        line = self._add_service(repair, self.part)
        self.assertEqual(line.price_subtotal, 200.0)
        line.aftersales_assessment_id = repair.aftersales_assessment_id
        self.assertEqual(line.price_subtotal, 0.0)
        line.aftersales_assessment_id = False
        self.assertEqual(line.price_subtotal, 200.0)

    @freeze_time("2026-06-01")
    def test_an_extended_warranty_on_the_order_is_no_work(self):
        repair = self._quoted(self._unit("2026-01-10"))
        care = self.labour.create(
            {
                "name": "Care",
                "type": "service",
                "list_price": 50.0,
                "taxes_id": False,
                "aftersales_extension_policy_id": self._policy(
                    "Care", 12, kind="extended"
                ).id,
            }
        )
        self.assertEqual(self._add_service(repair, care).price_subtotal, 50.0)

    @freeze_time("2026-06-01")
    def test_a_copy_of_the_order_costs_the_full_price(self):
        repair = self._quoted(self._unit("2026-01-10"))
        copy = repair.sale_order_id.copy()
        self.assertEqual(copy.amount_untaxed, 330.0)
        self.assertNotIn("paid by", "".join(copy.order_line.mapped("name")))

    @freeze_time("2026-06-01")
    def test_a_cancelled_repair_costs_nothing_in_the_figures(self):
        repair = self._quoted(self._unit("2026-01-10"))
        repair.sale_order_id._action_cancel()
        self.assertEqual(repair.aftersales_assessment_id.amount_warranty, 0.0)

    @freeze_time("2026-06-01")
    def test_queries_do_not_grow_with_the_lines(self):
        oils = self.env["product.category"].create({"name": "Oils"})
        policy = self._policy()
        policy.line_ids = [
            Command.create({"item": "parts", "share": 0, "product_categ_id": oils.id})
        ]
        counts = []
        for number in (2, 50):
            asset = self._unit("2026-01-10", f"SN-{number}", policy=policy)
            products = self.env["product.product"].create(
                [{"name": f"Part {n}", "list_price": 10} for n in range(number)]
            )
            repair = self._repair(asset, [(product, 1) for product in products])
            repair.action_create_sale_order()
            for is_applied in (False, True):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                repair.under_warranty = is_applied
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            discounts = set(repair.sale_order_id.order_line.mapped("discount"))
            self.assertEqual(discounts, {100.0})
        self.assertLessEqual(counts[3] - counts[1], 5, counts)
        self.assertLessEqual(counts[2] - counts[0], 5, counts)

    @freeze_time("2026-06-01")
    def test_a_warehouse_user_without_our_groups_repairs(self):
        user = new_test_user(
            self.env,
            "fixer",
            groups="stock.group_stock_user,stock.group_production_lot",
        )
        asset = self._unit("2026-01-10")
        asset.user_id = self.user_manager
        with Form(self.env["repair.order"].with_user(user)) as form:
            form.product_id = self.lock
            form.lot_id = asset.lot_id
            self.assertEqual(form.aftersales_asset_id, asset)
            self.assertIn("100", form.aftersales_summary)
            form.partner_id = self.customer
        repair = form.record
        self.assertEqual(repair.aftersales_asset_id, asset)
        self.assertTrue(repair.under_warranty)
        with Form(repair) as form, form.move_ids.new() as move:
            move.product_id = self.part
        self.assertEqual(repair.move_ids.aftersales_coverage_label, "100 %")
        repair._action_repair_confirm()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertTrue(repair.read()[0]["aftersales_summary"])
