from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .extension_common import ExtensionCommon


@tagged("post_install", "-at_install")
class TestWarrantyLife(ExtensionCommon):
    """What one event does to a warranty stays right after the next one."""

    def _day(self, text):
        return fields.Date.to_date(text)

    def _deliver_on(self, day, product, name):
        with freeze_time(f"{day} 12:00"):
            return self._assets(
                self._deliver(product, lots=self._make_lots(product, name))
            )

    def _replace(self, old, day, name):
        new = self._deliver_on(day, old.product_id, name)
        with freeze_time(f"{day} 12:00"):
            old._replace_with(new, self._day(day))
        return new

    def _replace_by_order(self, old, day, name):
        with freeze_time(f"{day} 10:00"):
            order = self._quote([(self.lock, 1)])
            order.order_line.sudo().aftersales_replaces_asset_id = old
            order.order_line.price_unit = 0
            order.action_confirm()
            return order, self._ship(order, [name], day)

    def _sell_on(self, day, *lines):
        with freeze_time(f"{day} 10:00"):
            order = self._quote(list(lines))
            order.action_confirm()
        return order

    def _read(self, asset, value, day):
        with freeze_time(f"{day} 12:00"):
            self.env["aftersales.reading"].create(
                {"asset_id": asset.id, "value": value}
            )

    def _ends(self, asset):
        """Return the last days of what is in force."""
        layers = asset.warranty_ids.filtered(lambda w: w.state == "open")
        return [str(end) for end in sorted(layers.mapped("date_end"))]

    def _states(self, asset):
        return sorted((w.state, w.close_reason or "") for w in asset.warranty_ids)

    def _by_invoice(self, **vals):
        policy = self._make_policy("From invoice", 24, start_event="invoice", **vals)
        self.lock.aftersales_policy_ids = policy
        return policy

    # --- Usage ---

    def test_new_unit_has_what_is_left_of_the_usage(self):
        self.policy_24.write({"usage_limit": 1000, "usage_unit": "hour"})
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        self._read(old, 700, "2026-01-01")
        new = self._replace(old, "2026-03-01", "NEW")
        self._read(new, 200, "2026-05-01")
        last = self._replace(new, "2026-06-01", "LAST")
        self.assertFalse(last._assess("2026-06-02")["covered"])
        self.assertEqual(last._assess("2026-06-02")["questions"], ["usage"])
        self._read(last, 100, "2026-07-01")
        self.assertTrue(last._assess("2026-07-01")["covered"])
        self._read(last, 101, "2026-08-01")
        self.assertFalse(last._assess("2026-08-01")["covered"])

    def test_used_unit_as_replacement(self):
        """What the counter of the new unit showed at first is not counted."""
        self.policy_24.write({"usage_limit": 1000, "usage_unit": "hour"})
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        self._read(old, 900, "2026-01-01")
        new = self._replace(old, "2026-03-01", "NEW")
        self._read(new, 50, "2026-03-01")
        self._read(new, 150, "2026-05-01")
        self.assertTrue(new._assess("2026-05-01")["covered"])
        self._read(new, 151, "2026-06-01")
        self.assertFalse(new._assess("2026-06-01")["covered"])

    # --- Start events ---

    def test_invoice_of_a_replacement_starts_nothing_anew(self):
        """Neither what gave way comes back, nor does what went on begin again."""
        self._by_invoice(start_cap=90)
        order = self._sell_on("2026-01-01", (self.lock, 1))
        old = self._ship(order, ["S1"], "2026-01-10")
        invoice = self._invoice(order, "2026-01-20")
        free, new = self._replace_by_order(old, "2026-06-01", "S2")
        self.assertEqual(self._ends(new), ["2028-01-20"])
        second = self._invoice(free, "2026-06-20")
        self.assertEqual(self._ends(new), ["2028-01-20"])
        second.button_draft()
        self.assertEqual(self._ends(new), ["2028-01-20"])
        self.assertEqual(self._states(new), [("closed", "superseded"), ("open", "")])
        invoice.button_draft()
        self.assertEqual(self._ends(new), ["2028-04-10"])  # the cap, from the first
        invoice.invoice_date = "2026-01-25"
        invoice.action_post()
        self.assertEqual(self._ends(new), ["2028-01-25"])

    def test_replaced_before_its_invoice(self):
        self._by_invoice()
        order = self._sell_on("2026-01-01", (self.lock, 1))
        old = self._ship(order, ["S1"], "2026-01-10")
        new = self._replace(old, "2026-01-15", "S2")
        self.assertEqual(self._ends(new), [])
        self._invoice(order, "2026-01-20")
        self.assertEqual(self._ends(new), ["2028-01-20"])
        self.assertEqual(self._ends(old), [])

    def test_replacement_undone_after_its_invoice(self):
        """What happened while a warranty was closed counts when it comes back."""
        self._by_invoice(start_cap=90)
        order = self._sell_on("2026-01-01", (self.lock, 1))
        old = self._ship(order, ["S1"], "2026-01-10")
        free, new = self._replace_by_order(old, "2026-02-01", "S2")
        self._invoice(free, "2026-02-20")
        new.with_user(self.user_manager).action_undo_replacement()
        self.assertEqual(self._ends(new), ["2028-02-20"])

    # --- Corrected days of delivery ---

    def test_day_of_the_first_delivery_is_corrected(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2026-09-01", "NEW")
        last = self._replace(new, "2026-10-01", "LAST")
        old.move_id.date = "2025-03-10 12:00:00"
        self.assertEqual(self._ends(last), ["2027-03-10"])
        new.move_id.date = "2026-09-05 12:00:00"
        self.assertEqual(self._ends(last), ["2027-03-10"])

    def test_day_of_a_replacement_is_corrected(self):
        """Delivered on the same day: it still counts from the first delivery."""
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2025-03-15", "NEW")
        new.move_id.date = "2025-03-20 12:00:00"
        self.assertEqual(self._ends(new), ["2027-03-15"])

    # --- Least term ---

    def test_least_term_that_an_extension_holds_anyway(self):
        self.policy_24.replacement_floor = 90
        order = self._sell_on("2025-03-15", (self.lock, 1), (self.plus_1, 1))
        old = self._ship(order, ["S1"], "2025-03-15")
        new = self._replace(old, "2027-02-20", "S2")
        self.assertEqual(self._ends(new), ["2027-03-15", "2028-03-15"])

    def test_least_term_of_what_the_extension_leaves_out(self):
        self.policy_24.replacement_floor = 90
        self.policy_plus_1.line_ids.filtered(
            lambda line: line.item == "labour"
        ).unlink()
        order = self._sell_on("2025-03-15", (self.lock, 1), (self.plus_1, 1))
        old = self._ship(order, ["S1"], "2025-03-15")
        new = self._replace(old, "2027-02-20", "S2")
        self.assertEqual(self._ends(new)[0], "2027-05-21")
        self.assertTrue(new._assess("2027-05-21", item="labour")["covered"])

    # --- Repairs, recalls and refunds around a replacement ---

    def _repair(self, asset, start, end):
        with freeze_time(f"{start} 10:00"):
            repair = self.env["repair.order"].create(
                {
                    "product_id": asset.product_id.id,
                    "lot_id": asset.lot_id.id,
                    "partner_id": asset.partner_id.id,
                }
            )
            repair.action_validate()
            repair.action_repair_start()
        with freeze_time(f"{end} 10:00"):
            repair.action_repair_end()
        return repair

    def test_prolongation_stays_when_the_unit_is_replaced(self):
        self.policy_24.write(
            {"repair_prolongation": 12, "repair_prolongation_unit": "month"}
        )
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        repair = self._repair(old, "2025-06-01", "2025-06-21")
        new = self._replace(old, "2026-01-01", "NEW")
        self.assertEqual(self._ends(new), ["2028-03-15"])
        with freeze_time("2026-02-01 10:00"):
            repair.action_aftersales_assess()
        self.assertEqual(self._ends(new), ["2028-03-15"])
        self.assertEqual(repair.aftersales_assessment_id.state, "partial")
        self._repair(new, "2026-03-01", "2026-03-05")
        self.assertEqual(self._ends(new), ["2028-03-15"])  # once only

    def test_prolongation_is_taken_back_from_the_next_unit(self):
        self.policy_24.write(
            {"repair_prolongation": 12, "repair_prolongation_unit": "month"}
        )
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        repair = self._repair(old, "2025-06-01", "2025-06-21")
        new = self._replace(old, "2026-01-01", "NEW")
        repair._aftersales_sync_changes()
        self.assertEqual(self._ends(new), ["2028-03-15"])
        repair.under_warranty = False
        repair._aftersales_sync_changes()
        self.assertEqual(self._ends(new), ["2027-03-15"])

    def test_recall_is_undone_on_the_next_unit_too(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        change = self.env["aftersales.mass.change"].create(
            {
                "name": "Batteries",
                "kind": "recall",
                "count": 6,
                "product_ids": self.lock.ids,
                "number_from": "OLD",
                "number_to": "OLD",
            }
        )
        with freeze_time("2025-06-01 10:00"):
            change.action_apply()
        new = self._replace(old, "2026-01-01", "NEW")
        self.assertEqual(self._ends(new), ["2027-09-15"])
        change.action_undo()
        self.assertEqual(self._ends(new), ["2027-03-15"])

    def test_refunded_extension_stays_ended_when_a_replacement_is_undone(self):
        order = self._sell_on("2025-03-15", (self.lock, 1), (self.plus_1, 1))
        old = self._ship(order, ["S1"], "2025-03-15")
        invoice = self._invoice(order, "2025-03-20")
        new = self._replace(old, "2025-06-01", "S2")
        self._credit(invoice, self.plus_1)
        new.with_user(self.user_manager).action_undo_replacement()
        self.assertEqual(self._ends(old), ["2027-03-15"])

    # --- What was sold, and what is promised by then ---

    def test_sold_extension_holds_though_no_policy_is_left(self):
        order = self._sell_on("2025-03-15", (self.lock, 1), (self.plus_1, 1))
        (self.policy_24 | self.policy_plus_1).with_user(self.user_manager).write(
            {"active": False}
        )
        asset = self._ship(order, ["S1"], "2025-03-20")
        self.assertEqual(self._ends(asset), ["2026-03-20"])

    def test_without_an_extension_nothing_is_followed(self):
        order = self._sell_on("2025-03-15", (self.lock, 1))
        self.policy_24.active = False
        self.assertFalse(self._ship(order, ["S1"], "2025-03-20"))

    def test_day_of_the_report_decides(self):
        """W11"""
        asset = self._deliver_on("2025-03-15", self.lock, "S1")
        with freeze_time("2027-03-20 12:00"):
            self.assertTrue(asset._assess("2027-03-15")["covered"])
            self.assertFalse(asset._assess()["covered"])
            repair = self.env["repair.order"].create(
                {
                    "product_id": self.lock.id,
                    "lot_id": asset.lot_id.id,
                    "partner_id": self.customer.id,
                    "aftersales_date_reported": "2027-03-15",
                }
            )
        self.assertTrue(repair.under_warranty)
        self.assertEqual(
            repair.aftersales_assessment_id.date_reported, self._day("2027-03-15")
        )
