from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .extension_common import ExtensionCommon


@tagged("post_install", "-at_install")
class TestExtensionInvoice(ExtensionCommon, AccountTestInvoicingCommon):
    """Invoices start warranties, credit notes end those that were sold."""

    @classmethod
    def get_default_groups(cls):
        # Whoever sets the company up; the steps under test are done with less.
        names = (
            "aftersales_addon.aftersales_group_manager",
            "sales_team.group_sale_manager",
            "stock.group_stock_manager",
            "base.group_system",
        )
        groups = super().get_default_groups()
        return groups.union(*(cls.env.ref(name) for name in names))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "as_accountant", groups="account.group_account_invoice"
        )
        for product in (cls.lock, cls.plus_1, cls.plus_2):
            product.invoice_policy = "order"
        cls.lock.taxes_id = [Command.clear()]

    def _sold(self, lines, names=(), day="2026-03-15"):
        with freeze_time("2026-03-01 10:00:00"):
            order = self._quote(lines)
            order.action_confirm()
        if names:
            self._ship(order, names, day)
        return order

    def _open(self, line):
        return [n for n, state, _reason in self._states(line) if state == "open"]

    # --- Credit notes ---

    def test_credit_note_ends_and_its_reset_brings_back(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 2)], ["S1", "S2"])
        line = self._line(order, self.plus_1)
        invoice = self._invoice(order)
        self.assertEqual(self._open(line), ["S1", "S2"])
        credit = self._credit(invoice, self.plus_1)
        self.assertEqual(
            self._states(line),
            [("S1", "closed", "refunded"), ("S2", "closed", "refunded")],
        )
        credit.with_user(self.accountant).button_draft()
        self.assertEqual(self._open(line), ["S1", "S2"])
        credit.with_user(self.accountant).action_post()
        self.assertEqual(self._open(line), [])
        credit.button_draft()
        credit.button_cancel()
        self.assertEqual(self._open(line), ["S1", "S2"])
        self.assertEqual(len(self._layers(line)), 2)

    def test_partial_credit_note_ends_the_last(self):
        order = self._sold([(self.lock, 3), (self.plus_1, 3)], ["S1", "S2", "S3"])
        line = self._line(order, self.plus_1)
        invoice = self._invoice(order)
        self._credit(invoice, self.plus_1, quantity=1)
        self.assertEqual(self._open(line), ["S1", "S2"])
        self._credit(invoice, self.plus_1, quantity=1)
        self.assertEqual(self._open(line), ["S1"])

    def test_credit_note_of_another_line_changes_nothing(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)], ["S1"])
        invoice = self._invoice(order)
        self._credit(invoice, self.lock)
        self.assertEqual(self._open(self._line(order, self.plus_1)), ["S1"])

    def test_lower_price_takes_nothing_away(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 2)], ["S1", "S2"])
        invoice = self._invoice(order)
        self._credit(invoice, self.plus_1, price=5.0)
        self.assertEqual(self._open(self._line(order, self.plus_1)), ["S1", "S2"])

    def test_invoiced_anew_after_a_credit_note(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 2)], ["S1", "S2"])
        line = self._line(order, self.plus_1)
        self._credit(self._invoice(order))
        self.assertEqual(self._open(line), [])
        self._invoice(order)
        self.assertEqual(self._open(line), ["S1", "S2"])

    def test_free_extension_is_counted_by_quantity(self):
        order = self._sold(
            [(self.lock, 2), (self.plus_1, 2, {"price_unit": 0})], ["S1", "S2"]
        )
        invoice = self._invoice(order)
        self._credit(invoice, self.plus_1, quantity=1)
        self.assertEqual(self._open(self._line(order, self.plus_1)), ["S1"])

    def test_credited_before_the_delivery(self):
        order = self._sold([(self.lock, 2), (self.plus_1, 2)])
        self._credit(self._invoice(order), self.plus_1, quantity=1)
        self._ship(order, ["S1", "S2"], "2026-03-15")
        self.assertEqual(self._open(self._line(order, self.plus_1)), ["S1"])

    # --- Invoices as start events ---

    def _waiting_for_invoice(self, **vals):
        self.policy_24.write({"start_event": "invoice", **vals})

    def test_first_invoice_starts(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1)], ["S1"])
        layer = order.order_line.sudo().aftersales_asset_ids.warranty_ids
        self.assertEqual(layer.state, "waiting")
        self._invoice(order, "2026-04-01")
        self.assertEqual(
            (layer.state, layer.date_start, layer.date_end),
            ("open", date(2026, 4, 1), date(2028, 4, 1)),
        )

    def test_invoiced_three_times(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1)], ["S1"])
        layer = order.order_line.sudo().aftersales_asset_ids.warranty_ids
        for day in ("2026-04-01", "2026-05-01", "2026-06-01"):
            self._credit(self._invoice(order, day))
        self.assertEqual(len(layer.asset_id.warranty_ids), 1)
        self.assertEqual(layer.date_start, date(2026, 4, 1))

    def test_invoiced_before_the_delivery(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1)])
        self._invoice(order, "2026-03-05")
        asset = self._ship(order, ["S1"], "2026-03-15")
        self.assertEqual(asset.warranty_ids.date_start, date(2026, 3, 5))

    def test_invoiced_in_parts(self):
        """The units take the invoices in the order of their delivery."""
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 3)], ["S1"], "2026-03-10")
        first = order.sudo()._create_invoices()
        first.invoice_line_ids.quantity = 2
        first.invoice_date = "2026-04-01"
        first.action_post()
        self._ship(order, ["S2", "S3"], "2026-04-10")
        assets = order.order_line.sudo().aftersales_asset_ids.sorted("id")
        self.assertEqual(
            [asset.warranty_ids.date_start for asset in assets],
            [date(2026, 4, 1), date(2026, 4, 1), False],
        )
        self._invoice(order, "2026-05-01")
        self.assertEqual(assets[2].warranty_ids.date_start, date(2026, 5, 1))

    def test_wrong_date_is_corrected_in_draft(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1), (self.plus_1, 1)], ["S1"])
        asset = self._line(order, self.lock).sudo().aftersales_asset_ids
        invoice = self._invoice(order, "2026-03-01")
        base, extension = asset.warranty_ids.sorted("id")
        self.assertEqual(extension.date_end, date(2029, 3, 1))
        invoice.button_draft()
        self.assertEqual((base.state, extension.state), ("waiting", "waiting"))
        self.assertFalse(asset.warranty_end)
        invoice.invoice_date = "2026-04-01"
        invoice.action_post()
        self.assertEqual(
            (base.date_end, extension.date_end), (date(2028, 4, 1), date(2029, 4, 1))
        )

    def test_draft_again_while_another_invoice_stays(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1)], ["S1"])
        layer = order.order_line.sudo().aftersales_asset_ids.warranty_ids
        first = self._invoice(order, "2026-04-01")
        self._credit(first)
        self._invoice(order, "2026-05-01")
        first.button_draft()
        self.assertEqual((layer.state, layer.date_start), ("open", date(2026, 4, 1)))

    def test_cap_holds_without_an_invoice(self):
        self._waiting_for_invoice(start_cap=90)
        order = self._sold([(self.lock, 1)], ["S1"])
        layer = order.order_line.sudo().aftersales_asset_ids.warranty_ids
        self.assertEqual(layer.date_start, date(2026, 6, 13))
        invoice = self._invoice(order, "2026-04-01")
        self.assertEqual(layer.date_start, date(2026, 4, 1))
        invoice.button_draft()
        self.assertEqual(layer.date_start, date(2026, 6, 13))
        self.assertTrue(layer.is_start_provisional)

    def test_returned_unit_takes_no_invoice(self):
        self._waiting_for_invoice()
        order = self._sold([(self.lock, 1)], ["S1"])
        asset = order.order_line.sudo().aftersales_asset_ids
        self._return(
            asset.move_id, lots=asset.lot_id, sale_line_id=asset.sale_line_id.id
        )
        lot = self._make_lots(self.lock, "S2")
        self._deliver(self.lock, lots=lot, sale_line_id=asset.sale_line_id.id)
        self._invoice(order, "2026-05-01")
        new = asset.search([("lot_id", "=", lot.id)])
        self.assertEqual(new.warranty_ids.date_start, date(2026, 5, 1))

    # --- Deferred revenue ---

    def _patch_deferred(self):
        known = {
            **self.env["account.move.line"]._fields,
            "deferred_start_date": fields.Date(),
            "deferred_end_date": fields.Date(),
        }
        return patch.object(self.registry["account.move.line"], "_fields", known)

    def test_period_goes_to_accounting_that_can_defer(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)], ["S1"])
        line = self._line(order, self.plus_1)
        self.assertEqual(line._aftersales_prepare_deferred_vals(), {})
        with self._patch_deferred():
            vals = line._prepare_invoice_line()
            other = self._line(order, self.lock)._prepare_invoice_line()
        self.assertEqual(
            (vals["deferred_start_date"], vals["deferred_end_date"]),
            (date(2028, 3, 16), date(2029, 3, 15)),
        )
        self.assertNotIn("deferred_start_date", other)

    @freeze_time("2026-03-01 10:00:00")
    def test_period_before_the_delivery(self):
        order = self._sold([(self.lock, 1), (self.plus_1, 1)])
        with self._patch_deferred():
            vals = self._line(order, self.plus_1)._aftersales_prepare_deferred_vals()
        self.assertEqual(list(vals.values()), [date(2028, 3, 2), date(2029, 3, 1)])
