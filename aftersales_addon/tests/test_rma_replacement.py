"""Replacements of returned goods: after receipt, in advance, in exchange."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestRmaReplacement(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy.write({"allow_advance": True, "advance_days": 14})
        cls.siren = cls._make_product("Siren", "none", list_price=130.0)
        products = cls.siren | cls.sensor | cls.lock
        products.write({"invoice_policy": "delivery", "taxes_id": False})

    def _approved(self, quantity=1, product=None, **line_vals):
        order = self._sell([(product or self.sensor, quantity)])
        move = order.order_line.move_ids
        rma = self._rma({"move_id": move.id, "quantity": quantity, **line_vals})
        rma.action_approve()
        return order, rma

    def _replacement(self, rma):
        return rma.sudo()._get_replacement_orders()

    def _inspect(self, rma):
        wizard = self.env["aftersales.rma.inspection"].with_user(self.user_stock)
        rma = rma.with_user(self.user_stock)
        wizard.browse(rma.action_inspect()["res_id"]).action_confirm()

    def test_a_replacement_follows_what_came(self):
        order, rma = self._approved(3, remedy="replacement")
        rma.partner_shipping_id = self.env["res.partner"].create(
            {"name": "Garage", "parent_id": self.customer.id, "type": "delivery"}
        )
        with self.assertRaisesRegex(UserError, "nothing to replace now"):
            rma.action_send_replacement()
        self._receive(rma, 2)
        self.assertTrue(rma.can_replace)
        rma.action_send_replacement()
        new = self._replacement(rma)
        self.assertEqual(new.state, "sale")
        self.assertEqual(new.partner_shipping_id.name, "Garage")
        self.assertEqual(new.warehouse_id, rma.warehouse_id)
        self.assertEqual(new.order_line.product_uom_qty, 2)
        self.assertEqual(new.amount_total, 0)
        self.assertIn(rma.name, new.order_line.name)
        self.assertIn("free of charge", new.order_line.name)
        with self.assertRaisesRegex(UserError, "nothing to replace now"):
            rma.action_send_replacement()
        self._ship(new.picking_ids)
        self.assertEqual(rma.line_ids.quantity_replaced, 2)
        self.assertEqual(rma.replacement_status, "partial")
        self.assertEqual(new.invoice_status, "invoiced", "nothing is left to invoice")
        self.assertEqual(order.order_line.qty_delivered, 3, "as it was sold")
        self._receive(rma)
        rma.action_send_replacement()
        self._ship((self._replacement(rma) - new).picking_ids)
        self.assertEqual(rma.replacement_status, "replaced")
        self._inspect(rma)
        rma.action_done()

    def test_w18_the_new_unit_has_the_remaining_term(self):
        self.lock.aftersales_policy_ids = self.policy_24
        order = self._sell([(self.lock, 1)], day="2025-03-15")
        old = self._assets(order.order_line.move_ids)
        with freeze_time("2026-09-01 12:00"):
            rma = self._rma({"asset_id": old.id, "remedy": "replacement"})
            rma.action_approve()
            self._receive(rma)
            rma.action_send_replacement()
            new_order = self._replacement(rma)
            self.assertEqual(new_order.order_line.aftersales_replaces_asset_id, old)
            self._ship(new_order.picking_ids)
            new = self._assets(new_order.order_line.move_ids)
            self.assertEqual(new.replaces_id, old)
            self.assertEqual(old.state, "replaced")
            open_ones = new.warranty_ids.filtered(lambda w: w.state != "closed")
            self.assertEqual(str(open_ones.date_end), "2027-03-15")
            self.assertFalse(old._assess(new.delivery_date)["covered"])

    def test_cancelling_cancels_the_replacement(self):
        _order, rma = self._approved(1, remedy="replacement", is_advance=True)
        new = self._replacement(rma)
        self.assertEqual(new.state, "sale")
        rma.action_cancel()
        self.assertEqual(new.state, "cancel")
        self.assertEqual(new.picking_ids.state, "cancel")
        _order, rma = self._approved(1, remedy="replacement", is_advance=True)
        self._ship(self._replacement(rma).picking_ids)
        with self.assertRaisesRegex(UserError, "was delivered already"):
            rma.action_cancel()

    # --- In advance ---

    def test_the_policy_allows_it(self):
        self.return_policy.allow_advance = False
        with self.assertRaisesRegex(UserError, "allows no advance"):
            self._approved(1, remedy="replacement", is_advance=True)
        self.return_policy.allow_advance = True
        with self.assertRaisesRegex(UserError, "only a replacement can leave"):
            self._approved(1, remedy="refund", is_advance=True)

    def _advance(self, quantity=1):
        _order, rma = self._approved(quantity, remedy="replacement", is_advance=True)
        rma.sudo().user_id = self.user_agent_all
        new = self._replacement(rma)
        self._ship(new.picking_ids)
        return rma, new

    def test_r11_the_old_unit_never_comes(self):
        rma, new = self._advance()
        line = rma.line_ids
        self.assertEqual(str(line.date_due_back), "2026-03-24")
        Line = self.env["aftersales.rma.line"]
        with freeze_time("2026-03-24 12:00"):
            self.assertFalse(Line.search(Line._get_overdue_domain()) & line)
            line.invalidate_recordset(["can_charge"])
            with self.assertRaisesRegex(UserError, "cannot be charged"):
                rma.action_charge_replacement()
        with freeze_time("2026-03-25 12:00"), self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_addon.aftersales_rma_advance_ir_cron")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
            self.env.invalidate_all()
            told = rma.activity_ids
            self.assertEqual(len(told), 1, "told once")
            self.assertEqual(told.user_id, self.user_agent_all)
            self.assertEqual(new.invoice_status, "invoiced")
            self.assertTrue(rma.can_charge)
            rma.action_charge_replacement()
            self.assertEqual(new.amount_untaxed, 100)
            self.assertEqual(new.invoice_status, "to invoice")
            invoice = new._create_invoices()
            self.assertEqual(invoice.amount_untaxed, 100)
            with self.assertRaisesRegex(UserError, "cannot be charged"):
                rma.action_charge_replacement()

    def test_only_what_is_missing_is_charged(self):
        rma, new = self._advance(3)
        self._receive(rma, 2)
        with freeze_time("2026-04-01 12:00"):
            self.env.invalidate_all()
            rma.action_charge_replacement()
            self.assertEqual(new.order_line.qty_to_invoice, 1)
            invoice = new._create_invoices()
            self.assertEqual(invoice.amount_untaxed, 100)
            invoice.action_post()
            # It comes after all: what was charged is to be credited.
            self._receive(rma)
            self.assertEqual(new.order_line.qty_to_invoice, -1)

    def test_it_comes_in_time(self):
        rma, new = self._advance()
        self._receive(rma)
        self.assertFalse(rma.line_ids.date_due_back)
        with freeze_time("2026-05-01 12:00"):
            self.env.invalidate_all()
            self.assertFalse(rma.can_charge)
            self.assertEqual(new.invoice_status, "invoiced")
        self._inspect(rma)
        rma.action_done()

    # --- Exchange ---

    def test_an_exchange_charges_the_difference(self):
        order, rma = self._approved(
            2, remedy="exchange", exchange_product_id=self.siren.id
        )
        self._invoice(order)
        self.assertEqual(rma.exchange_difference, 60)
        self._receive(rma)
        self._inspect(rma)
        rma.action_send_replacement()
        new = self._replacement(rma)
        self.assertEqual(new.order_line.product_id, self.siren)
        self.assertEqual(new.amount_untaxed, 260)
        self.assertEqual(rma.exchange_difference, 60)
        self._ship(new.picking_ids)
        self.assertEqual(rma.replacement_status, "replaced")
        rma.action_refund()
        refund = rma.sudo().refund_ids
        invoice = new._create_invoices()
        self.assertEqual(invoice.amount_untaxed - refund.amount_untaxed, 60)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertEqual(rma._get_open_points(), [])

    def test_an_exchange_names_its_product(self):
        _order, rma = self._approved(1, remedy="exchange")
        self._receive(rma)
        with self.assertRaisesRegex(UserError, "in exchange for"):
            rma.action_send_replacement()

    # --- Rights ---

    def test_rights(self):
        _order, rma = self._approved(1, remedy="replacement")
        self._receive(rma)
        self.assertEqual(rma.env.user, self.user_agent_all)
        for user in (self.user_stock, self.user_sale):
            with self.assertRaises(AccessError):
                rma.with_user(user).action_send_replacement()
        self.assertIs(rma.action_send_replacement(), False)
        self.assertTrue(self._replacement(rma))
