"""Claims that repairs prepare by themselves."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import VendorCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestVendorClaim(VendorCommon):
    def test_a_repair_under_warranty_prepares_the_claim(self):
        asset = self._make_unit("S1")
        claim = self._make_claim(asset, parts=2, labour=3)
        self.assertEqual(claim.state, "draft")
        self.assertEqual(claim.partner_id, self.vendor)
        self.assertEqual(claim.asset_id, asset)
        self.assertEqual(claim.serial_number, "S1")
        self.assertEqual(claim.purchase_order_id.partner_id, self.vendor)
        self.assertEqual(claim.date_end, date(2027, 1, 5))
        self.assertEqual(claim.fault, "It does not lock.")
        self.assertEqual(
            [(ln.item, ln.cost, ln.share, ln.asked) for ln in claim.line_ids],
            [("parts", 80.0, 100.0, 80.0), ("labour", 90.0, 50.0, 45.0)],
        )
        self.assertEqual((claim.amount_asked, claim.amount_open), (125.0, 125.0))
        self.assertEqual(asset.vendor_claim_count, 1)
        self.assertIn(claim.name, str(claim.repair_id.message_ids.mapped("body")))

    def test_only_what_we_paid_is_asked(self):
        """The warranty pays half of the parts; the customer the rest."""
        half = self._make_policy("Half", 24)
        half.line_ids.filtered(lambda ln: ln.item == "parts").share = 50
        self.lock.aftersales_policy_ids = half
        claim = self._make_claim(self._make_unit("S1"), parts=2)
        self.assertEqual(claim.line_ids.mapped("cost"), [40.0])

    def test_a_repair_that_the_customer_pays_claims_nothing(self):
        asset = self._make_unit("S1")
        asset.warranty_ids._set_closed("manual")
        self.assertFalse(self._make_claim(asset))

    def test_after_the_term_the_repair_says_why(self):
        asset = self._make_unit("S1")
        with freeze_time("2027-01-06 10:00:00"):
            repair = self._make_repair(asset)
            self.assertFalse(self._finish(repair))
        self.assertIn("Northlight ended on", repair.aftersales_vendor_note)
        self.assertIn("Northlight ended on", str(repair.message_ids.mapped("body")))
        assessment = repair.aftersales_assessment_id
        self.assertIn("Northlight ended on", str(assessment.message_ids.mapped("body")))

    def test_the_day_of_the_report_decides(self):
        asset = self._make_unit("S1")
        with freeze_time("2027-01-05 10:00:00"):
            repair = self._make_repair(asset)
        with freeze_time("2027-01-20 10:00:00"):
            claim = self._finish(repair)
        self.assertEqual(claim.date_reported, date(2027, 1, 5))

    def test_two_suppliers_are_a_choice(self):
        self._make_terms(self.other_vendor, 24, aftersales_parts_share=80)
        lot = self._make_lots(self.lock, "S1")
        self._receive(self.vendor, self.lock, lots=lot, day="2026-01-05")
        self._deliver_on("2026-01-10", self.lock, lots=lot)
        back = self.env["aftersales.asset"].search([("lot_id", "=", lot.id)])
        self._return(back.move_id, lots=lot)
        self.env["stock.quant"]._update_available_quantity(
            self.lock, self.stock, -1, lot_id=lot
        )
        self._receive(self.other_vendor, self.lock, lots=lot, day="2026-02-05")
        asset = self._deliver_on("2026-03-10", self.lock, lots=lot)
        claim = self._make_claim(asset)
        self.assertEqual(claim.state, "choose")
        self.assertFalse(claim.partner_id)
        self.assertEqual(
            claim.candidate_ids.partner_id, self.vendor | self.other_vendor
        )
        self.assertTrue(claim.activity_ids)
        with self.assertRaisesRegex(UserError, "Choose the supplier"):
            claim.action_mark_sent()
        candidate = claim.candidate_ids.filtered(
            lambda c: c.partner_id == self.other_vendor
        )
        candidate.with_user(self.user_buyer).action_choose()
        self.assertEqual((claim.state, claim.partner_id), ("draft", self.other_vendor))
        self.assertEqual(claim.date_end, date(2028, 2, 5))
        self.assertEqual(claim.amount_asked, 32.0)

    def test_each_repair_claims_once(self):
        asset = self._make_unit("S1")
        claim = self._make_claim(asset)
        Claim = self.env["aftersales.vendor.claim"]
        self.assertFalse(Claim._prepare_for_repairs(claim.repair_id))
        claim.action_cancel()
        self.assertEqual(len(Claim._prepare_for_repairs(claim.repair_id)), 1)

    def test_whoever_repairs_needs_no_rights_on_claims(self):
        repair = self._make_repair(self._make_unit("S1"))
        self.assertTrue(self._finish(repair, self.user_stock))

    def test_a_foreign_currency_is_that_of_the_order(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        lot = self._make_lots(self.lock, "S1")
        move = self._receive(self.vendor, self.lock, lots=lot)
        move.purchase_line_id.order_id.sudo().write({"currency_id": currency.id})
        claim = self._make_claim(self._deliver_on("2026-03-10", self.lock, lots=lot))
        self.assertEqual(claim.currency_id, currency)
        self.assertEqual((claim.amount_asked, claim.asked_company), (80.0, 40.0))

    def test_by_hand_for_a_unit_that_is_not_repaired(self):
        asset = self._make_unit("S1")
        self.lock.standard_price = 50.0
        action = asset.action_claim_from_vendor()
        claim = self.env["aftersales.vendor.claim"].browse(action["res_id"])
        self.assertEqual((claim.state, claim.amount_asked), ("draft", 50.0))
        again = asset.action_claim_from_vendor()
        self.assertEqual(again["res_id"], claim.id, "the one that was not sent yet")
        bare = self._make_unit("S2", vendor=self.other_vendor)
        with self.assertRaisesRegex(UserError, "Beacon gives no warranty"):
            bare.action_claim_from_vendor()

    def test_a_replacement_under_warranty_prepares_the_claim(self):
        self.lock.standard_price = 50.0
        old, new = self._make_unit("S1"), self._make_unit("S2")
        old._replace_with(new, date(2026, 4, 1))
        claim = old.vendor_claim_ids
        self.assertEqual((claim.state, claim.partner_id), ("draft", self.vendor))
        self.assertEqual((claim.amount_asked, claim.is_for_replacement), (50.0, True))
        self.assertFalse(new.vendor_claim_ids)
        new.action_undo_replacement()
        self.assertEqual(claim.state, "cancelled")

    def test_a_replacement_after_the_suppliers_term_says_why(self):
        old, new = self._make_unit("S1"), self._make_unit("S2")
        old._replace_with(new, date(2027, 6, 1))
        self.assertFalse(old.vendor_claim_ids)
        self.assertIn("The warranty of Northlight ended", old.message_ids[0].body)

    def test_query_counts(self):
        """Claims of 10 repairs: a number each, and the warranties of each answer."""

        def count(function):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        Claim = self.env["aftersales.vendor.claim"]
        counts = []
        for prefix, number in (("w", 1), ("x", 1), ("y", 10)):
            repairs = self.env["repair.order"]
            for index in range(number):
                repair = self._make_repair(self._make_unit(f"{prefix}{index}"))
                self._finish(repair).sudo().unlink()
                repairs |= repair
            counts.append(count(lambda r=repairs: Claim._prepare_for_repairs(r)))
            self.assertEqual(len(repairs.aftersales_vendor_claim_ids), number)
        self.assertLessEqual(counts[2] - counts[1], 3 * 9 + 1, counts)
